"""What an Idempotency-Key header already answered, per workspace."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from storage.engine.upsert import insert_or_ignore
from storage.schema.tables import Replay

_GET = sa.select(col(Replay.operation), col(Replay.digest), col(Replay.body)).where(
    col(Replay.workspace_id) == sa.bindparam("workspace"), col(Replay.key) == sa.bindparam("key")
)
_FINISH = (
    sa.update(Replay)
    .where(col(Replay.workspace_id) == sa.bindparam("workspace"), col(Replay.key) == sa.bindparam("known"))
    .values(body=sa.bindparam("answer", type_=Replay.__table__.c.body.type))  # type: ignore[attr-defined]
)


def begin(
    db: sa.Connection, workspace: UUID, key: str, operation: str, digest: str, now: dt.datetime
) -> bool:
    """Take the key for this request; False when it is taken already."""
    row = {
        "workspace_id": workspace,
        "key": key,
        "operation": operation,
        "digest": digest,
        "created_at": now,
    }
    return insert_or_ignore(db, Replay, row)


def finish(db: sa.Connection, workspace: UUID, key: str, body: dict[str, Any]) -> None:
    """Remember the answer."""
    db.execute(_FINISH, {"workspace": workspace, "known": key, "answer": body})


def forget(db: sa.Connection, before: dt.datetime) -> int:
    """Let go of answers of any workspace that were given before then; how many there were."""
    return db.execute(sa.delete(Replay).where(col(Replay.created_at) < before)).rowcount


def get(db: sa.Connection, workspace: UUID, key: str) -> sa.RowMapping | None:
    """What the key stands for, if anything."""
    return db.execute(_GET, {"workspace": workspace, "key": key}).mappings().one_or_none()
