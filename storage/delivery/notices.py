"""Mails to a workspace about its mails and endpoints. They are claimed before they are sent, like other mails."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from domain.sessions.mail_status import MailStatus
from storage.engine.records import Records, values_of
from storage.schema.records import WorkspaceNoticeRecord
from storage.schema.tables import WebhookEndpoint, Workspace, WorkspaceNotice, table

TABLE = table(WorkspaceNotice)
_W = table(Workspace)
_E = table(WebhookEndpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord(WorkspaceNoticeRecord):
    """A notice, its workspace, and the endpoint that it is about, if any."""

    workspace_name: str
    url: str | None
    failing_since: dt.datetime | None


_NOTICES = Records(
    NoticeRecord, (*TABLE.c, _W.c.name.label("workspace_name"), _E.c.url, _E.c.failing_since), outer=("url",)
)


def add(db: sa.Connection, notice: WorkspaceNoticeRecord) -> None:
    """Insert a queued notice."""
    db.execute(sa.insert(TABLE), values_of(notice))


def get(db: sa.Connection, notice: UUID) -> NoticeRecord | None:
    """A notice by its id, with the workspace and endpoint that it names; for the job that sends it."""
    joined = TABLE.join(_W, _W.c.id == TABLE.c.workspace_id).outerjoin(_E, _E.c.id == TABLE.c.endpoint_id)
    return _NOTICES.one(db, _NOTICES.select().select_from(joined).where(TABLE.c.id == notice))


def claim(db: sa.Connection, notice: UUID, now: dt.datetime) -> bool:
    """Claim the notice for sending; False when it was claimed before."""
    result = db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == notice, TABLE.c.status == MailStatus.queued.value)
        .values(status=MailStatus.sending.value, updated_at=now)
    )
    return result.rowcount == 1


def settle(db: sa.Connection, notice: UUID, status: MailStatus, now: dt.datetime, detail: str | None) -> None:
    """Write the result of sending it."""
    db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == notice)
        .values(status=status.value, updated_at=now, detail=detail)
    )


def count_try(db: sa.Connection, notice: UUID, now: dt.datetime) -> int:
    """Count an attempt that failed before the claim; how many there were."""
    result = db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == notice)
        .values(tries=TABLE.c.tries + 1, updated_at=now)
        .returning(TABLE.c.tries)
    )
    return int(result.scalar_one())
