"""An interview as it was held: its log as entries, its frozen plan, and the evidence in it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from domain.findings import Evidence
from domain.plan import InterviewPlan
from domain.room import Entry, interview_of
from storage import interviews


@dataclass(frozen=True, slots=True)
class Held:
    """What scoring starts from."""

    plan: InterviewPlan
    entries: list[Entry]
    evidence: Evidence


def log(db: sa.Connection, workspace: UUID, session: UUID, after: int = 0) -> list[Entry]:
    """The log from after this number on."""
    return [Entry.model_validate(row) for row in interviews.entries(db, workspace, session, after)]


def plan(db: sa.Connection, workspace: UUID, session: UUID) -> InterviewPlan | None:
    """The plan that was frozen when it began; None before that."""
    kept = interviews.frozen(db, workspace, session)
    return None if kept is None else InterviewPlan.model_validate(kept["body"])


def held(db: sa.Connection, workspace: UUID, session: UUID) -> Held | None:
    """All of it; None before it has begun."""
    followed = plan(db, workspace, session)
    if followed is None:
        return None
    entries = log(db, workspace, session)
    return Held(followed, entries, interview_of(followed, entries).evidence)
