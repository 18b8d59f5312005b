"""What a person decides about a session. It stands beside the scorecard, and what follows is done."""

from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import Conflict
from domain.scopes import Scope
from domain.scoring.scorecard import Scorecard, one_decimal
from domain.sessions.lifecycle import SessionStatus
from domain.vocabulary import SessionMode
from domain.webhooks.events import WebhookEvent
from storage.engine.ids import new_id
from storage.interviews import event_log, interview_record, reviews, scorecards, sessions
from storage.schema.tables import SessionReview
from tools.kernel.events import enqueue_session_event
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import ById, Line, Name
from tools.sessions.advance import advance
from tools.sessions.manage import SessionView, existing, view


class ReviewSession(ById):
    id: UUID = Field(description="The session to decide about.")
    reason: Annotated[str, Field(min_length=3, max_length=2000)] = Field(description="Why; it is kept.")
    by: Name = Field(description="The name of the person who decides.")
    passed: bool | None = Field(default=None, description="Whether they pass this stage.")
    recommendation: Line | None = Field(
        default=None, description="The word to use instead of the scorecard's, e.g. hire."
    )
    score: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None, description="On the session's own scale."
    )


class Reviewed(BaseModel):
    """The session as it stands after the review, and the next stage's session if one was booked."""

    data: SessionView
    next_session: SessionView | None = None


@operation(
    "POST /api/v1/sessions/{id}/review",
    scope=Scope.interviews_write,
    effect=Effect.updates | Effect.sends,
    toolset=Toolset.review,
    title="Decide about a session",
    extension=True,
)
def review_session(call: Call, args: ReviewSession) -> Reviewed:
    """Record what a person decided about a completed interview, or about a stage that is reviewed by hand.

    The scorecard stays as it is, in list_scorecards; the session shows the person's word. With passed=true the
    next stage is booked where the stage's automation rule says so, and the participant is invited.
    """
    before = existing(call, args.id, hold=True)
    manual = before["session_mode"] == SessionMode.manual_review
    if manual and before["status"] == SessionStatus.scheduled:
        done = {"status": SessionStatus.completed.value, "started_at": call.now, "ended_at": call.now}
        before = _set(call, before, done)
        enqueue_session_event(call, WebhookEvent.session_completed, before)
    if before["status"] != SessionStatus.completed:
        raise Conflict(hint="Only a completed session can be reviewed. Read its status with get_session.")
    top = float(before["score_scale"].split("-")[1])
    if args.score is not None and args.score > top:
        raise Conflict(hint=f"Scores of this session go up to {top:g}.")
    made = SessionReview(
        id=new_id(),
        workspace_id=call.workspace,
        session_id=before["id"],
        version=event_log.how_many_cards(call.db, call.workspace, before["id"]) or None,
        by=args.by,
        reason=args.reason,
        passed=args.passed,
        recommendation=args.recommendation,
        score=None if args.score is None else one_decimal(_exact(args.score)),
        created_at=call.now,
    )
    reviews.add(call.db, made)
    after = _set(call, before, _in_force(call, before, made))
    enqueue_session_event(call, WebhookEvent.session_scored, after)
    booked = advance(call, after, approved=True) if args.passed else None
    return Reviewed(data=view(call, after), next_session=booked.data if booked else None)


def _in_force(call: Call, row: dict[str, Any], review: SessionReview) -> dict[str, Any]:
    """The outcome now: people's words where there are any, the scorecard's elsewhere."""
    cards = event_log.cards(call.db, call.workspace, row["id"])
    plan = interview_record.plan(call.db, call.workspace, row["id"])
    if not cards or plan is None:
        given = {"passed": review.passed, "recommendation": review.recommendation, "score": review.score}
        return {name: value for name, value in given.items() if value is not None}
    return scorecards.said_by_people(call.db, row, plan, Scorecard.model_validate(cards[-1]["card"]))


def _set(call: Call, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    values = {**values, "updated_at": call.now}
    if not sessions.change(call.db, before, values):
        raise Conflict(hint="The session changed at the same moment. Read it again.")
    return {**before, **values}


def _exact(value: float) -> Fraction:
    return Fraction(str(value))
