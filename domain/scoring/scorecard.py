"""The scorecard of one interview, and the outcome after a person has reviewed it.

The same plan, evidence and findings always give the same scorecard. Flags ask for human review; they never change a
score.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from pydantic import Field

from domain.frozen import Frozen
from domain.plan.items import InterviewPlan
from domain.scoring.decision import (
    Confidence,
    Review,
    confidence_in,
    failed_rules,
    has_passed,
    outcome_words,
    recommendation_for,
    review_reasons,
    review_state,
)
from domain.scoring.findings import Evidence, Finding, Findings, Measured, Method, Provenance, Status, spread
from domain.scoring.points import (
    NOT_ASKED,
    DimensionResult,
    dimension_result,
    one_decimal,
    overall_error,
    overall_share,
)
from domain.scoring.recommendation_logic import read_logic
from domain.scoring.reports import feedback, reasoning, summary
from domain.text.answers import Flag
from domain.vocabulary import ScoringMethod, SessionMode


class Citation(Frozen):
    """A quote of the candidate, with the turn that it comes from and the turn's start in milliseconds."""

    turn: int
    start_ms: int
    quote: str


class CriterionScore(Frozen):
    """One criterion on the scorecard. `points` is between 0 and 1 with two decimals.

    `status` and `points` are None while nobody has judged it: the quote, if any, is a passage that may bear on it.
    `question` is the number of its question in the plan, `question_weight` how often that counts within the dimension.
    `asked` is False when no question or follow-up asked about it and word search found nothing on it.
    """

    criterion_id: str
    question: int | None = None
    question_weight: int = 1
    text: str
    status: Status | None
    points: str | None
    quote: str = ""
    turn: int | None = None
    measured: Measured | None = None
    asked: bool = True


class DimensionScore(Frozen):
    """One dimension on the scorecard. `score` None means not assessed, and `problem` says why."""

    dimension_id: str
    name: str
    weight: Decimal
    score: str | None
    reasoning: str
    citations: tuple[Citation, ...] = ()
    criteria: tuple[CriterionScore, ...] = ()
    spread: str = "0.0"
    samples: int = 0
    remarks: tuple[str, ...] = ()
    problem: str | None = None


class Scorecard(Frozen):
    """One complete assessment of one interview. Scores are text with one decimal on `score_scale`."""

    score: str | None
    score_scale: str
    threshold: str
    passed: bool | None
    recommendation: str | None
    method: Method
    provenance: Provenance
    scoring_method: ScoringMethod
    provisional: bool
    confidence: Confidence
    standard_error: str | None
    review: Review
    reasons: tuple[str, ...] = Field(description="Codes that say why a person must look.")
    rules_failed: tuple[str, ...] = ()
    evaluation_breakdown: tuple[DimensionScore, ...] | None
    summary: str | None
    improvement_feedback: tuple[str, ...] | None = None
    flags: tuple[Flag, ...] = ()
    degraded: bool = Field(default=False, description="Rule wording bridged a failing model at least once.")
    variants: dict[str, int] = Field(default_factory=dict)
    plan_version: int = 1

    def redacted(self, plan: InterviewPlan) -> "Scorecard":
        """The card without the members that the profile's output switches turn off."""
        output = plan.yardstick.output
        hidden: dict[str, Any] = {}
        if not output.recommendation:
            hidden["recommendation"] = None
        if not output.breakdown:
            hidden["evaluation_breakdown"] = None
        if not output.feedback:
            hidden["improvement_feedback"] = None
        return self.model_copy(update=hidden)


class Override(Frozen):
    """A reviewer's decision. It is stored beside the scorecard and never changes it."""

    by: str
    reason: str = Field(min_length=3, max_length=2_000)
    passed: bool | None = None
    recommendation: str | None = None
    score: Decimal | None = None


class EffectiveOutcome(Frozen):
    """The outcome after review, and who decided it."""

    score: str | None
    passed: bool | None
    recommendation: str | None
    decided_by: str


def effective_outcome(card: Scorecard, plan: InterviewPlan, override: Override | None) -> EffectiveOutcome:
    """The outcome: the reviewer's decision where there is one, else the scorecard's."""
    if override is None:
        author = card.provenance.author
        return EffectiveOutcome(
            score=card.score, passed=card.passed, recommendation=card.recommendation, decided_by=author
        )
    recommendation = override.recommendation
    if recommendation is None and override.passed is not None:
        recommendation = outcome_words(plan)[0 if override.passed else 1]
    return EffectiveOutcome(
        score=card.score if override.score is None else one_decimal(Fraction(override.score)),
        passed=card.passed if override.passed is None else override.passed,
        recommendation=recommendation or card.recommendation,
        decided_by=override.by,
    )


