"""Queries about sessions. Every one of them names a workspace."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.engine.paging import page
from storage.engine.prepared import PreparedQuery, PreparedStatement
from storage.engine.records import Records, changed, values_of
from storage.schema.records import EvaluationStageRecord, SessionListRecord, SessionRecord
from storage.schema.tables import EvaluationStage, InterviewEvent, InterviewPlan, Session, table

TABLE = table(Session)
_STAGES = table(EvaluationStage)
_LOG = table(InterviewEvent)
_OURS = TABLE.c.workspace_id == sa.bindparam("workspace")
_NEWEST = (TABLE.c.created_at.desc(), TABLE.c.id.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalRecord:
    """A session that may block another one for the same stage."""

    id: UUID
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueRecord:
    """A session that has expired."""

    id: UUID
    workspace_id: UUID
    status: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _StageId:
    interview_id: UUID


_SESSIONS = Records(SessionRecord, TABLE.c)
# Lists leave out the long members (contract 9.9).
_NOT_LISTED = {"evaluation_breakdown", "request_digest"}
_LISTED = Records(SessionListRecord, (each for each in TABLE.c if each.name not in _NOT_LISTED))
_OVERDUE = Records(OverdueRecord, (TABLE.c.id, TABLE.c.workspace_id, TABLE.c.status, TABLE.c.generation))

_GET = PreparedQuery(sa.select(TABLE).where(_OURS, TABLE.c.id == sa.bindparam("session")), SessionRecord)
_BY_KEY = PreparedQuery(
    sa.select(TABLE).where(_OURS, TABLE.c.idempotency_key == sa.bindparam("key")), SessionRecord
)
_RIVALS = PreparedQuery(
    sa.select(TABLE.c.id, TABLE.c.status)
    .where(
        _OURS,
        TABLE.c.candidate_id == sa.bindparam("candidate"),
        TABLE.c.interview_id == sa.bindparam("stage"),
        # not an IN list, which is expanded on every run: this statement is compiled once
        sa.or_(*(TABLE.c.status == status for status in ("scheduled", "in_progress", "completed"))),
    )
    .order_by(*_NEWEST),
    RivalRecord,
)
_PASSED = PreparedQuery(
    sa.select(TABLE.c.interview_id).where(
        _OURS, TABLE.c.candidate_id == sa.bindparam("candidate"), TABLE.c.passed.is_(sa.true())
    ),
    _StageId,
)
_ACTIVE_STAGES = PreparedQuery(
    sa.select(_STAGES)
    .where(
        _STAGES.c.workspace_id == sa.bindparam("workspace"),
        _STAGES.c.evaluation_template_id == sa.bindparam("template"),
        _STAGES.c.status == "active",
    )
    .order_by(_STAGES.c.stage_order, _STAGES.c.id),
    EvaluationStageRecord,
)
_PAGE = PreparedQuery(
    _LISTED.select()
    .where(_OURS)
    .order_by(*_NEWEST)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
    .offset(sa.bindparam("offset", type_=sa.Integer())),
    SessionListRecord,
)
_ADD = PreparedStatement(sa.insert(TABLE))


def get(db: sa.Connection, workspace: UUID, session: UUID) -> SessionRecord | None:
    return _GET.one(db, workspace=workspace, session=session)


def behind_link(db: sa.Connection, session: UUID) -> SessionRecord | None:
    """The session of a join link. It names no workspace: the link's signature, or the job, vouches for the id."""
    return _SESSIONS.one(db, _SESSIONS.select().where(TABLE.c.id == session))


def for_change(db: sa.Connection, workspace: UUID, session: UUID) -> SessionRecord | None:
    """The same row, locked until the transaction ends, so that changes come one after the other."""
    statement = _SESSIONS.select().where(TABLE.c.workspace_id == workspace, TABLE.c.id == session)
    return _SESSIONS.one(db, statement.with_for_update())


def by_key(db: sa.Connection, workspace: UUID, key: str) -> SessionRecord | None:
    """The session that was created with this idempotency key, if any."""
    return _BY_KEY.one(db, workspace=workspace, key=key)


def rivals(db: sa.Connection, workspace: UUID, candidate: UUID, stage: UUID) -> Sequence[RivalRecord]:
    """The candidate's open and completed sessions for this stage, newest first."""
    return _RIVALS.all(db, workspace=workspace, candidate=candidate, stage=stage)


def count_waiting(db: sa.Connection, workspace: UUID, stage: UUID) -> int:
    """How many sessions of this stage are booked and have not begun."""
    ours = TABLE.c.workspace_id == workspace, TABLE.c.interview_id == stage, TABLE.c.status == "scheduled"
    return int(db.execute(sa.select(sa.func.count()).select_from(TABLE).where(*ours)).scalar_one())


def passed_stages(db: sa.Connection, workspace: UUID, candidate: UUID) -> frozenset[UUID]:
    """The stages this candidate has passed."""
    return frozenset(row.interview_id for row in _PASSED.all(db, workspace=workspace, candidate=candidate))


