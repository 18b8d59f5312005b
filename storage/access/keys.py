"""API keys: found by digest, listed and revoked by workspace."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from storage.engine.prepared import PreparedStatement
from storage.schema.tables import ApiKey, Workspace

# The one query that names no workspace: it is how a caller's workspace becomes known.
_BY_DIGEST = PreparedStatement(
    sa.select(
        col(ApiKey.id),
        col(ApiKey.workspace_id),
        col(ApiKey.scopes),
        col(Workspace.slug),
        col(Workspace.rate_limit),
    )
    .join_from(ApiKey, Workspace, col(ApiKey.workspace_id) == col(Workspace.id))
    .where(col(ApiKey.digest) == sa.bindparam("digest"), col(ApiKey.revoked_at).is_(None))
)
_LIST = (
    sa.select(ApiKey)
    .where(col(ApiKey.workspace_id) == sa.bindparam("workspace"))
    .order_by(col(ApiKey.created_at).desc(), col(ApiKey.id).desc())
)
_REVOKE = (
    sa.update(ApiKey)
    .where(
        col(ApiKey.workspace_id) == sa.bindparam("workspace"),
        col(ApiKey.id) == sa.bindparam("key"),
        col(ApiKey.revoked_at).is_(None),
    )
    .values(revoked_at=sa.bindparam("now"))
)
_TOUCH = (
    sa.update(ApiKey).where(col(ApiKey.id) == sa.bindparam("key")).values(last_used_at=sa.bindparam("now"))
)


def by_digest(db: sa.Connection, digest: str) -> dict[str, Any] | None:
    """The live key with this digest and what it may do; None when unknown or revoked."""
    return _BY_DIGEST.one(db, digest=digest)


def add(db: sa.Connection, key: ApiKey) -> None:
    db.execute(sa.insert(ApiKey).values(key.model_dump()))


def every(db: sa.Connection, workspace: UUID) -> Sequence[sa.RowMapping]:
    """All keys of a workspace, newest first."""
    return db.execute(_LIST, {"workspace": workspace}).mappings().all()


def revoke(db: sa.Connection, workspace: UUID, key: UUID, now: dt.datetime) -> bool:
    """Make a key worthless from the next call on; False when the workspace has no such live key."""
    return db.execute(_REVOKE, {"workspace": workspace, "key": key, "now": now}).rowcount == 1


def touch(db: sa.Connection, used: dict[UUID, dt.datetime]) -> None:
    """Note when keys were last used."""
    if used:
        db.execute(_TOUCH, [{"key": key, "now": when} for key, when in sorted(used.items())])
