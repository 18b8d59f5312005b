"""An interview as it was held: its log as entries, its frozen plan, and the evidence in it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from domain.interview.log import Entry, interview_of
from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence
from storage.interviews import event_log, plans


@dataclass(frozen=True, slots=True)
class InterviewRecord:
    """What scoring starts from."""

    plan: InterviewPlan
    entries: list[Entry]
    evidence: Evidence


def load_entries(db: sa.Connection, workspace: UUID, session: UUID, after: int = 0) -> list[Entry]:
    """The log from after this number on."""
    return [
        Entry.model_validate(row, from_attributes=True)
        for row in event_log.entries(db, workspace, session, after)
    ]


def load_frozen_plan(db: sa.Connection, workspace: UUID, session: UUID) -> InterviewPlan | None:
    """The plan that was frozen when it began; None before that."""
    kept = plans.get_frozen(db, workspace, session)
    return None if kept is None else InterviewPlan.model_validate(kept.body)


def load_interview(db: sa.Connection, workspace: UUID, session: UUID) -> InterviewRecord | None:
    """All of it; None before it has begun."""
    followed = load_frozen_plan(db, workspace, session)
    if followed is None:
        return None
    entries = load_entries(db, workspace, session)
    return InterviewRecord(followed, entries, interview_of(followed, entries).evidence)