def active_stages(db: sa.Connection, workspace: UUID, template: UUID) -> Sequence[EvaluationStageRecord]:
    """A template's active stages in their order."""
    return _ACTIVE_STAGES.all(db, workspace=workspace, template=template)


def add(db: sa.Connection, session: SessionRecord) -> None:
    """Insert a session and update the counters."""
    _ADD.run(db, **values_of(session))
    counters.bump(db, session.workspace_id, {"sessions": 1, f"sessions:{session.status}": 1})


def change(db: sa.Connection, before: SessionRecord, after: SessionRecord) -> bool:
    """Write what differs, if the row still has the status and generation of `before`; whether it had.

    Only `change_status` changes the status.
    """
    if after.status != before.status:
        raise ValueError("a status is changed by a transition, with change_status")
    return _update(db, before, after)


def change_status(db: sa.Connection, before: SessionRecord, after: SessionRecord) -> bool:
    """The same for a step to another status. Only `tools.sessions.transitions` calls it."""
    if not _update(db, before, after):
        return False
    counters.bump(db, after.workspace_id, {f"sessions:{before.status}": -1, f"sessions:{after.status}": 1})
    return True


def _update(db: sa.Connection, before: SessionRecord, after: SessionRecord) -> bool:
    result = db.execute(
        sa.update(TABLE)
        .where(
            TABLE.c.workspace_id == before.workspace_id,
            TABLE.c.id == before.id,
            TABLE.c.status == before.status,
            TABLE.c.generation == before.generation,
        )
        # updated_at is written even when nothing differs: the row count shows whether the row is unchanged
        .values(**{**changed(before, after), "updated_at": after.updated_at})
    )
    return result.rowcount == 1


def set_invite_status(
    db: sa.Connection, workspace: UUID, session: UUID, generation: int, status: str
) -> None:
    """Write the status of the invitation, unless a later generation has replaced it."""
    db.execute(
        sa.update(TABLE)
        .where(TABLE.c.workspace_id == workspace, TABLE.c.id == session, TABLE.c.generation == generation)
        .values(invite_status=status)
    )


def overdue(db: sa.Connection, before: dt.datetime, limit: int) -> Sequence[OverdueRecord]:
    """Interviews of every workspace that nobody came to, or came back to, since `before`: for housekeeping."""
    plan = table(InterviewPlan)
    # two queries with literals in place of parameters, so that each can use its partial index
    waiting = _OVERDUE.select().where(
        TABLE.c.status == sa.literal_column("'scheduled'"),
        TABLE.c.scheduled_at < before,
        TABLE.c.session_mode != "manual_review",
    )
    left = (
        _OVERDUE.select()
        .join(plan, plan.c.session_id == TABLE.c.id)
        .where(TABLE.c.status == sa.literal_column("'in_progress'"), plan.c.seen_at < before)
        # implied by the condition on `seen_at`; it lets the index narrow the rows
        .where(TABLE.c.started_at < before)
    )
    return [row for query in (waiting, left) for row in _OVERDUE.all(db, query.limit(limit))]


def left_by_candidate(db: sa.Connection, limit: int) -> Sequence[UUID]:
    """Interviews of every workspace that are in progress although their candidate left: for the live rooms."""
    statement = (
        sa.select(TABLE.c.id)
        .where(
            # a literal, so that the partial index can be used
            TABLE.c.status == sa.literal_column("'in_progress'"),
            sa.exists().where(
                _LOG.c.session_id == TABLE.c.id,
                _LOG.c.workspace_id == TABLE.c.workspace_id,
                _LOG.c.kind == "leave",
            ),
        )
        .limit(limit)
    )
    return db.execute(statement).scalars().all()


def unscored(db: sa.Connection, before: dt.datetime, limit: int) -> Sequence[UUID]:
    """Interviews of every workspace that ended before this time and have no scorecard: for the reconcile job."""
    plan = table(InterviewPlan)
    statement = (
        sa.select(TABLE.c.id)
        .join(plan, plan.c.session_id == TABLE.c.id)
        .where(
            TABLE.c.status == sa.literal_column("'completed'"),
            TABLE.c.summary.is_(None),
            TABLE.c.ended_at < before,
        )
        .order_by(TABLE.c.ended_at)
        .limit(limit)
    )
    return db.execute(statement).scalars().all()


def list_page(
    db: sa.Connection,
    workspace: UUID,
    filters: Mapping[str, Any],
    since: dt.datetime | None,
    until: dt.datetime | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[SessionListRecord], int]:
    """One page, newest first, and the total.

    `filters` are equalities on columns; `since` and `until` bound `scheduled_at`, both ends included.
    """
    conditions = [TABLE.c[name] == value for name, value in filters.items()]
    if since is not None:
        conditions.append(TABLE.c.scheduled_at >= since)
    if until is not None:
        conditions.append(TABLE.c.scheduled_at <= until)
    by_status = len(conditions) == 1 and "status" in filters
    return page(
        db,
        _LISTED,
        TABLE,
        workspace,
        conditions,
        counter=f"sessions:{filters['status']}" if by_status else "sessions",
        counted=by_status,
        limit=limit,
        offset=offset,
        prebuilt=_PAGE,
    )
