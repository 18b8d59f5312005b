"""What a person decides about a session. It stands beside the scorecard, and what follows is done."""

from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import Conflict
from domain.scopes import Scope
from domain.scoring.points import one_decimal
from domain.text.quoting import quoted
from tools.kernel.consequences import Consequence
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import ById, Line, Name
from tools.sessions import transitions
from tools.sessions.consequences import about
from tools.sessions.views import SessionView, find_session, session_view


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


def _decision(call: Call, args: ReviewSession) -> Consequence:
    passed = {True: ["passed"], False: ["not passed"], None: []}[args.passed]
    word = [quoted(args.recommendation)] if args.recommendation else []
    score = [f"score {args.score:g}"] if args.score is not None else []
    decided = ", ".join([*passed, *word, *score]) or "a remark alone"
    return about(call, args.id, "Record a decision about", f": {decided}, decided by {quoted(args.by)}")


@operation(
    "POST /api/v1/sessions/{id}/review",
    scope=Scope.interviews_write,
    effect=Effect.updates | Effect.sends,
    toolset=Toolset.review,
    title="Decide about a session",
    consequence=_decision,
    extension=True,
)
def review_session(call: Call, args: ReviewSession) -> Reviewed:
    """Record what a person decided about a completed interview, or about a stage that is reviewed by hand.

    The scorecard stays as it is, in list_scorecards; the session shows the person's word. With passed=true the
    next stage is booked where the stage's automation rule says so, and the participant is invited.
    """
    before = find_session(call, args.id, hold=True)
    top = float(before.score_scale.split("-")[1])
    if args.score is not None and args.score > top:
        raise Conflict(hint=f"Scores of this session go up to {top:g}.")
    after, booked = transitions.review(
        call.unit,
        before,
        by=args.by,
        reason=args.reason,
        passed=args.passed,
        recommendation=args.recommendation,
        score=None if args.score is None else one_decimal(Fraction(str(args.score))),
    )
    next_session = session_view(call, booked) if booked else None
    return Reviewed(data=session_view(call, after), next_session=next_session)
