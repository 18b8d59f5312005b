"""What a session shows of its scorecard and of what people said about it. No database: records in, a record out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.interview.log import signals
from domain.plan.items import InterviewPlan
from domain.scoring.assessment import AssessmentState, assessment_of
from domain.scoring.scorecard import Override, Scorecard, effective_outcome
from storage.interviews.interview_record import InterviewRecord
from storage.schema.records import SessionRecord, SessionReviewRecord


def with_scorecard(
    row: SessionRecord,
    interview: InterviewRecord,
    card: Scorecard,
    said: Sequence[SessionReviewRecord],
    now: datetime,
) -> SessionRecord:
    """The session with a card's outcome, cut to what the profile lets out, and people's words in force."""
    shown = card.redacted(interview.plan)
    scored = replace(
        row,
        score=shown.score,
        passed=shown.passed,
        recommendation=shown.recommendation,
        summary=shown.summary,
        evaluation_breakdown=_breakdown(shown),
        authenticity_signals=signals(interview.entries),
        assessment=row.assessment if _is_decided(row) else assessment_of(card, now).model_dump(mode="json"),
    )
    return outcome_in_force(scored, interview.plan, card, said)


def _is_decided(row: SessionRecord) -> bool:
    return (row.assessment or {}).get("state") == AssessmentState.decided


def outcome_in_force(
    row: SessionRecord, plan: InterviewPlan, card: Scorecard, said: Sequence[SessionReviewRecord]
) -> SessionRecord:
    """The session with what holds of a card after these reviews: the last word on each member counts."""
    if not said:
        return row
    scores = [each.score for each in said if each.score is not None]
    word = Override(
        by=said[-1].by,
        reason=said[-1].reason,
        passed=_last([each.passed for each in said]),
        recommendation=_last([each.recommendation for each in said]),
        score=Decimal(scores[-1]) if scores else None,
    )
    holds = effective_outcome(card, plan, word)
    return replace(row, passed=holds.passed, recommendation=holds.recommendation, score=holds.score)


def _last(words: Sequence[Any]) -> Any:
    """The last one that was given."""
    return next((word for word in reversed(words) if word is not None), None)


def _breakdown(card: Scorecard) -> list[dict[str, Any]] | None:
    """A card's dimensions as the session keeps them (contract 9.10)."""
    if card.evaluation_breakdown is None:
        return None
    return [
        {
            "name": each.name,
            "weight": float(each.weight),
            "score": each.score,
            "reasoning": each.reasoning,
            "citations": [cited.model_dump(mode="json") for cited in each.citations],
        }
        for each in card.evaluation_breakdown
    ]
