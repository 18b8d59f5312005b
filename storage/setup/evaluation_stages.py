"""Queries about evaluation stages. Every one of them names a workspace."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.text.folding import reference_key
from storage.engine import counters
from storage.engine.paging import page
from storage.engine.prepared import PreparedQuery
from storage.engine.records import Records, values_of
from storage.schema.records import EvaluationStageRecord
from storage.schema.tables import CodingTask, EvaluationStage, Question, Session, StageScript, table

TABLE = table(EvaluationStage)
_SESSIONS = table(Session)
_BANKS: tuple[sa.Table, ...] = (table(Question), table(CodingTask))
_SCRIPTS = table(StageScript)
_STAGES = Records(EvaluationStageRecord, TABLE.c)
_ORDER = (TABLE.c.stage_order, TABLE.c.created_at, TABLE.c.id)

_GET = PreparedQuery(
    sa.select(TABLE).where(
        TABLE.c.workspace_id == sa.bindparam("workspace"), TABLE.c.id == sa.bindparam("stage")
    ),
    EvaluationStageRecord,
)


def get(db: sa.Connection, workspace: UUID, stage: UUID) -> EvaluationStageRecord | None:
    return _GET.one(db, workspace=workspace, stage=stage)


def of_template(db: sa.Connection, workspace: UUID, template: UUID) -> Sequence[EvaluationStageRecord]:
    """All stages of a template in order, archived ones included."""
    ours = TABLE.c.workspace_id == workspace, TABLE.c.evaluation_template_id == template
    return _STAGES.all(db, _STAGES.select().where(*ours).order_by(*_ORDER))


def add(db: sa.Connection, stage: EvaluationStageRecord) -> None:
    db.execute(sa.insert(TABLE), values_of(stage) | _derived(values_of(stage)))
    counters.bump(db, stage.workspace_id, {"stages": 1})


def change(db: sa.Connection, workspace: UUID, stage: UUID, values: Mapping[str, Any]) -> None:
    ours = sa.update(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == stage)
    db.execute(ours.values(**values, **_derived(values)))


def _derived(values: Mapping[str, Any]) -> dict[str, str]:
    """The columns by which a stage is found, as far as its names are among `values`."""
    keys = {"type": "type_key", "stage_name": "name_key"}
    return {key: reference_key(values[name] or "") for name, key in keys.items() if name in values}


def remove(db: sa.Connection, workspace: UUID, stage: UUID) -> None:
    """Delete a stage with its script and the questions and tasks that belong to it alone."""
    for bank in _BANKS:
        db.execute(sa.delete(bank).where(bank.c.workspace_id == workspace, bank.c.interview_id == stage))
    db.execute(sa.delete(_SCRIPTS).where(_SCRIPTS.c.workspace_id == workspace, _SCRIPTS.c.stage_id == stage))
    result = db.execute(sa.delete(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == stage))
    counters.bump(db, workspace, {"stages": -result.rowcount})


def find_used(db: sa.Connection, workspace: UUID, stages: Sequence[UUID]) -> frozenset[UUID]:
    """The stages among these that have sessions."""
    if not stages:
        return frozenset()
    rows = db.execute(
        sa.select(_SESSIONS.c.interview_id)
        .where(_SESSIONS.c.workspace_id == workspace, _SESSIONS.c.interview_id.in_(stages))
        .distinct()
    )
    return frozenset(rows.scalars())


def list_page(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[EvaluationStageRecord], int]:
    """One page by `stage_order`, and the total."""
    conditions = [TABLE.c[name] == value for name, value in filters.items()]
    return page(
        db, _STAGES, TABLE, workspace, conditions, counter="stages", limit=limit, offset=offset, order=_ORDER
    )
