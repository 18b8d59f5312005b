"""The job that sends one promised mail: never twice, and never silently not.

SMTP has no idempotency key. So the mail is claimed in the database after the receiving server said that it is
ready for the text and before the text is given to it; a crash in between leaves it `sending`, and whoever finds
it so afterwards marks it `unknown` and does not send it again. A person can: see `resend_invite`.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.mail.mailer import Mailer, Sent
from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import INVITING, InviteStatus, MailKind, MailStatus
from domain.sessions.reminders import next_reminder, still_true
from server.adapters.job_queue import RunAgain
from server.jobs.mail_composer import Composer
from server.jobs.promising import JobQueue, enqueue_mail
from storage.delivery import mail_context, mails
from storage.interviews import sessions

log = logging.getLogger(__name__)

# How long to wait before the next attempt when the mail could not even be handed over.
BACKOFF = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600))


def _say_nothing(_db: sa.Connection, _letter: dict[str, Any], _status: MailStatus) -> None:
    pass


class MailJob:
    """Sends the mail with the given id. Runs in a worker's thread; safe to run again at any point."""

    def __init__(
        self,
        engine: sa.Engine,
        composer: Composer,
        mailer: Mailer,
        clock: Callable[[], datetime],
        jobs: JobQueue,
        complain: Callable[[sa.Connection, dict[str, Any], MailStatus], None] = _say_nothing,
    ) -> None:
        self._complain = complain
        self._engine = engine
        self._composer = composer
        self._mailer = mailer
        self._clock = clock
        self._jobs = jobs

    def __call__(self, mail_id: str) -> RunAgain | None:
        mail = UUID(mail_id)
        with self._engine.begin() as db:
            letter = mail_context.letter(db, mail)
            if letter is None or not self._still_wanted(db, letter):
                return None
        message = self._composer.message(letter)
        sent = self._mailer.send(message.envelope, lambda: self._claim(mail, message.message_id))
        return self._settle(letter, sent)

    def _still_wanted(self, db: sa.Connection, letter: dict[str, Any]) -> bool:
        """Whether to send; a mail that a crash left half-sent is marked unknown here."""
        if letter["mail_status"] == MailStatus.sending:
            self._became(db, letter, MailStatus.unknown, "the server stopped while it was handed over")
            return False
        if letter["mail_status"] != MailStatus.queued:
            return False
        if not self._timely(letter):
            self._became(db, letter, MailStatus.withdrawn, "the session changed before it left")
            return False
        return True

    def _timely(self, letter: dict[str, Any]) -> bool:
        return still_true(
            MailKind(letter["kind"]),
            promised_generation=letter["mail_generation"],
            generation=letter["generation"],
            status=SessionStatus(letter["status"]),
            start=letter["scheduled_at"],
            now=self._clock(),
        )

    def _claim(self, mail: UUID, message_id: str) -> bool:
        with self._engine.begin() as db:
            return mails.claim(db, mail, message_id, self._clock())

    def _settle(self, letter: dict[str, Any], sent: Sent) -> RunAgain | None:
        with self._engine.begin() as db:
            if sent.status is MailStatus.queued:
                return self._again(db, letter, sent.detail)
            if sent.status is MailStatus.withdrawn:
                return None  # the claim was refused: somebody withdrew it meanwhile, and said so in its row
            self._became(db, letter, sent.status, sent.detail)
            if sent.status is MailStatus.sent:
                self._remind(db, letter)
        return None

    def _again(self, db: sa.Connection, letter: dict[str, Any], detail: str | None) -> RunAgain | None:
        tries = mails.tried(db, letter["mail_id"], detail, self._clock())
        if tries > len(BACKOFF):
            self._became(db, letter, MailStatus.failed, detail)
            return None
        wait = BACKOFF[tries - 1]
        mails.put_off(db, letter["mail_id"], self._clock() + wait)
        return RunAgain(wait)

    def _became(
        self, db: sa.Connection, letter: dict[str, Any], status: MailStatus, detail: str | None
    ) -> None:
        mails.settle(db, letter["mail_id"], status, self._clock(), detail)
        if letter["kind"] in INVITING and status.value in set(InviteStatus):
            sessions.invite_became(
                db, letter["workspace_id"], letter["session_id"], letter["mail_generation"], status.value
            )
        if status in (MailStatus.failed, MailStatus.unknown):
            self._complain(db, letter, status)
        if status is not MailStatus.sent:
            log.warning("a mail did not leave", extra={"mail": str(letter["mail_id"]), "fate": status.value})

    def _remind(self, db: sa.Connection, letter: dict[str, Any]) -> None:
        """Promise the next reminder that still makes sense: one waits at a time."""
        if letter["kind"] not in INVITING | {MailKind.reminder}:
            return
        now = self._clock()
        due = next_reminder(letter["scheduled_at"], letter["reminder_minutes"], now)
        if due is None:
            return
        # each reminder of a generation is a mail of its own
        attempt = letter["attempt"] + 1 if letter["kind"] == MailKind.reminder else 1
        # where the invitation was sent again the reminder stands already
        enqueue_mail(db, self._jobs, letter, MailKind.reminder, now, attempt=attempt, due=due)
