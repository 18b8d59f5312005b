"""Confirmations of previews: each is valid for one call with the same arguments by the same caller."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa

from storage.engine.records import values_of
from storage.schema.records import ConfirmationRecord
from storage.schema.tables import Confirmation, table

_TABLE = table(Confirmation)


def add(db: sa.Connection, confirmation: ConfirmationRecord) -> None:
    """Store a confirmation and delete the workspace's expired ones."""
    db.execute(
        sa.delete(_TABLE).where(
            _TABLE.c.workspace_id == confirmation.workspace_id, _TABLE.c.expires_at <= confirmation.created_at
        )
    )
    db.execute(sa.insert(_TABLE), values_of(confirmation))


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
    """Mark a confirmation as used; False unless everything matches. A call that fails rolls this back."""
    result = db.execute(
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
    return result.rowcount == 1
