"""Mails to a workspace about its own mails and endpoints, claimed before they leave like any other."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.sessions.mail_status import MailStatus
from storage.schema.tables import WebhookEndpoint, Workspace, WorkspaceNotice

TABLE: sa.Table = WorkspaceNotice.__table__  # type: ignore[attr-defined]
_W: sa.Table = Workspace.__table__  # type: ignore[attr-defined]
_E: sa.Table = WebhookEndpoint.__table__  # type: ignore[attr-defined]


def add(db: sa.Connection, notice: WorkspaceNotice) -> None:
    """Write the promise down."""
    db.execute(sa.insert(TABLE), notice.model_dump())


def get(db: sa.Connection, notice: UUID) -> dict[str, Any] | None:
    """A notice with what it says about a workspace and endpoint, by its id; for the job that sends it."""
    row = db.execute(
        sa.select(
            *TABLE.c,
            _W.c.name.label("workspace_name"),
            _E.c.url,
            _E.c.failing_since,
        )
        .select_from(
            TABLE.join(_W, _W.c.id == TABLE.c.workspace_id).outerjoin(_E, _E.c.id == TABLE.c.endpoint_id)
        )
        .where(TABLE.c.id == notice)
    )
    found = row.mappings().one_or_none()
    return dict(found) if found else None


def claim(db: sa.Connection, notice: UUID, now: dt.datetime) -> bool:
    """Take the notice for sending; False when it was taken before."""
    done = db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == notice, TABLE.c.status == MailStatus.queued.value)
        .values(status=MailStatus.sending.value, updated_at=now)
    )
    return done.rowcount == 1


def settle(db: sa.Connection, notice: UUID, status: MailStatus, now: dt.datetime, detail: str | None) -> None:
    """Write down what became of it."""
    db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == notice)
        .values(status=status.value, updated_at=now, detail=detail)
    )


def tried(db: sa.Connection, notice: UUID, now: dt.datetime) -> int:
    """Count an attempt that did not get as far as the claim; how many there were."""
    done = db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == notice)
        .values(tries=TABLE.c.tries + 1, updated_at=now)
        .returning(TABLE.c.tries)
    )
    return int(done.scalar_one())
