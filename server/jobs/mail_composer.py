"""A promised mail as it will leave: for the worker that sends it and for the preview that shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from domain.mail.catalog import Notice
from domain.mail.mailer import Envelope
from domain.mail.text import MailText, Occasion, compose, endpoint_given_up, notify, one_line
from domain.moments import stamp
from domain.sessions.mail_status import TO_WORKSPACE, MailKind
from domain.sessions.report_links import report_ends
from server.adapters.calendar import Appointment, calendar_of
from server.adapters.mail import Addressed, message_of
from server.secrets import Secrets
from server.settings import Settings
from storage.delivery import mail_context


@dataclass(frozen=True, slots=True)
class Finished:
    """A message ready to be handed over, and the id by which a second copy is recognised."""

    message_id: str
    envelope: Envelope


class Composer:
    """Turns a letter's row into a message."""

    def __init__(self, settings: Settings, secrets: Secrets, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._secrets = secrets
        self._clock = clock
        self._host = urlsplit(settings.url).hostname or "localhost"

    def text(self, letter: dict[str, Any]) -> MailText:
        """What the mail says."""
        return compose(MailKind(letter["kind"]), self._occasion(letter))

    def message(self, letter: dict[str, Any]) -> Finished:
        """The whole mail. The same letter always gets the same Message-ID, also when it is sent again."""
        text = self.text(letter)
        # one of unknown fate is sent again under the id it had: receivers that have it show it once
        message_id = letter["message_id"] or f"<{letter['kind']}-{letter['mail_id']}@{self._host}>"
        addressed = Addressed(
            sender_name=self._sender_name(letter),
            sender=self._settings.mail_from,
            reply_to=self._reply_to(letter),
            recipient_name=letter["participant_name"],
            recipient=self._recipient(letter),
            message_id=message_id,
            date=self._clock(),
        )
        message = message_of(text, addressed, self._calendar(letter, text))
        return Finished(message_id, Envelope(self._settings.mail_from, addressed.recipient, message))

    def notice(self, notice: dict[str, Any], letter: dict[str, Any]) -> Envelope:
        """What the workspace is told about a mail to a participant."""
        text = notify(Notice(notice["kind"]), self._occasion(letter))
        return self._to_workspace(notice, text)

    def given_up(self, notice: dict[str, Any]) -> Envelope:
        """What the workspace is told about an endpoint that was disabled."""
        since = notice["failing_since"] or notice["created_at"]
        text = endpoint_given_up(notice["workspace_name"], notice["url"], since)
        return self._to_workspace(notice, text)

    def _to_workspace(self, notice: dict[str, Any], text: MailText) -> Envelope:
        addressed = Addressed(
            sender_name="Viva",
            sender=self._settings.mail_from,
            reply_to=None,
            recipient_name=notice["workspace_name"],
            recipient=notice["recipient"],
            message_id=f"<notice-{notice['id']}@{self._host}>",
            date=self._clock(),
        )
        return Envelope(self._settings.mail_from, addressed.recipient, message_of(text, addressed, None))

    def preview(self, db: sa.Connection, job: Job) -> dict[str, Any] | None:
        """What a promise would send, seen from inside the transaction that makes it."""
        if job.name != "mail":
            return None
        letter = mail_context.letter(db, UUID(str(job.args[0])))
        if letter is None:
            return None
        text = self.text(letter)
        return {
            "kind": letter["kind"],
            "to": f"{one_line(letter['participant_name'])} <{letter['participant_email']}>",
            "subject": text.subject,
            # the link is made for the session that will really be booked, so none is shown here
            "text": text.plain().replace(self._join_url(letter), "[the participant's own link]"),
            "leaves_at": stamp(letter["due_at"]),
        }

    def _occasion(self, letter: dict[str, Any]) -> Occasion:
        return Occasion(
            workspace=letter["workspace_name"],
            participant=letter["participant_name"],
            role=letter["template_name"],
            stage=letter["stage_name"] or letter["stage"],
            duration_minutes=letter["duration_minutes"],
            scheduled_at=letter["scheduled_at"],
            timezone=letter["timezone"],
            language=letter["language"],
            join_url=self._join_url(letter),
            contact=letter["contact"],
            result_url=self._report_url(letter),
            outcome=_outcome(letter),
        )

    def _join_url(self, letter: dict[str, Any]) -> str:
        return f"{self._settings.url}/join/{self._secrets.join_secret(letter['session_id'], 0)}"

    def _report_url(self, letter: dict[str, Any]) -> str:
        until = report_ends(self._clock())
        secret = self._secrets.report_secret(letter["workspace_id"], letter["session_id"], until)
        return f"{self._settings.url}/reports/{secret}"

    def _reply_to(self, letter: dict[str, Any]) -> str | None:
        if letter["kind"] == MailKind.help:
            return str(letter["participant_email"])  # what they asked is answered to them
        reply_to: str | None = letter["reply_to"] or letter["contact"]
        return reply_to

    def _sender_name(self, letter: dict[str, Any]) -> str:
        return str(letter["sender_name"] or letter["workspace_name"])

    def _recipient(self, letter: dict[str, Any]) -> str:
        if letter["kind"] in TO_WORKSPACE:
            return str(letter["contact"])
        return str(letter["participant_email"])

    def _calendar(self, letter: dict[str, Any], text: MailText) -> str | None:
        if letter["kind"] in TO_WORKSPACE | {MailKind.reminder}:
            return None
        appointment = Appointment(
            session=letter["session_id"],
            generation=letter["mail_generation"],
            start=letter["scheduled_at"],
            timezone=letter["timezone"],
            minutes=letter["duration_minutes"],
            summary=text.subject,
            description=text.plain(),
            url=self._join_url(letter),
            organizer_name=self._sender_name(letter),
            organizer_address=self._settings.mail_from,
            attendee_name=one_line(letter["participant_name"]),
            attendee_address=letter["participant_email"],
            cancelled=letter["kind"] == MailKind.cancelled,
            stamped_at=letter["promised_at"],
        )
        return calendar_of(appointment, self._host)


def _outcome(letter: dict[str, Any]) -> str:
    if letter["score"] is None:
        return "-"
    top = letter["score_scale"].split("-")[1]
    return f"{letter['score']} / {top}, {letter['recommendation'] or '-'}"
