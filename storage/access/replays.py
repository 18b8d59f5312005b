"""Stored answers to requests with an Idempotency-Key header, per workspace."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from storage.engine.records import Records
from storage.engine.upsert import insert_or_ignore
from storage.schema.records import ReplayRecord
from storage.schema.tables import Replay, table

_REPLAYS = Records(ReplayRecord, table(Replay).c)
_GET = _REPLAYS.select().where(
    col(Replay.workspace_id) == sa.bindparam("workspace"), col(Replay.key) == sa.bindparam("key")
)
_FINISH = (
    sa.update(Replay)
    .where(col(Replay.workspace_id) == sa.bindparam("workspace"), col(Replay.key) == sa.bindparam("known"))
    .values(body=sa.bindparam("answer", type_=table(Replay).c.body.type))
)


def begin(
    db: sa.Connection, workspace: UUID, key: str, operation: str, digest: str, now: dt.datetime
) -> bool:
    """Reserve the key for this request; False when it was used before."""
    row = {
        "workspace_id": workspace,
        "key": key,
        "operation": operation,
        "digest": digest,
        "created_at": now,
    }
    return insert_or_ignore(db, Replay, row)


def finish(db: sa.Connection, workspace: UUID, key: str, body: dict[str, Any]) -> None:
    """Store the answer."""
    db.execute(_FINISH, {"workspace": workspace, "known": key, "answer": body})


def forget(db: sa.Connection, before: dt.datetime) -> int:
    """Delete answers of every workspace that are older than `before`; how many there were."""
    return db.execute(sa.delete(Replay).where(col(Replay.created_at) < before)).rowcount


def get(db: sa.Connection, workspace: UUID, key: str) -> ReplayRecord | None:
    """The request that used the key and its answer, if any."""
    return _REPLAYS.one(db, _GET.params(workspace=workspace, key=key))