def score(plan: InterviewPlan, evidence: Evidence, findings: Findings) -> Scorecard:
    """The scorecard of these findings; `BadFindings` when a quote or criterion does not hold."""
    rows = [dimension_result(plan, dimension, evidence, findings) for dimension in plan.dimensions]
    # a number for the whole would hide that part of it was judged by nobody
    open_rows = (
        [] if findings.judges else [row for row in rows if row.source.problem not in (None, NOT_ASKED)]
    )
    assessed = [row for row in rows if row.share is not None]
    top = plan.yardstick.scale.top
    overall = overall_share(assessed)
    error = overall_error(assessed)
    shown = one_decimal(overall * top) if overall is not None and not open_rows else None
    logic = read_logic(plan) if plan.yardstick.method is ScoringMethod.rule_based else None
    failed = failed_rules(plan, logic, rows)
    reasons = review_reasons(plan, evidence, findings, rows, logic)
    may_recommend = not reasons and shown is not None
    passed = has_passed(plan, shown, failed) if may_recommend else None
    return Scorecard(
        score=shown,
        score_scale=plan.yardstick.scale.value,
        threshold=f"{plan.yardstick.threshold.normalize():f}",
        passed=passed,
        recommendation=recommendation_for(plan, passed, shown, error * top, failed),
        method=findings.method,
        provenance=findings.provenance,
        scoring_method=plan.yardstick.method if logic else ScoringMethod.weighted_average,
        provisional=findings.method is not Method.human,
        confidence=confidence_in(findings, rows, error, reasons),
        standard_error=one_decimal(error * top) if shown is not None else None,
        review=review_state(plan, findings.method, may_recommend),
        reasons=tuple(reasons),
        rules_failed=tuple(failed),
        evaluation_breakdown=tuple(_dimension_score(plan, row, evidence) for row in rows),
        summary=summary(
            plan,
            [(row.dimension, row.findings) for row in assessed],
            [row.dimension for row in rows if row.share is None and row not in open_rows],
            [(row.dimension, row.findings) for row in open_rows],
        ),
        improvement_feedback=feedback(
            plan,
            [(row.dimension, row.findings) for row in assessed],
            # addressed to the candidate, who reads it after practice
            [(row.dimension, row.findings) for row in open_rows]
            if plan.mode is SessionMode.practice_session
            else (),
        ),
        flags=evidence.flags,
        degraded=evidence.degraded or findings.provenance.degraded,
        variants=evidence.variants,
        plan_version=plan.version,
    )


def _dimension_score(plan: InterviewPlan, row: DimensionResult, evidence: Evidence) -> DimensionScore:
    top = plan.yardstick.scale.top
    starts = {said.id: said.start_ms for said in evidence.utterances}
    citations = tuple(
        Citation(turn=finding.utterance_id, start_ms=starts[finding.utterance_id], quote=finding.quote)
        for finding in row.findings
        if finding.quote and finding.utterance_id is not None
    )
    return DimensionScore(
        dimension_id=row.dimension.id,
        name=row.dimension.name,
        weight=row.dimension.weight,
        score=one_decimal(row.share * top) if row.share is not None else None,
        reasoning=reasoning(plan, row.findings, row.source.rationale, row.source.problem, evidence.not_asked),
        citations=tuple(dict.fromkeys(citations)),
        criteria=tuple(_criterion_score(plan, finding, evidence) for finding in row.findings),
        spread=one_decimal(spread(row.source.samples) * top),
        samples=len(row.source.samples),
        remarks=row.source.remarks,
        problem=row.source.problem,
    )


def _criterion_score(plan: InterviewPlan, finding: Finding, evidence: Evidence) -> CriterionScore:
    number, item, text = next(
        (number, item, criterion.text)
        for number, item in enumerate(plan.items, start=1)
        for criterion in item.criteria
        if criterion.id == finding.criterion_id
    )
    judged = finding.measured is not None or finding.status is not None
    hundredths = (Decimal(finding.points.numerator) / finding.points.denominator).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    return CriterionScore(
        criterion_id=finding.criterion_id,
        question=number,
        question_weight=item.weight,
        text=text,
        status=finding.status,
        points=str(hundredths) if judged else None,
        quote=finding.quote,
        turn=finding.utterance_id,
        measured=finding.measured,
        asked=finding.criterion_id not in evidence.not_asked,
    )


def recompute_score(card: Scorecard, plan: InterviewPlan) -> str | None:
    """The overall score, computed from the plan and the rows of the card alone. It always equals `card.score`."""
    total, weights = Fraction(0), Fraction(0)
    if any(each.status is None for row in card.evaluation_breakdown or () for each in row.criteria):
        return None
    for row in card.evaluation_breakdown or ():
        if row.score is None:
            continue
        points = {each.criterion_id: _points(each) for each in row.criteria}
        items = [item for item in plan.items_of(row.dimension_id) if item.criteria[0].id in points]
        of_items = [
            item.weight * sum((points[c.id] for c in item.criteria), Fraction(0)) / len(item.criteria)
            for item in items
        ]
        total += Fraction(row.weight) * sum(of_items, Fraction(0)) / sum(item.weight for item in items)
        weights += Fraction(row.weight)
    return one_decimal(total / weights * plan.yardstick.scale.top) if weights else None


def _points(criterion: CriterionScore) -> Fraction:
    return Finding(criterion_id="", status=criterion.status, measured=criterion.measured).points
