"""Questions and coding tasks attached to templates. Every query names the workspace."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic
from uuid import UUID

import sqlalchemy as sa

from storage.engine.records import R, Records, values_of
from storage.schema.records import CodingTaskRecord, QuestionRecord
from storage.schema.tables import CodingTask, Question, table


class Bank(Generic[R]):
    """One of the two tables that hold what is attached to templates."""

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
    """Whether there was one to remove."""
    at = bank.table.c
    return db.execute(sa.delete(bank.table).where(at.workspace_id == workspace, at.id == id)).rowcount == 1


def list_page(
    db: sa.Connection, bank: Bank[R], workspace: UUID, template: UUID | None, limit: int, offset: int
) -> tuple[Sequence[R], int]:
    """One page in the order in which they were added, and how many there are."""
    at = bank.table.c
    ours = [at.workspace_id == workspace]
    if template is not None:
        ours.append(at.evaluation_template_id == template)
    total = db.execute(sa.select(sa.func.count()).select_from(bank.table).where(*ours)).scalar_one()
    found = bank.records.select().where(*ours).order_by(at.created_at, at.id).limit(limit).offset(offset)
    return bank.records.all(db, found), total


def of_stage(db: sa.Connection, bank: Bank[R], workspace: UUID, template: UUID, stage: UUID) -> Sequence[R]:
    """What is asked in this stage: what is attached to it and to the template as a whole."""
    at = bank.table.c
    found = bank.records.select().where(
        at.workspace_id == workspace,
        at.evaluation_template_id == template,
        sa.or_(at.interview_id.is_(None), at.interview_id == stage),
    )
    return bank.records.all(db, found.order_by(at.created_at, at.id))
