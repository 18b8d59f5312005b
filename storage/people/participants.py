"""Queries about participants. Every one of them names a workspace."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.text.folding import fold, reference_key, search_text
from storage.engine import counters
from storage.engine.paging import page
from storage.engine.prepared import PreparedQuery
from storage.engine.records import Records, changed, values_of
from storage.schema.columns import has_element
from storage.schema.records import ParticipantRecord
from storage.schema.tables import Participant, Session, table

TABLE = table(Participant)
_SESSIONS = table(Session)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRecord:
    """An address in use: its participant and template."""

    id: UUID
    email_key: str
    evaluation_template_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRecord:
    """Who somebody is."""

    id: UUID
    name: str
    email: str


_IDENTITIES = Records(IdentityRecord, (TABLE.c.id, TABLE.c.name, TABLE.c.email))
_PEOPLE = Records(ParticipantRecord, TABLE.c)
_ADDRESSES = Records(AddressRecord, (TABLE.c.id, TABLE.c.email_key, TABLE.c.evaluation_template_id))

# The number of address locks of a workspace: an import of hundreds of rows must not take hundreds of locks.
_LOCKS = 64
_LOCK = sa.text("SELECT pg_advisory_xact_lock(lock) FROM unnest(CAST(:locks AS bigint[])) AS lock")

_GET = PreparedQuery(
    sa.select(TABLE).where(
        TABLE.c.workspace_id == sa.bindparam("workspace"), TABLE.c.id == sa.bindparam("participant")
    ),
    ParticipantRecord,
)


def get(db: sa.Connection, workspace: UUID, participant: UUID) -> ParticipantRecord | None:
    return _GET.one(db, workspace=workspace, participant=participant)


def for_change(db: sa.Connection, workspace: UUID, participant: UUID) -> ParticipantRecord | None:
    """The same row, locked until the transaction ends, so that changes come one after the other."""
    statement = _PEOPLE.select().where(TABLE.c.workspace_id == workspace, TABLE.c.id == participant)
    return _PEOPLE.one(db, statement.with_for_update())


def lock_addresses(db: sa.Connection, workspace: UUID, emails: Iterable[str]) -> None:
    """Prevent other transactions from adding these addresses until this one ends.

    A unique index cannot express that an address without a template is unique in the account (contract C3). So
    PostgreSQL takes locks, always in the same order. SQLite has only one writer and needs none.
    """
    if db.dialect.name == "postgresql":
        db.execute(_LOCK, {"locks": sorted({_lock_of(workspace, email) for email in emails})})


def _lock_of(workspace: UUID, email: str) -> int:
    place = sha256(email.encode()).digest()[0] % _LOCKS
    return int.from_bytes(sha256(workspace.bytes + bytes([place])).digest()[:8], "big", signed=True)


def with_emails(db: sa.Connection, workspace: UUID, emails: Collection[str]) -> Sequence[AddressRecord]:
    """Participants with one of these addresses."""
    statement = _ADDRESSES.select().where(TABLE.c.workspace_id == workspace, TABLE.c.email_key.in_(emails))
    return _ADDRESSES.all(db, statement.order_by(TABLE.c.created_at, TABLE.c.id))


def identities(db: sa.Connection, workspace: UUID, people: Collection[UUID]) -> Sequence[IdentityRecord]:
    """Names and addresses of those among these who are participants of the workspace."""
    return _IDENTITIES.all(
        db, _IDENTITIES.select().where(TABLE.c.workspace_id == workspace, TABLE.c.id.in_(people))
    )


def scheduled_sessions(db: sa.Connection, workspace: UUID, participant: UUID) -> Sequence[UUID]:
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


def add(db: sa.Connection, participants: Sequence[ParticipantRecord]) -> None:
    """Insert participants of one workspace."""
    if participants:
        rows = [values_of(each) | _derived(each) for each in participants]
        db.execute(sa.insert(TABLE), rows)
        counters.bump(db, participants[0].workspace_id, {"participants": len(participants)})


def change(db: sa.Connection, before: ParticipantRecord, after: ParticipantRecord) -> None:
    """Write what differs."""
    values = {**changed(before, after), **_derived(after)}
    db.execute(
        sa.update(TABLE)
        .where(TABLE.c.workspace_id == before.workspace_id, TABLE.c.id == before.id)
        .values(**values)
    )


def _derived(participant: ParticipantRecord) -> dict[str, str]:
    """The columns by which a person is found."""
    return {
        "name_key": reference_key(participant.name),
        "search_text": search_text(participant.name, participant.email, participant.external_id),
    }


def list_page(
    db: sa.Connection,
    workspace: UUID,
    filters: Mapping[str, Any],
    search: str | None,
    tag: str | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[ParticipantRecord], int]:
    """One page, newest first, and the total.

    `filters` are equalities on columns; `search` looks into name, address and external id, whatever the case and
    form of their letters.
    """
    conditions: list[sa.ColumnElement[bool]] = [TABLE.c[name] == value for name, value in filters.items()]
    if search:
        conditions.append(TABLE.c.search_text.contains(fold(search), autoescape=True))
    if tag is not None:
        conditions.append(has_element(TABLE.c.tags, tag))
    return page(db, _PEOPLE, TABLE, workspace, conditions, counter="participants", limit=limit, offset=offset)
