"""An interview as it was held: its log as entries, its frozen plan, and the evidence in it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from domain.interview.protocol import Entry, interview_of
from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence
from storage.interviews import event_log


@dataclass(frozen=True, slots=True)
class Held:
    """What scoring starts from."""

    plan: InterviewPlan
    entries: list[Entry]
    evidence: Evidence


def log(db: sa.Connection, workspace: UUID, session: UUID, after: int = 0) -> list[Entry]:
    """The log from after this number on."""
    return [Entry.model_validate(row) for row in event_log.entries(db, workspace, session, after)]


def plan(db: sa.Connection, workspace: UUID, session: UUID) -> InterviewPlan | None:
    """The plan that was frozen when it began; None before that."""
    kept = event_log.frozen(db, workspace, session)
    return None if kept is None else InterviewPlan.model_validate(kept["body"])


def held(db: sa.Connection, workspace: UUID, session: UUID) -> Held | None:
    """All of it; None before it has begun."""
    followed = plan(db, workspace, session)
    if followed is None:
        return None
    entries = log(db, workspace, session)
    return Held(followed, entries, interview_of(followed, entries).evidence)
