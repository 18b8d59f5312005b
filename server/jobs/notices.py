"""Telling a workspace what went wrong on its behalf: a mail that did not arrive, an endpoint that was given up.

Written to the workspace's contact, when that is an address. Claimed before it leaves, and never about itself.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from domain.mail.addresses import is_address
from domain.mail.catalog import Notice
from domain.mail.mailer import Envelope, Mailer, Sent
from domain.sessions.mail_status import TO_WORKSPACE, MailStatus
from server.adapters.job_queue import RunAgain
from server.jobs.mail import BACKOFF
from server.jobs.mail_composer import Composer
from server.jobs.promising import JobQueue
from storage.access import workspaces
from storage.delivery import mail_context, notices
from storage.engine.ids import new_id
from storage.schema.tables import WorkspaceNotice

GIVEN_UP = "endpoint_given_up"


class Notices:
    """Writes notices down, in the transaction in which what they tell of becomes true."""

    def __init__(self, clock: Callable[[], datetime], jobs: JobQueue) -> None:
        self._clock = clock
        self._jobs = jobs

    def of_mail(self, db: sa.Connection, letter: dict[str, Any], status: MailStatus) -> None:
        """Tell of a mail to a participant that failed or may not have arrived."""
        if letter["kind"] not in TO_WORKSPACE:
            self._add(db, letter["workspace_id"], Notice(status.value).value, mail=letter["mail_id"])

    def of_endpoint(self, db: sa.Connection, endpoint: dict[str, Any]) -> None:
        """Tell of a webhook endpoint that was given up."""
        self._add(db, endpoint["workspace_id"], GIVEN_UP, endpoint=endpoint["id"])

    def _add(
        self,
        db: sa.Connection,
        workspace: UUID,
        kind: str,
        *,
        mail: UUID | None = None,
        endpoint: UUID | None = None,
    ) -> None:
        row = workspaces.get(db, workspace)
        contact = (row["contact"] or row["reply_to"]) if row else None
        if not contact or not is_address(contact):
            return  # nobody said whom to tell: sessions and endpoints show it all the same
        now = self._clock()
        notice = WorkspaceNotice(
            id=new_id(),
            workspace_id=workspace,
            kind=kind,
            recipient=contact,
            status=MailStatus.queued.value,
            created_at=now,
            updated_at=now,
            mail_id=mail,
            endpoint_id=endpoint,
        )
        notices.add(db, notice)
        self._jobs.enqueue(db, Job("notice", f"notice:{notice.id}", (str(notice.id),)))


class NoticeJob:
    """Sends one notice: never twice. One whose fate a crash left open is not sent again."""

    def __init__(
        self, engine: sa.Engine, composer: Composer, mailer: Mailer, clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._composer = composer
        self._mailer = mailer
        self._clock = clock

    def __call__(self, notice_id: str) -> RunAgain | None:
        with self._engine.begin() as db:
            notice = notices.get(db, UUID(notice_id))
            if notice is None or not self._still_open(db, notice):
                return None
            envelope = self._envelope(db, notice)
        sent = self._mailer.send(envelope, lambda: self._claim(notice["id"]))
        with self._engine.begin() as db:
            return self._settle(db, notice["id"], sent)

    def _still_open(self, db: sa.Connection, notice: dict[str, Any]) -> bool:
        if notice["status"] == MailStatus.sending:
            notices.settle(
                db, notice["id"], MailStatus.unknown, self._clock(), "the server stopped meanwhile"
            )
        return bool(notice["status"] == MailStatus.queued)

    def _envelope(self, db: sa.Connection, notice: dict[str, Any]) -> Envelope:
        if notice["kind"] == GIVEN_UP:
            return self._composer.given_up(notice)
        letter = mail_context.letter(db, notice["mail_id"])
        assert letter is not None, "a notice goes when its mail goes"
        return self._composer.notice(notice, letter)

    def _claim(self, notice: UUID) -> bool:
        with self._engine.begin() as db:
            return notices.claim(db, notice, self._clock())

    def _settle(self, db: sa.Connection, notice: UUID, sent: Sent) -> RunAgain | None:
        now = self._clock()
        if sent.status is MailStatus.queued:
            tries = notices.tried(db, notice, now)
            if tries <= len(BACKOFF):
                return RunAgain(BACKOFF[tries - 1])
            notices.settle(db, notice, MailStatus.failed, now, sent.detail)
        elif sent.status is not MailStatus.withdrawn:
            notices.settle(db, notice, sent.status, now, sent.detail)
        return None
