"""Erases a person: their row and every row that refers to it through foreign keys, in all tables.

A new table that refers to sessions or participants needs no change here. A row about a person without a foreign key
has a column `participant_id`, or `erase` deletes it by hand.
"""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.schema.tables import Participant, Replay, Session, metadata, table

_PEOPLE = table(Participant)
_SESSIONS = table(Session)
_REPLAYS = table(Replay)

_WORKSPACE: sa.BindParameter[UUID] = sa.bindparam("workspace")
_PERSON: sa.BindParameter[UUID] = sa.bindparam("participant")

_SESSIONS_BY_STATUS = (
    sa.select(_SESSIONS.c.status, sa.func.count())
    .where(_SESSIONS.c.workspace_id == _WORKSPACE, _SESSIONS.c.candidate_id == _PERSON)
    .group_by(_SESSIONS.c.status)
)
_SESSION_IDS = sa.select(_SESSIONS.c.id).where(
    _SESSIONS.c.workspace_id == _WORKSPACE, _SESSIONS.c.candidate_id == _PERSON
)
_AT_ONCE = 50


def erase(db: sa.Connection, workspace: UUID, participant: UUID) -> None:
    """Delete everything about the person. The credit ledger and the audit log keep ids and nothing else."""
    parameters = {"workspace": workspace, "participant": participant}
    by_status = db.execute(_SESSIONS_BY_STATUS, parameters).all()
    sessions = db.execute(_SESSION_IDS, parameters).scalars().all()
    for statement in _deletions():
        db.execute(statement, parameters)
    _delete_replays(db, workspace, [participant, *sessions])
    by_name = {f"sessions:{status}": -count for status, count in by_status}
    total = sum(count for _, count in by_status)
    counters.bump(db, workspace, {**by_name, "sessions": -total, "participants": -1})


# What a person may want to know of before it is gone, by table.
_COUNTED = {
    "sessions": "sessions",
    "interview_plans": "interviews held",
    "scorecards": "scorecards",
    "session_reviews": "reviews",
    "mails": "mails",
}


def count_erased(db: sa.Connection, workspace: UUID, participant: UUID) -> dict[str, int]:
    """How many rows about the person `erase` would delete, by what they are; what there is none of is left out."""
    conditions = {each.name: (each, condition) for each, condition in _rows_to_delete().items()}
    parameters = {"workspace": workspace, "participant": participant}
    counts = {}
    for name, what in _COUNTED.items():
        each, condition = conditions[name]
        statement = sa.select(sa.func.count()).select_from(each).where(condition)
        counts[what] = db.execute(statement, parameters).scalar_one()
    return {what: count for what, count in counts.items() if count}


def _delete_replays(db: sa.Connection, workspace: UUID, ids: Sequence[UUID]) -> None:
    """Delete stored answers to an Idempotency-Key that show the person or one of their sessions."""
    body = sa.cast(_REPLAYS.c.body, sa.Text)
    for start in range(0, len(ids), _AT_ONCE):
        shows_one = sa.or_(*(body.contains(str(id)) for id in ids[start : start + _AT_ONCE]))
        db.execute(sa.delete(_REPLAYS).where(_REPLAYS.c.workspace_id == workspace, shows_one))


@cache
def _deletions() -> list[sa.Delete]:
    """One statement for each table. A table comes before those that it refers to."""
    return [sa.delete(each).where(condition) for each, condition in reversed(_rows_to_delete().items())]


def _rows_to_delete() -> dict[sa.Table, sa.ColumnElement[bool]]:
    """The condition for the rows to delete, by table. A table comes after those that it refers to."""
    conditions: dict[sa.Table, sa.ColumnElement[bool]] = {}
    for each in metadata.sorted_tables:
        reasons: list[sa.ColumnElement[bool]] = [
            key.parent.in_(sa.select(key.column).where(conditions[key.column.table]))
            for key in each.foreign_keys
            if key.column.table in conditions
        ]
        if each is _PEOPLE:
            reasons = [each.c.id == _PERSON]
        elif "participant_id" in each.c:
            reasons.append(each.c.participant_id == _PERSON)
        if reasons:
            ours = [each.c.workspace_id == _WORKSPACE] if "workspace_id" in each.c else []
            conditions[each] = sa.and_(*ours, sa.or_(*reasons))
    return conditions
