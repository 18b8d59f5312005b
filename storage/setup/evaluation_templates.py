"""Queries about evaluation templates. Every one of them names a workspace."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from domain.text.folding import reference_key
from storage.engine import counters
from storage.engine.paging import Filters, page
from storage.engine.prepared import PreparedQuery
from storage.engine.records import Records, values_of
from storage.schema.records import EvaluationTemplateRecord
from storage.schema.tables import (
    CodingTask,
    EvaluationStage,
    EvaluationTemplate,
    Participant,
    Question,
    Session,
    StageScript,
    table,
)

_TABLE = table(EvaluationTemplate)
_PARTS = {"stages": table(EvaluationStage), "questions": table(Question), "coding tasks": table(CodingTask)}
_SCRIPTS = table(StageScript)
_TEMPLATES = Records(EvaluationTemplateRecord, _TABLE.c)
_WORKSPACE = col(EvaluationTemplate.workspace_id) == sa.bindparam("workspace")

_GET = PreparedQuery(
    sa.select(_TABLE).where(_WORKSPACE, _TABLE.c.id == sa.bindparam("template")), EvaluationTemplateRecord
)


def _refers_to_template(table: Any) -> sa.Exists:
    return sa.exists().where(
        table.workspace_id == sa.bindparam("workspace"),
        table.evaluation_template_id == sa.bindparam("template"),
    )


_IN_USE = sa.select(_refers_to_template(Session) | _refers_to_template(Participant))


def get(db: sa.Connection, workspace: UUID, template: UUID) -> EvaluationTemplateRecord | None:
    return _GET.one(db, workspace=workspace, template=template)


def for_change(db: sa.Connection, workspace: UUID, template: UUID) -> EvaluationTemplateRecord | None:
    """The same row, locked until the transaction ends, so that changes come one after the other."""
    statement = _TEMPLATES.select().where(_TABLE.c.workspace_id == workspace, _TABLE.c.id == template)
    return _TEMPLATES.one(db, statement.with_for_update())


def known(db: sa.Connection, workspace: UUID, templates: Collection[UUID]) -> frozenset[UUID]:
    """The ids among these that are templates of the workspace."""
    if not templates:
        return frozenset()
    rows = db.execute(
        sa.select(_TABLE.c.id).where(_TABLE.c.workspace_id == workspace, _TABLE.c.id.in_(templates))
    )
    return frozenset(rows.scalars())


def add(db: sa.Connection, template: EvaluationTemplateRecord) -> None:
    db.execute(sa.insert(_TABLE), values_of(template) | {"name_key": reference_key(template.template_name)})
    counters.bump(db, template.workspace_id, {"templates": 1})


def change(db: sa.Connection, workspace: UUID, template: UUID, values: dict[str, Any]) -> None:
    derived = {"name_key": reference_key(values["template_name"])} if "template_name" in values else {}
    ours = sa.update(_TABLE).where(_TABLE.c.workspace_id == workspace, _TABLE.c.id == template)
    db.execute(ours.values(**values, **derived))


def remove(db: sa.Connection, workspace: UUID, template: UUID) -> None:
    """Delete the template with its stages, their scripts, questions and tasks; the caller has checked that no session
    uses them.
    """
    stages = table(EvaluationStage)
    db.execute(sa.delete(_SCRIPTS).where(*_own_scripts(workspace, template)))
    for bank in (table(Question), table(CodingTask)):
        db.execute(
            sa.delete(bank).where(bank.c.workspace_id == workspace, bank.c.evaluation_template_id == template)
        )
    deleted_stages = db.execute(
        sa.delete(stages).where(
            stages.c.workspace_id == workspace, stages.c.evaluation_template_id == template
        )
    )
    deleted = db.execute(sa.delete(_TABLE).where(_TABLE.c.workspace_id == workspace, _TABLE.c.id == template))
    counters.bump(db, workspace, {"templates": -deleted.rowcount, "stages": -deleted_stages.rowcount})


def _own_scripts(workspace: UUID, template: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions on the scripts of the template's stages."""
    stages = table(EvaluationStage)
    own = sa.select(stages.c.id).where(
        stages.c.workspace_id == workspace, stages.c.evaluation_template_id == template
    )
    return _SCRIPTS.c.workspace_id == workspace, _SCRIPTS.c.stage_id.in_(own)


def count_parts(db: sa.Connection, workspace: UUID, template: UUID) -> dict[str, int]:
    """How many stages, questions, coding tasks and scripts belong to the template; what there is none of is left
    out.
    """
    counts = {}
    for what, part in _PARTS.items():
        ours = part.c.workspace_id == workspace, part.c.evaluation_template_id == template
        counts[what] = db.execute(sa.select(sa.func.count()).select_from(part).where(*ours)).scalar_one()
    own = _own_scripts(workspace, template)
    counts["scripts"] = db.execute(sa.select(sa.func.count()).select_from(_SCRIPTS).where(*own)).scalar_one()
    return {what: count for what, count in counts.items() if count}


def in_use(db: sa.Connection, workspace: UUID, template: UUID) -> bool:
    """Whether sessions or participants belong to the template."""
    return bool(db.execute(_IN_USE, {"workspace": workspace, "template": template}).scalar_one())


def list_page(
    db: sa.Connection, workspace: UUID, filters: Filters, limit: int, offset: int
) -> tuple[Sequence[EvaluationTemplateRecord], int]:
    """One page, newest first, and the total; filters are `status` and `use_case`."""
    conditions = [_TABLE.c[name] == value for name, value in filters.items()]
    return page(
        db, _TEMPLATES, _TABLE, workspace, conditions, counter="templates", limit=limit, offset=offset
    )
