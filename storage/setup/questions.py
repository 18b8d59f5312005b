"""Questions and coding tasks attached to templates. Every query names the workspace."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.schema.tables import CodingTask, Question

QUESTIONS: sa.Table = Question.__table__  # type: ignore[attr-defined]
TASKS: sa.Table = CodingTask.__table__  # type: ignore[attr-defined]


def add(db: sa.Connection, made: Question | CodingTask) -> None:
    db.execute(sa.insert(type(made)), made.model_dump())


def get(db: sa.Connection, table: sa.Table, workspace: UUID, id: UUID) -> dict[str, Any] | None:
    found = db.execute(sa.select(table).where(table.c.workspace_id == workspace, table.c.id == id))
    row = found.mappings().one_or_none()
    return dict(row) if row else None


def change(db: sa.Connection, table: sa.Table, workspace: UUID, id: UUID, values: Mapping[str, Any]) -> None:
    db.execute(sa.update(table).where(table.c.workspace_id == workspace, table.c.id == id).values(**values))


def remove(db: sa.Connection, table: sa.Table, workspace: UUID, id: UUID) -> bool:
    """Whether there was one to remove."""
    return (
        db.execute(sa.delete(table).where(table.c.workspace_id == workspace, table.c.id == id)).rowcount == 1
    )


def listed(
    db: sa.Connection, table: sa.Table, workspace: UUID, template: UUID | None, limit: int, offset: int
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page in the order in which they were added, and how many there are."""
    ours = [table.c.workspace_id == workspace]
    if template is not None:
        ours.append(table.c.evaluation_template_id == template)
    total = db.execute(sa.select(sa.func.count()).select_from(table).where(*ours)).scalar_one()
    found = sa.select(table).where(*ours).order_by(table.c.created_at, table.c.id).limit(limit).offset(offset)
    return [dict(row) for row in db.execute(found).mappings()], total


def of_stage(
    db: sa.Connection, table: sa.Table, workspace: UUID, template: UUID, stage: UUID
) -> Sequence[dict[str, Any]]:
    """What is asked in this stage: what is attached to it and to the template as a whole."""
    found = (
        sa.select(table)
        .where(
            table.c.workspace_id == workspace,
            table.c.evaluation_template_id == template,
            sa.or_(table.c.interview_id.is_(None), table.c.interview_id == stage),
        )
        .order_by(table.c.created_at, table.c.id)
    )
    return [dict(row) for row in db.execute(found).mappings()]
