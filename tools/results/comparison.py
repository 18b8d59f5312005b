"""Candidates of one template side by side."""

from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import NotFound
from domain.moments import Stamp
from domain.scopes import Scope
from domain.text.fencing import fence
from storage.interviews import booking, reviews
from storage.interviews.reviews import ComparedRecord
from tools.kernel.foreign_texts import foreign_among
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import ById, One, StageId, TemplateId

MAX_COMPARED = 200


class CompareCandidates(ById):
    id: TemplateId = Field(description="The template whose candidates are compared.")
    interview_id: StageId | None = Field(default=None, description="One stage only.")


class Compared(BaseModel):
    """One completed session with its scores by dimension. `reviewed`: a person has decided."""

    session_id: UUID
    candidate_id: UUID
    name: str
    stage: str
    score: str | None
    score_scale: str
    passed: bool | None
    recommendation: str | None
    dimensions: dict[str, str | None]
    reviewed: bool
    ended_at: Stamp | None


class Comparison(BaseModel):
    """Candidates by score, the highest first; without a score last."""

    note: str
    candidates: list[Compared]


@operation(
    "GET /api/v1/evaluation-templates/{id}/comparison",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.results,
    title="Compare candidates",
    extension=True,
)
def compare_candidates(call: Call, args: CompareCandidates) -> One[Comparison]:
    """The scored sessions of one template side by side, dimension by dimension, at most the latest 200.

    Scores within one point say little about who is better: read the quotes with get_session before deciding.
    """
    if booking.template(call.db, call.workspace, args.id) is None:
        raise NotFound(what="evaluation template")
    rows = reviews.scored(call.db, call.workspace, args.id, args.interview_id, MAX_COMPARED)
    decided = reviews.reviewed(call.db, call.workspace, args.id)
    foreign = foreign_among(call, [row.agent_profile_id for row in rows])
    seen = [
        _compared(row, reviewed=row.id in decided, foreign=row.agent_profile_id in foreign) for row in rows
    ]
    seen.sort(key=lambda one: float(one.score) if one.score else -1.0, reverse=True)
    note = "Scores are estimates; differences within a point are noise. A person decides."
    return One(data=Comparison(note=note, candidates=seen))


def _compared(row: ComparedRecord, *, reviewed: bool, foreign: bool) -> Compared:
    names_as = fence if foreign else str
    breakdown = row.evaluation_breakdown or []
    return Compared(
        session_id=row.id,
        candidate_id=row.candidate_id,
        name=row.candidate_name,
        stage=row.stage,
        score=row.score,
        score_scale=row.score_scale,
        passed=row.passed,
        recommendation=row.recommendation,
        dimensions={names_as(str(each["name"])): each["score"] for each in breakdown},
        reviewed=reviewed,
        ended_at=row.ended_at,
    )
