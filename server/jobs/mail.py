"""The job that sends one mail: never twice, and a mail that does not leave is shown.

SMTP has no idempotency key. So the mail is claimed in the database after the receiving server said that it is
ready for the text and before the text is given to it; a crash in between leaves it `sending`, and the
next run marks it `unknown` and does not send it again. A person can: see `resend_invite`.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from domain.mail.mailer import Mailer, SendResult
from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import INVITING, InviteStatus, MailKind, MailStatus
from domain.sessions.reminders import is_still_wanted, next_reminder
from server.adapters.job_queue import RunAgain
from server.jobs.mail_composer import Composer
from storage.delivery import mail_context, mails
from storage.delivery.mail_context import MailContextRecord
from storage.interviews import sessions
from tools.kernel.mailing import enqueue_mail_at
from tools.kernel.unit import Unit, Units

log = logging.getLogger(__name__)

# How long to wait before the next attempt after the mail server could not be reached or refused for now.
BACKOFF = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600))


def _ignore(_unit: Unit, _mail: MailContextRecord, _status: MailStatus) -> None:
    pass


class MailJob:
    """Sends the mail with the given id. Runs in a worker's thread; safe to run again at any point.

    `report` is called, in the same transaction, when a mail has failed or may not have arrived.
    """

    def __init__(
        self,
        engine: sa.Engine,
        units: Units,
        composer: Composer,
        mailer: Mailer,
        report: Callable[[Unit, MailContextRecord, MailStatus], None] = _ignore,
    ) -> None:
        self._engine = engine
        self._units = units
        self._composer = composer
        self._mailer = mailer
        self._report = report

    def __call__(self, mail_id: str) -> RunAgain | None:
        with self._units.begin(self._engine) as unit:
            mail = mail_context.get(unit.db, UUID(mail_id))
            if mail is None or not self._still_wanted(unit, mail):
                return None
        message = self._composer.message(mail)
        sent = self._mailer.send(message.envelope, lambda: self._claim(mail, message.message_id))
        with self._units.begin(self._engine) as unit:
            return self._settle(unit, mail, sent)

    def _still_wanted(self, unit: Unit, mail: MailContextRecord) -> bool:
        """Whether to send; a mail that a crash left half-sent is marked unknown here."""
        if mail.mail_status == MailStatus.sending:
            self._finish(unit, mail, MailStatus.unknown, "the server stopped while it was handed over")
            return False
        if mail.mail_status != MailStatus.queued:
            return False
        if not _timely(mail, unit.now):
            self._finish(unit, mail, MailStatus.withdrawn, "the session changed before it left")
            return False
        return True

    def _claim(self, mail: MailContextRecord, message_id: str) -> bool:
        with self._units.begin(self._engine) as unit:
            return mails.claim(unit.db, mail.mail_id, message_id, unit.now)

    def _settle(self, unit: Unit, mail: MailContextRecord, sent: SendResult) -> RunAgain | None:
        """Write down what became of an attempt; when to try again, if at all."""
        if sent.status is MailStatus.queued:
            return self._retry(unit, mail, sent.detail)
        if sent.status is MailStatus.withdrawn:
            return None  # the claim failed: the mail was withdrawn meanwhile, as its row says
        self._finish(unit, mail, sent.status, sent.detail)
        if sent.status is MailStatus.sent:
            _enqueue_reminder(unit, mail)
        return None

    def _retry(self, unit: Unit, mail: MailContextRecord, detail: str | None) -> RunAgain | None:
        tries = mails.count_try(unit.db, mail.mail_id, detail, unit.now)
        if tries > len(BACKOFF):
            self._finish(unit, mail, MailStatus.failed, detail)
            return None
        wait = BACKOFF[tries - 1]
        mails.postpone(unit.db, mail.mail_id, unit.now + wait)
        return RunAgain(wait)

    def _finish(self, unit: Unit, mail: MailContextRecord, status: MailStatus, detail: str | None) -> None:
        mails.settle(unit.db, mail.mail_id, status, unit.now, detail)
        if mail.kind in INVITING and status.value in set(InviteStatus):
            sessions.set_invite_status(
                unit.db, mail.workspace_id, mail.session_id, mail.mail_generation, status.value
            )
        if status in (MailStatus.failed, MailStatus.unknown):
            self._report(unit, mail, status)
        if status is not MailStatus.sent:
            log.warning("a mail did not leave", extra={"mail": str(mail.mail_id), "fate": status.value})


def _timely(mail: MailContextRecord, now: datetime) -> bool:
    return is_still_wanted(
        MailKind(mail.kind),
        mail_generation=mail.mail_generation,
        generation=mail.generation,
        status=SessionStatus(mail.status),
        start=mail.scheduled_at,
        now=now,
    )


def _enqueue_reminder(unit: Unit, mail: MailContextRecord) -> None:
    """Enqueue the next reminder that still makes sense: one waits at a time."""
    if mail.kind not in INVITING | {MailKind.reminder}:
        return
    due = next_reminder(mail.scheduled_at, mail.reminder_minutes, unit.now)
    if due is None:
        return
    # Each reminder of a generation is a mail of its own. After an invitation was sent again it is there already.
    attempt = mail.attempt + 1 if mail.kind == MailKind.reminder else 1
    enqueue_mail_at(
        unit, mail.workspace_id, mail.session_id, mail.generation, MailKind.reminder, due, attempt=attempt
    )
