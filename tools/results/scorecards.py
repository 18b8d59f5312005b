"""The scorecards of a session: every version side by side, and scoring again.

A scorecard is never overwritten. Each assessment is a version of its own.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import Conflict
from domain.interview.consent import names_model
from domain.moments import Stamp
from domain.scopes import Scope
from domain.scoring.findings import (
    Findings,
    Method,
)
from domain.scoring.rule_findings import rule_findings
from domain.sessions.lifecycle import SessionStatus
from storage.interviews import reviews, scorecards
from storage.interviews.interview_record import InterviewRecord, load_interview
from storage.schema.records import SessionRecord
from tools.kernel.foreign_texts import fence_foreign
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import ById, One
from tools.sessions import transitions
from tools.sessions.views import find_session


class TheSession(ById):
    id: UUID = Field(description="The session's id.")


# Where texts of the profile stand in a scorecard, as they are or in sentences that are made from them.
IN_CARD = (
    *(f"evaluation_breakdown.{name}" for name in ("name", "reasoning", "remarks", "problem")),
    "evaluation_breakdown.criteria.text",
    "summary",
    "improvement_feedback",
    "rules_failed",
)


class ReviewView(BaseModel):
    """What a person said, and when; `version` is the scorecard that was newest then."""

    version: int | None
    by: str
    reason: str
    passed: bool | None
    recommendation: str | None
    score: str | None
    created_at: Stamp


class VersionView(BaseModel):
    """One assessment, complete: with its criteria, spread, confidence and why a person must look."""

    version: int
    method: Method
    author: str
    created_at: Stamp
    card: dict[str, Any]


class Assessments(BaseModel):
    """Every scorecard of a session, every review, and what is in force."""

    session_id: UUID
    versions: list[VersionView]
    reviews: list[ReviewView]
    score: str | None
    passed: bool | None
    recommendation: str | None


@operation(
    "GET /api/v1/sessions/{id}/scorecards",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.review,
    title="Read all scorecards of a session",
    extension=True,
)
def list_scorecards(call: Call, args: TheSession) -> One[Assessments]:
    """Every assessment of one interview side by side, with what people said about it and what is in force."""
    row = find_session(call, args.id)
    return One(data=assessments(call, row))


ModelName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$")]


class Rescore(ById):
    id: UUID = Field(description="The session's id.")
    method: Literal["rules", "model"] = Field(default="rules", description="model needs VIVA_MODEL.")
    model: ModelName | None = Field(
        default=None, description="With method=model: another model of the same provider, by its name."
    )


@operation(
    "POST /api/v1/sessions/{id}/rescore",
    scope=Scope.interviews_write,
    effect=Effect.updates,
    toolset=Toolset.review,
    title="Score a session again",
    extension=True,
)
def rescore_session(call: Call, args: Rescore) -> One[Assessments]:
    """Assess a completed interview again: mark passages by rules, at once, or ask the model, within minutes.

    No new interview; the earlier scorecards stay. Only a model that the candidate's consent named.
    Next: list_scorecards.
    """
    row = find_session(call, args.id, hold=True)
    interview = load_completed(call, row)
    if args.method == "rules":
        found = rule_findings(interview.plan, interview.evidence)
        return One(data=assess(call, row, interview, found))
    configured = call.services.policy.interviewer
    if configured == "rules":
        raise Conflict(
            hint="No model is set up here. Use method=rules, or scoring_packet and submit_findings."
        )
    author = f"{configured.partition(':')[0]}:{args.model}" if args.model else configured
    if not names_model(interview.entries, author):
        raise Conflict(
            hint="The candidate agreed to no text that names this model, so it may not assess this interview."
            " Use method=rules, or scoring_packet and submit_findings."
        )
    known = scorecards.count(call.db, call.workspace, row.id, author)
    call.unit.enqueue("rescore", f"rescore:{row.id}:{author}:{known + 1}", str(row.id), known, author)
    return One(data=assessments(call, row))


def load_completed(call: Call, row: SessionRecord) -> InterviewRecord:
    """A completed interview with its plan and log; `Conflict` for any other session."""
    interview = load_interview(call.db, call.workspace, row.id)
    if interview is None or row.status != SessionStatus.completed:
        raise Conflict(hint="Only a completed interview can be scored. Read its status with get_session.")
    return interview


def assess(call: Call, row: SessionRecord, interview: InterviewRecord, findings: Findings) -> Assessments:
    """Keep these findings as one more scorecard version, and do what follows from it."""
    return assessments(call, transitions.record_score(call.unit, row, interview, findings))


def assessments(call: Call, row: SessionRecord) -> Assessments:
    """Every scorecard and review of a session."""
    cards = scorecards.of_session(call.db, call.workspace, row.id)
    said = reviews.of_session(call.db, call.workspace, row.id)
    seen = Assessments(
        session_id=row.id,
        versions=[VersionView.model_validate(card, from_attributes=True) for card in cards],
        reviews=[ReviewView.model_validate(each, from_attributes=True) for each in said],
        score=row.score,
        passed=row.passed,
        recommendation=row.recommendation,
    )
    return fence_foreign(call, seen, row.agent_profile_id, [f"versions.card.{path}" for path in IN_CARD])
