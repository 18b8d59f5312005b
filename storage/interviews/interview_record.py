"""A held interview: its log as entries, its frozen plan, and the evidence in it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from domain.interview.log import Entry, interview_of
from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence
from storage.interviews import event_log, plans


@dataclass(frozen=True, slots=True)
class InterviewRecord:
    """What scoring needs of an interview."""

    plan: InterviewPlan
    entries: list[Entry]
    evidence: Evidence


def load_entries(db: sa.Connection, workspace: UUID, session: UUID, after: int = 0) -> list[Entry]:
    """The entries with a higher number than `after`."""
    return [
        Entry.model_validate(row, from_attributes=True)
        for row in event_log.entries(db, workspace, session, after)
    ]


def load_frozen_plan(db: sa.Connection, workspace: UUID, session: UUID) -> InterviewPlan | None:
    """The plan that was frozen when the interview began; None before that."""
    frozen = plans.get_frozen(db, workspace, session)
    return None if frozen is None else InterviewPlan.model_validate(frozen.body)


def load_interview(db: sa.Connection, workspace: UUID, session: UUID) -> InterviewRecord | None:
    """Plan, log and evidence of an interview; None before it has begun."""
    plan = load_frozen_plan(db, workspace, session)
    if plan is None:
        return None
    entries = load_entries(db, workspace, session)
    return InterviewRecord(plan, entries, interview_of(plan, entries).evidence)
