"""Queries about participants. Every one of them names a workspace."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage import counters
from storage.columns import has_element
from storage.hot import Hot
from storage.models import Delivery, Event, Mail, Participant, Session
from storage.paging import page

TABLE: sa.Table = Participant.__table__  # type: ignore[attr-defined]
_SESSIONS: sa.Table = Session.__table__  # type: ignore[attr-defined]
_MAILS: sa.Table = Mail.__table__  # type: ignore[attr-defined]
_EVENTS: sa.Table = Event.__table__  # type: ignore[attr-defined]
_DELIVERIES: sa.Table = Delivery.__table__  # type: ignore[attr-defined]

_GET = Hot(
    sa.select(TABLE).where(
        TABLE.c.workspace_id == sa.bindparam("workspace"), TABLE.c.id == sa.bindparam("participant")
    )
)
_SAME = Hot(
    sa.select(TABLE.c.id, TABLE.c.evaluation_template_id).where(
        TABLE.c.workspace_id == sa.bindparam("workspace"), TABLE.c.email_key == sa.bindparam("email")
    )
)


def get(db: sa.Connection, workspace: UUID, participant: UUID) -> dict[str, Any] | None:
    return _GET.one(db, workspace=workspace, participant=participant)


def hold_addresses(db: sa.Connection, workspace: UUID, emails: Sequence[str]) -> None:
    """Let no other transaction add these addresses until this one ends.

    The unique indexes cannot say "without a template: nowhere in the account" (C3), so on PostgreSQL each
    address is locked, in one order; on SQLite there is only one writer anyway.
    """
    if db.dialect.name != "postgresql":
        return
    locks = sorted({_lock_of(workspace, email) for email in emails})
    db.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), [{"lock": lock} for lock in locks])


def _lock_of(workspace: UUID, email: str) -> int:
    return int.from_bytes(sha256(workspace.bytes + email.encode()).digest()[:8], "big", signed=True)


def with_email(db: sa.Connection, workspace: UUID, email: str) -> Sequence[dict[str, Any]]:
    """Participants with this address: `id` and `evaluation_template_id`."""
    return _SAME.all(db, workspace=workspace, email=email)


def add(db: sa.Connection, participants: Sequence[Participant]) -> None:
    """Insert participants of one workspace."""
    if participants:
        db.execute(sa.insert(TABLE), [participant.model_dump() for participant in participants])
        counters.bump(db, participants[0].workspace_id, {"participants": len(participants)})


def change(db: sa.Connection, workspace: UUID, participant: UUID, values: Mapping[str, Any]) -> None:
    db.execute(
        sa.update(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == participant).values(**values)
    )


def erase(db: sa.Connection, workspace: UUID, participant: UUID) -> None:
    """Remove the person and everything that is about them; the ledger and the audit log keep only ids."""
    theirs = sa.select(_SESSIONS.c.id).where(
        _SESSIONS.c.workspace_id == workspace, _SESSIONS.c.candidate_id == participant
    )
    by_status = db.execute(
        sa.select(_SESSIONS.c.status, sa.func.count())
        .where(_SESSIONS.c.workspace_id == workspace, _SESSIONS.c.candidate_id == participant)
        .group_by(_SESSIONS.c.status)
    ).all()
    events = sa.select(_EVENTS.c.id).where(
        _EVENTS.c.workspace_id == workspace, _EVENTS.c.participant_id == participant
    )
    for statement in (
        sa.delete(_DELIVERIES).where(_DELIVERIES.c.event_id.in_(events)),
        sa.delete(_EVENTS).where(
            _EVENTS.c.workspace_id == workspace, _EVENTS.c.participant_id == participant
        ),
        sa.delete(_MAILS).where(_MAILS.c.workspace_id == workspace, _MAILS.c.session_id.in_(theirs)),
        sa.delete(_SESSIONS).where(
            _SESSIONS.c.workspace_id == workspace, _SESSIONS.c.candidate_id == participant
        ),
        sa.delete(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == participant),
    ):
        db.execute(statement)
    fewer = {f"sessions:{status}": -count for status, count in by_status}
    total = sum(count for _, count in by_status)
    counters.bump(db, workspace, {**fewer, "sessions": -total, "participants": -1})


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
