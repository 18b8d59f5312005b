"""API keys: found by digest, listed and revoked by workspace."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from storage.engine.prepared import PreparedQuery
from storage.engine.records import Records, values_of
from storage.schema.records import ApiKeyRecord
from storage.schema.tables import ApiKey, Workspace, table


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A key that is not revoked, and what it may do."""

    id: UUID
    workspace_id: UUID
    scopes: list[str]
    slug: str
    rate_limit: int | None


_KEYS = Records(ApiKeyRecord, table(ApiKey).c)
# The one query that names no workspace: a key says which workspace the caller belongs to.
_BY_DIGEST = PreparedQuery(
    sa.select(
        col(ApiKey.id),
        col(ApiKey.workspace_id),
        col(ApiKey.scopes),
        col(Workspace.slug),
        col(Workspace.rate_limit),
    )
    .join_from(ApiKey, Workspace, col(ApiKey.workspace_id) == col(Workspace.id))
    .where(col(ApiKey.digest) == sa.bindparam("digest"), col(ApiKey.revoked_at).is_(None)),
    KnownKey,
)
_LIST = (
    _KEYS.select()
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


def by_digest(db: sa.Connection, digest: str) -> KnownKey | None:
    """The key with this digest; None when unknown or revoked."""
    return _BY_DIGEST.one(db, digest=digest)


def add(db: sa.Connection, key: ApiKeyRecord) -> None:
    db.execute(sa.insert(ApiKey), values_of(key))


def every(db: sa.Connection, workspace: UUID) -> Sequence[ApiKeyRecord]:
    """All keys of a workspace, newest first."""
    return _KEYS.all(db, _LIST.params(workspace=workspace))


def revoke(db: sa.Connection, workspace: UUID, key: UUID, now: dt.datetime) -> bool:
    """Revoke a key from the next call on; False when the workspace has no such key that is not revoked."""
    return db.execute(_REVOKE, {"workspace": workspace, "key": key, "now": now}).rowcount == 1


def touch(db: sa.Connection, used: dict[UUID, dt.datetime]) -> None:
    """Note when keys were last used."""
    if used:
        db.execute(_TOUCH, [{"key": key, "now": when} for key, when in sorted(used.items())])
