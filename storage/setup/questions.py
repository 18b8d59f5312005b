"""Queries about questions and coding tasks of templates. Every one names the workspace."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic
from uuid import UUID

import sqlalchemy as sa

from storage.engine.paging import count_rows
from storage.engine.records import R, Records, values_of
from storage.schema.records import CodingTaskRecord, QuestionRecord
from storage.schema.tables import CodingTask, Question, table


class Bank(Generic[R]):
    """The table of questions or of coding tasks: both are attached to templates in the same way."""

    def __init__(self, record: type[R], source: sa.Table) -> None:
        self.table = source
        self.records = Records(record, source.c)


QUESTIONS = Bank(QuestionRecord, table(Question))
TASKS = Bank(CodingTaskRecord, table(CodingTask))


def add(db: sa.Connection, bank: Bank[R], record: R) -> None:
    db.execute(sa.insert(bank.table), values_of(record))


def get(db: sa.Connection, bank: Bank[R], workspace: UUID, id: UUID) -> R | None:
    at = bank.table.c
    return bank.records.one(db, bank.records.select().where(at.workspace_id == workspace, at.id == id))


def change(db: sa.Connection, bank: Bank[R], workspace: UUID, id: UUID, values: Mapping[str, Any]) -> None:
    at = bank.table.c
    db.execute(sa.update(bank.table).where(at.workspace_id == workspace, at.id == id).values(**values))


def remove(db: sa.Connection, bank: Bank[R], workspace: UUID, id: UUID) -> bool:
    """Delete it; whether it existed."""
    at = bank.table.c
    return db.execute(sa.delete(bank.table).where(at.workspace_id == workspace, at.id == id)).rowcount == 1


def list_page(
    db: sa.Connection, bank: Bank[R], workspace: UUID, template: UUID | None, limit: int, offset: int
) -> tuple[Sequence[R], int]:
    """One page, oldest first, and the total."""
    at = bank.table.c
    ours = [at.workspace_id == workspace]
    if template is not None:
        ours.append(at.evaluation_template_id == template)
    total = count_rows(db, bank.table, *ours)
    statement = bank.records.select().where(*ours).order_by(at.created_at, at.id).limit(limit).offset(offset)
    return bank.records.all(db, statement), total


def of_stage(db: sa.Connection, bank: Bank[R], workspace: UUID, template: UUID, stage: UUID) -> Sequence[R]:
    """The questions or tasks of a stage: its own and those of the template as a whole."""
    at = bank.table.c
    statement = bank.records.select().where(
        at.workspace_id == workspace,
        at.evaluation_template_id == template,
        sa.or_(at.interview_id.is_(None), at.interview_id == stage),
    )
    return bank.records.all(db, statement.order_by(at.created_at, at.id))
