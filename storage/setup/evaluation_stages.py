"""Queries about evaluation stages. Every one of them names a workspace."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.engine.paging import page
from storage.engine.prepared import PreparedStatement
from storage.schema.tables import CodingTask, EvaluationStage, Question, Session

TABLE: sa.Table = EvaluationStage.__table__  # type: ignore[attr-defined]
_SESSIONS: sa.Table = Session.__table__  # type: ignore[attr-defined]
_ATTACHED: tuple[sa.Table, ...] = (Question.__table__, CodingTask.__table__)  # type: ignore[attr-defined]
_ORDER = (TABLE.c.stage_order, TABLE.c.created_at, TABLE.c.id)

_GET = PreparedStatement(
    sa.select(TABLE).where(
        TABLE.c.workspace_id == sa.bindparam("workspace"), TABLE.c.id == sa.bindparam("stage")
    )
)


def get(db: sa.Connection, workspace: UUID, stage: UUID) -> dict[str, Any] | None:
    return _GET.one(db, workspace=workspace, stage=stage)


def of_template(db: sa.Connection, workspace: UUID, template: UUID) -> Sequence[dict[str, Any]]:
    """All stages of a template in their order, archived ones too."""
    rows = db.execute(
        sa.select(TABLE)
        .where(TABLE.c.workspace_id == workspace, TABLE.c.evaluation_template_id == template)
        .order_by(*_ORDER)
    )
    return [dict(row) for row in rows.mappings()]


def add(db: sa.Connection, stage: EvaluationStage) -> None:
    db.execute(sa.insert(TABLE), stage.model_dump())
    counters.bump(db, stage.workspace_id, {"stages": 1})


def change(db: sa.Connection, workspace: UUID, stage: UUID, values: Mapping[str, Any]) -> None:
    db.execute(
        sa.update(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == stage).values(**values)
    )


def remove(db: sa.Connection, workspace: UUID, stage: UUID) -> None:
    """Remove a stage and what was attached to it alone."""
    for table in _ATTACHED:
        db.execute(sa.delete(table).where(table.c.workspace_id == workspace, table.c.interview_id == stage))
    gone = db.execute(sa.delete(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == stage))
    counters.bump(db, workspace, {"stages": -gone.rowcount})


def used(db: sa.Connection, workspace: UUID, stages: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the stages that have sessions."""
    if not stages:
        return frozenset()
    rows = db.execute(
        sa.select(_SESSIONS.c.interview_id)
        .where(_SESSIONS.c.workspace_id == workspace, _SESSIONS.c.interview_id.in_(stages))
        .distinct()
    )
    return frozenset(rows.scalars())


def listed(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page by `stage_order`, and how many there are."""
    conditions = [TABLE.c[name] == value for name, value in filters.items()]
    return page(db, TABLE, workspace, conditions, counter="stages", limit=limit, offset=offset, order=_ORDER)
