"""Queries about participants. Every one of them names a workspace."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.engine.paging import page
from storage.engine.prepared import PreparedStatement
from storage.schema.columns import has_element
from storage.schema.tables import Participant, Session

TABLE: sa.Table = Participant.__table__  # type: ignore[attr-defined]
_SESSIONS: sa.Table = Session.__table__  # type: ignore[attr-defined]

# So many locks a workspace has for its addresses: an import of hundreds must not hold hundreds of them.
_LOCKS = 64
_LOCK = sa.text("SELECT pg_advisory_xact_lock(lock) FROM unnest(CAST(:locks AS bigint[])) AS lock")

_GET = PreparedStatement(
    sa.select(TABLE).where(
        TABLE.c.workspace_id == sa.bindparam("workspace"), TABLE.c.id == sa.bindparam("participant")
    )
)


def get(db: sa.Connection, workspace: UUID, participant: UUID) -> dict[str, Any] | None:
    return _GET.one(db, workspace=workspace, participant=participant)


def for_change(db: sa.Connection, workspace: UUID, participant: UUID) -> dict[str, Any] | None:
    """The same row, held until the transaction ends, so that two changes come one after the other."""
    found = db.execute(
        sa.select(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == participant).with_for_update()
    )
    row = found.mappings().one_or_none()
    return dict(row) if row else None


def hold_addresses(db: sa.Connection, workspace: UUID, emails: Iterable[str]) -> None:
    """Let no other transaction add these addresses until this one ends.

    The unique indexes cannot say "without a template: nowhere in the account" (contract C3), so PostgreSQL takes
    locks, always in one order; on SQLite there is only one writer anyway.
    """
    if db.dialect.name == "postgresql":
        db.execute(_LOCK, {"locks": sorted({_lock_of(workspace, email) for email in emails})})


def _lock_of(workspace: UUID, email: str) -> int:
    place = sha256(email.encode()).digest()[0] % _LOCKS
    return int.from_bytes(sha256(workspace.bytes + bytes([place])).digest()[:8], "big", signed=True)


def with_emails(db: sa.Connection, workspace: UUID, emails: Collection[str]) -> Sequence[dict[str, Any]]:
    """Participants with one of these addresses: `id`, `email_key` and `evaluation_template_id`."""
    rows = db.execute(
        sa.select(TABLE.c.id, TABLE.c.email_key, TABLE.c.evaluation_template_id)
        .where(TABLE.c.workspace_id == workspace, TABLE.c.email_key.in_(emails))
        .order_by(TABLE.c.created_at, TABLE.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def waiting(db: sa.Connection, workspace: UUID, participant: UUID) -> Sequence[UUID]:
    """The participant's sessions that have not begun."""
    return list(
        db.execute(
            sa.select(_SESSIONS.c.id).where(
                _SESSIONS.c.workspace_id == workspace,
                _SESSIONS.c.candidate_id == participant,
                _SESSIONS.c.status == "scheduled",
            )
        ).scalars()
    )


def add(db: sa.Connection, participants: Sequence[Participant]) -> None:
    """Insert participants of one workspace."""
    if participants:
        db.execute(sa.insert(TABLE), [participant.model_dump() for participant in participants])
        counters.bump(db, participants[0].workspace_id, {"participants": len(participants)})


def change(db: sa.Connection, workspace: UUID, participant: UUID, values: Mapping[str, Any]) -> None:
    db.execute(
        sa.update(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == participant).values(**values)
    )


def listed(
    db: sa.Connection,
    workspace: UUID,
    filters: Mapping[str, Any],
    search: str | None,
    tag: str | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page, newest first, and how many there are.

    `filters` are equalities on columns; `search` looks into name, address and external id.
    """
    conditions: list[sa.ColumnElement[bool]] = [TABLE.c[name] == value for name, value in filters.items()]
    if search:
        wide = (TABLE.c.name, TABLE.c.email, TABLE.c.external_id)
        conditions.append(sa.or_(*(column.icontains(search, autoescape=True) for column in wide)))
    if tag is not None:
        conditions.append(has_element(TABLE.c.tags, tag))
    return page(db, TABLE, workspace, conditions, counter="participants", limit=limit, offset=offset)
