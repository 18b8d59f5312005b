"""Composes mails, for the job that sends them and for the preview that shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from domain.mail.catalog import EndpointNotice, Notice
from domain.mail.mailer import Envelope
from domain.mail.text import (
    MailContext,
    MailText,
    compose,
    compose_endpoint_disabled,
    compose_notice,
    one_line,
    when,
)
from domain.moments import stamp
from domain.sessions.mail_status import TO_WORKSPACE, MailKind
from domain.sessions.report_links import report_link_expiry
from server.adapters.calendar import Appointment, calendar_of
from server.adapters.mail import MailHeaders, message_of
from server.secrets import Secrets
from server.settings import Settings
from storage.delivery import mail_context
from storage.delivery.mail_context import MailContextRecord
from storage.delivery.notices import NoticeRecord


@dataclass(frozen=True, slots=True)
class Finished:
    """A message ready to send, and the Message-ID by which a mailbox recognises a second copy."""

    message_id: str
    envelope: Envelope


class Composer:
    """Makes messages from the records of mails and notices."""

    def __init__(self, settings: Settings, secrets: Secrets, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._secrets = secrets
        self._clock = clock
        self._host = urlsplit(settings.url).hostname or "localhost"

    def text(self, mail: MailContextRecord) -> MailText:
        """What the mail says."""
        return compose(MailKind(mail.kind), self._occasion(mail))

    def message(self, mail: MailContextRecord) -> Finished:
        """The whole mail. The same mail always gets the same Message-ID, also when it is sent again."""
        text = self.text(mail)
        # A mail of unknown fate is sent again under its first Message-ID: a mailbox that has it shows it once.
        message_id = mail.message_id or f"<{mail.kind}-{mail.mail_id}@{self._host}>"
        addressed = MailHeaders(
            sender_name=self._sender_name(mail),
            sender=self._settings.mail_from,
            reply_to=self._reply_to(mail),
            recipient_name=mail.participant_name,
            recipient=self._recipient(mail),
            message_id=message_id,
            date=self._clock(),
        )
        message = message_of(text, addressed, self._calendar(mail, text))
        return Finished(message_id, Envelope(self._settings.mail_from, addressed.recipient, message))

    def notice(self, notice: NoticeRecord, mail: MailContextRecord) -> Envelope:
        """The notice to the workspace about a mail to a participant."""
        text = compose_notice(Notice(notice.kind), self._occasion(mail))
        return self._to_workspace(notice, text)

    def compose_endpoint_notice(self, notice: NoticeRecord) -> Envelope:
        """The notice to the workspace about an endpoint that was disabled."""
        since = notice.failing_since or notice.created_at
        gone = notice.kind == EndpointNotice.gone
        text = compose_endpoint_disabled(notice.workspace_name, notice.url or "", since, gone=gone)
        return self._to_workspace(notice, text)

    def _to_workspace(self, notice: NoticeRecord, text: MailText) -> Envelope:
        addressed = MailHeaders(
            sender_name="Viva",
            sender=self._settings.mail_from,
            reply_to=None,
            recipient_name=notice.workspace_name,
            recipient=notice.recipient,
            message_id=f"<notice-{notice.id}@{self._host}>",
            date=self._clock(),
        )
        return Envelope(self._settings.mail_from, addressed.recipient, message_of(text, addressed, None))

    def preview(self, db: sa.Connection, job: Job) -> dict[str, Any] | None:
        """The mail that a job would send, read in the transaction that enqueues the job."""
        if job.name != "mail":
            return None
        mail = mail_context.get(db, UUID(str(job.args[0])))
        if mail is None:
            return None
        text = self.text(mail)
        return {
            "kind": mail.kind,
            "to": f"{one_line(mail.participant_name)} <{mail.participant_email}>",
            "subject": text.subject,
            # The link belongs to the session that will really be booked, so the preview shows none.
            "text": text.plain().replace(self._join_url(mail), "[the participant's own link]"),
            "leaves_at": stamp(mail.due_at),
            "interview_at": when(mail.scheduled_at, mail.timezone, "en"),
        }

    def _occasion(self, mail: MailContextRecord) -> MailContext:
        return MailContext(
            workspace=mail.workspace_name,
            participant=mail.participant_name,
            role=mail.template_name,
            stage=mail.stage_name or mail.stage,
            duration_minutes=mail.duration_minutes,
            scheduled_at=mail.scheduled_at,
            timezone=mail.timezone,
            language=mail.language,
            join_url=self._join_url(mail),
            contact=mail.contact,
            result_url=self._report_url(mail),
            outcome=_outcome(mail),
        )

    def _join_url(self, mail: MailContextRecord) -> str:
        return f"{self._settings.url}/join/{self._secrets.join_secret(mail.session_id, 0)}"

    def _report_url(self, mail: MailContextRecord) -> str:
        until = report_link_expiry(self._clock())
        secret = self._secrets.report_secret(mail.workspace_id, mail.session_id, until)
        return f"{self._settings.url}/reports/{secret}"

    def _reply_to(self, mail: MailContextRecord) -> str | None:
        if mail.kind == MailKind.help:
            return mail.participant_email  # an answer goes to the candidate who asked
        return mail.reply_to or mail.contact

    def _sender_name(self, mail: MailContextRecord) -> str:
        return mail.sender_name or mail.workspace_name

    def _recipient(self, mail: MailContextRecord) -> str:
        if mail.kind in TO_WORKSPACE:
            return str(mail.contact)
        return mail.participant_email

    def _calendar(self, mail: MailContextRecord, text: MailText) -> str | None:
        if mail.kind in TO_WORKSPACE | {MailKind.reminder}:
            return None
        appointment = Appointment(
            session=mail.session_id,
            generation=mail.mail_generation,
            start=mail.scheduled_at,
            timezone=mail.timezone,
            minutes=mail.duration_minutes,
            summary=text.subject,
            description=text.plain(),
            url=self._join_url(mail),
            organizer_name=self._sender_name(mail),
            organizer_address=self._settings.mail_from,
            attendee_name=one_line(mail.participant_name),
            attendee_address=mail.participant_email,
            cancelled=mail.kind == MailKind.cancelled,
            stamped_at=mail.enqueued_at,
        )
        return calendar_of(appointment, self._host)


def _outcome(mail: MailContextRecord) -> str:
    if mail.score is None:
        return "-"
    top = mail.score_scale.split("-")[1]
    return f"{mail.score} / {top}, {mail.recommendation or '-'}"
