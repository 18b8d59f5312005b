"""Queries about sessions. Every one of them names a workspace."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.engine.paging import page
from storage.engine.prepared import PreparedStatement
from storage.schema.tables import EvaluationStage, InterviewPlan, Session

TABLE: sa.Table = Session.__table__  # type: ignore[attr-defined]
_STAGES: sa.Table = EvaluationStage.__table__  # type: ignore[attr-defined]
_OURS = TABLE.c.workspace_id == sa.bindparam("workspace")
_NEWEST = (TABLE.c.created_at.desc(), TABLE.c.id.desc())

# Lists leave out what is long (contract 9.9).
_LISTED = [column for column in TABLE.c if column.name not in {"evaluation_breakdown"}]

_GET = PreparedStatement(sa.select(TABLE).where(_OURS, TABLE.c.id == sa.bindparam("session")))
_BY_KEY = PreparedStatement(sa.select(TABLE).where(_OURS, TABLE.c.idempotency_key == sa.bindparam("key")))
_RIVALS = PreparedStatement(
    sa.select(TABLE.c.id, TABLE.c.status)
    .where(
        _OURS,
        TABLE.c.candidate_id == sa.bindparam("candidate"),
        TABLE.c.interview_id == sa.bindparam("stage"),
        # spelled out: an IN list is expanded on every run, and this statement is compiled once
        sa.or_(*(TABLE.c.status == status for status in ("scheduled", "in_progress", "completed"))),
    )
    .order_by(*_NEWEST)
)
_PASSED = PreparedStatement(
    sa.select(TABLE.c.interview_id).where(
        _OURS, TABLE.c.candidate_id == sa.bindparam("candidate"), TABLE.c.passed.is_(sa.true())
    )
)
_ACTIVE_STAGES = PreparedStatement(
    sa.select(_STAGES)
    .where(
        _STAGES.c.workspace_id == sa.bindparam("workspace"),
        _STAGES.c.evaluation_template_id == sa.bindparam("template"),
        _STAGES.c.status == "active",
    )
    .order_by(_STAGES.c.stage_order, _STAGES.c.id)
)
_PAGE = PreparedStatement(
    sa.select(*_LISTED)
    .where(_OURS)
    .order_by(*_NEWEST)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
    .offset(sa.bindparam("offset", type_=sa.Integer()))
)
_ADD = PreparedStatement(sa.insert(TABLE))


def get(db: sa.Connection, workspace: UUID, session: UUID) -> dict[str, Any] | None:
    return _GET.one(db, workspace=workspace, session=session)


def behind_link(db: sa.Connection, session: UUID) -> dict[str, Any] | None:
    """The session of a join link. The link's signature was checked: it is what names the workspace here."""
    row = db.execute(sa.select(TABLE).where(TABLE.c.id == session)).mappings().one_or_none()
    return dict(row) if row else None


def for_change(db: sa.Connection, workspace: UUID, session: UUID) -> dict[str, Any] | None:
    """The same row, held until the transaction ends, so that two changes come one after the other."""
    found = db.execute(
        sa.select(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == session).with_for_update()
    )
    row = found.mappings().one_or_none()
    return dict(row) if row else None


def by_key(db: sa.Connection, workspace: UUID, key: str) -> dict[str, Any] | None:
    """The session an idempotency key already made, if any."""
    return _BY_KEY.one(db, workspace=workspace, key=key)


def rivals(db: sa.Connection, workspace: UUID, candidate: UUID, stage: UUID) -> Sequence[dict[str, Any]]:
    """The candidate's open and completed sessions for this stage, newest first: `id` and `status`."""
    return _RIVALS.all(db, workspace=workspace, candidate=candidate, stage=stage)


def passed_stages(db: sa.Connection, workspace: UUID, candidate: UUID) -> frozenset[UUID]:
    """The stages this candidate has passed."""
    return frozenset(row["interview_id"] for row in _PASSED.all(db, workspace=workspace, candidate=candidate))


def active_stages(db: sa.Connection, workspace: UUID, template: UUID) -> Sequence[dict[str, Any]]:
    """A template's active stages in their order."""
    return _ACTIVE_STAGES.all(db, workspace=workspace, template=template)


def add(db: sa.Connection, session: Session) -> None:
    _ADD.run(db, **session.model_dump())
    counters.bump(db, session.workspace_id, {"sessions": 1, f"sessions:{session.status}": 1})


def change(db: sa.Connection, before: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Change the row if it still has the status and generation it was read with."""
    workspace = before["workspace_id"]
    done = db.execute(
        sa.update(TABLE)
        .where(
            TABLE.c.workspace_id == workspace,
            TABLE.c.id == before["id"],
            TABLE.c.status == before["status"],
            TABLE.c.generation == before["generation"],
        )
        .values(**values)
    )
    if done.rowcount != 1:
        return False
    now, then = values.get("status", before["status"]), before["status"]
    if now != then:
        counters.bump(db, workspace, {f"sessions:{then}": -1, f"sessions:{now}": 1})
    return True


def invite_became(db: sa.Connection, workspace: UUID, session: UUID, generation: int, status: str) -> None:
    """Show what became of the invitation, unless a later one has taken its place."""
    db.execute(
        sa.update(TABLE)
        .where(TABLE.c.workspace_id == workspace, TABLE.c.id == session, TABLE.c.generation == generation)
        .values(invite_status=status)
    )


def overdue(db: sa.Connection, before: dt.datetime, most: int) -> Sequence[dict[str, Any]]:
    """Interviews of any workspace that were to be held before this time and are not over: for housekeeping."""
    plan = InterviewPlan.__table__  # type: ignore[attr-defined]
    columns = (TABLE.c.id, TABLE.c.workspace_id, TABLE.c.status, TABLE.c.generation)
    # two questions with words in place of parameters, so that each can use its index
    waiting = sa.select(*columns).where(
        TABLE.c.status == sa.literal_column("'scheduled'"),
        TABLE.c.scheduled_at < before,
        TABLE.c.session_mode != "manual_review",
    )
    left = (
        sa.select(*columns)
        .join(plan, plan.c.session_id == TABLE.c.id)
        .where(TABLE.c.status == sa.literal_column("'in_progress'"), plan.c.seen_at < before)
        # it began before it was last seen: that lets the index narrow it
        .where(TABLE.c.started_at < before)
    )
    return [dict(row) for asked in (waiting, left) for row in db.execute(asked.limit(most)).mappings()]


def unscored(db: sa.Connection, before: dt.datetime, most: int) -> Sequence[dict[str, Any]]:
    """Interviews of any workspace that ended before this time and have no scorecard: for the reconcile job."""
    plan = InterviewPlan.__table__  # type: ignore[attr-defined]
    found = (
        sa.select(TABLE.c.id)
        .join(plan, plan.c.session_id == TABLE.c.id)
        .where(
            TABLE.c.status == sa.literal_column("'completed'"),
            TABLE.c.summary.is_(None),
            TABLE.c.ended_at < before,
        )
        .order_by(TABLE.c.ended_at)
        .limit(most)
    )
    return [dict(row) for row in db.execute(found).mappings()]


def listed(
    db: sa.Connection,
    workspace: UUID,
    filters: Mapping[str, Any],
    since: dt.datetime | None,
    until: dt.datetime | None,
    limit: int,
    offset: int,
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page, newest first, and how many there are.

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
        TABLE,
        workspace,
        conditions,
        counter=f"sessions:{filters['status']}" if by_status else "sessions",
        counted=by_status,
        limit=limit,
        offset=offset,
        columns=_LISTED,
        prebuilt=_PAGE,
    )
