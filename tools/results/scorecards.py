"""The scorecards of a session: every version side by side, and scoring again.

A scorecard is never overwritten. Each assessment is a version of its own.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import Conflict
from domain.moments import Stamp
from domain.scopes import Scope
from domain.scoring.findings import (
    Findings,
    Method,
)
from domain.scoring.rule_findings import rule_findings
from domain.scoring.scorecard import score
from domain.sessions.lifecycle import SessionStatus
from domain.webhooks.events import WebhookEvent
from storage.interviews import event_log, reviews, scorecards
from storage.interviews.interview_record import Held, held
from tools.kernel.events import enqueue_session_event
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import ById, One
from tools.sessions.advance import advance
from tools.sessions.manage import existing


class TheSession(ById):
    id: UUID = Field(description="The session's id.")


class ReviewView(BaseModel):
    """What a person said, and when; `version` is the scorecard that was before them."""

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
    row = existing(call, args.id)
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
    """Score a completed interview again by rules, at once, or by the model, within minutes; no new interview.

    The earlier scorecards stay. Next: list_scorecards.
    """
    row = existing(call, args.id, hold=True)
    interview = held_interview(call, row)
    if args.method == "rules":
        found = rule_findings(interview.plan, interview.evidence)
        return One(data=scored(call, row, interview, found))
    configured = call.services.policy.interviewer
    if configured == "rules":
        raise Conflict(
            hint="No model is set up here. Use method=rules, or scoring_packet and submit_findings."
        )
    author = f"{configured.partition(':')[0]}:{args.model}" if args.model else configured
    known = event_log.how_many_cards(call.db, call.workspace, row["id"], author)
    call.enqueue("rescore", f"rescore:{row['id']}:{author}:{known + 1}", str(row["id"]), known, author)
    return One(data=assessments(call, row))


def held_interview(call: Call, row: dict[str, Any]) -> Held:
    """A completed interview as it was held; `Conflict` for any other."""
    interview = held(call.db, call.workspace, row["id"])
    if interview is None or row["status"] != SessionStatus.completed:
        raise Conflict(hint="Only a completed interview can be scored. Read its status with get_session.")
    return interview


def scored(call: Call, row: dict[str, Any], interview: Held, findings: Findings) -> Assessments:
    """The scorecard of these findings as one more version, and what follows from it."""
    card = score(interview.plan, interview.evidence, findings)
    after = scorecards.record(call.db, row, interview, findings, card, call.now)
    if after is None:
        raise Conflict(hint="The session changed at the same moment. Read it again.")
    enqueue_session_event(call, WebhookEvent.session_scored, after)
    advance(call, after, approved=False)
    return assessments(call, after)


def assessments(call: Call, row: dict[str, Any]) -> Assessments:
    cards = event_log.cards(call.db, call.workspace, row["id"])
    said = reviews.of_session(call.db, call.workspace, row["id"])
    return Assessments(
        session_id=row["id"],
        versions=[VersionView.model_validate(card) for card in cards],
        reviews=[ReviewView.model_validate(each) for each in said],
        score=row["score"],
        passed=row["passed"],
        recommendation=row["recommendation"],
    )
