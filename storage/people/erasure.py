"""Erasing a person: their row and everything that hangs on it by foreign keys, in whatever tables there are.

A table that is added later and refers to sessions or participants is covered without a word here. What names a
person without a foreign key has a column `participant_id`, or is listed in `erase`.
"""

from functools import cache
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.schema.tables import Participant, Replay, Session, metadata

_PEOPLE: sa.Table = Participant.__table__  # type: ignore[attr-defined]
_SESSIONS: sa.Table = Session.__table__  # type: ignore[attr-defined]
_REPLAYS: sa.Table = Replay.__table__  # type: ignore[attr-defined]

_WORKSPACE: sa.BindParameter[UUID] = sa.bindparam("workspace")
_PERSON: sa.BindParameter[UUID] = sa.bindparam("participant")

_SESSIONS_BY_STATUS = (
    sa.select(_SESSIONS.c.status, sa.func.count())
    .where(_SESSIONS.c.workspace_id == _WORKSPACE, _SESSIONS.c.candidate_id == _PERSON)
    .group_by(_SESSIONS.c.status)
)


def erase(db: sa.Connection, workspace: UUID, participant: UUID) -> None:
    """Remove everything about the person; the credit ledger and the audit log keep ids, and nothing else."""
    named = {"workspace": workspace, "participant": participant}
    by_status = db.execute(_SESSIONS_BY_STATUS, named).all()
    for statement in _deletions():
        db.execute(statement, named)
    _forget_answers(db, workspace, participant)
    fewer = {f"sessions:{status}": -count for status, count in by_status}
    total = sum(count for _, count in by_status)
    counters.bump(db, workspace, {**fewer, "sessions": -total, "participants": -1})


def _forget_answers(db: sa.Connection, workspace: UUID, participant: UUID) -> None:
    """Answers kept for an Idempotency-Key show the person too."""
    db.execute(
        sa.delete(_REPLAYS).where(
            _REPLAYS.c.workspace_id == workspace,
            sa.cast(_REPLAYS.c.body, sa.Text).contains(str(participant)),
        )
    )


@cache
def _deletions() -> list[sa.Delete]:
    """One statement a table, those that refer to others first."""
    return [sa.delete(table).where(condition) for table, condition in reversed(_doomed().items())]


def _doomed() -> dict[sa.Table, sa.ColumnElement[bool]]:
    """Which rows go, by table, parents first."""
    doomed: dict[sa.Table, sa.ColumnElement[bool]] = {}
    for table in metadata.sorted_tables:
        reasons: list[sa.ColumnElement[bool]] = [
            key.parent.in_(sa.select(key.column).where(doomed[key.column.table]))
            for key in table.foreign_keys
            if key.column.table in doomed
        ]
        if table is _PEOPLE:
            reasons = [table.c.id == _PERSON]
        elif "participant_id" in table.c:
            reasons.append(table.c.participant_id == _PERSON)
        if reasons:
            ours = [table.c.workspace_id == _WORKSPACE] if "workspace_id" in table.c else []
            doomed[table] = sa.and_(*ours, sa.or_(*reasons))
    return doomed
