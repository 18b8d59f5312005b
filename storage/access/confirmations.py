"""Previews that were shown, each good for one call with the same arguments by the same caller."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa

from storage.schema.tables import Confirmation

_TABLE: sa.Table = Confirmation.__table__  # type: ignore[attr-defined]


def add(db: sa.Connection, confirmation: Confirmation) -> None:
    """Keep a confirmation, and let go of the workspace's expired ones: nobody can use them any more."""
    db.execute(
        sa.delete(_TABLE).where(
            _TABLE.c.workspace_id == confirmation.workspace_id, _TABLE.c.expires_at <= confirmation.created_at
        )
    )
    db.execute(sa.insert(_TABLE), confirmation.model_dump())


def use(
    db: sa.Connection,
    workspace: UUID,
    token: UUID,
    *,
    caller: str,
    operation: str,
    digest: str,
    now: dt.datetime,
) -> bool:
    """Use a confirmation up; False unless it fits in every respect. A call that fails gives it back."""
    done = db.execute(
        sa.update(_TABLE)
        .where(
            _TABLE.c.workspace_id == workspace,
            _TABLE.c.id == token,
            _TABLE.c.caller == caller,
            _TABLE.c.operation == operation,
            _TABLE.c.digest == digest,
            _TABLE.c.used_at.is_(None),
            _TABLE.c.expires_at > now,
        )
        .values(used_at=now)
    )
    return done.rowcount == 1
