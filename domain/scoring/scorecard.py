"""The Aggregator: findings become points, points dimensions, dimensions a score, a score a word. Arithmetic is code.

    criterion   met 1, partly 1/2, not_met and contradicted 0; measured ones the share of passed tests
    item        mean of its criteria
    dimension   mean of its asked items by their weight, times the scale
    overall     mean of the assessed dimensions by their weight
    passed      shown score >= threshold, and with rule_based every rule holds

Everything is exact (fractions) until it is shown with one decimal, so neither order nor platform moves a score, and
whoever has plan, evidence and findings gets the same card again. A dimension that was not asked about is not
assessed, never zero. Signals of authenticity do not enter here at all.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import isqrt
from typing import Any

from pydantic import Field

from domain.frozen import Frozen
from domain.plan.items import Dimension, InterviewPlan, Item
from domain.scoring.decision import Logic, read_logic
from domain.scoring.findings import (
    DimensionFindings,
    Evidence,
    Finding,
    Findings,
    Measured,
    Method,
    Provenance,
    Status,
    spread,
    verify,
)
from domain.scoring.reports import feedback, reasoning, summary
from domain.text.answers import Flag, FlagKind
from domain.vocabulary import ScoringMethod, SessionMode, SuccessOutcome

BORDERLINE, PENDING_REVIEW = "borderline", "pending_review"

# Contract 4.4.
WORDS: dict[SuccessOutcome, tuple[str, str]] = {
    SuccessOutcome.hire_no_hire: ("hire", "no_hire"),
    SuccessOutcome.admit_reject: ("admit", "reject"),
    SuccessOutcome.pass_fail: ("pass", "fail"),
    SuccessOutcome.ready_needs_training: ("ready", "needs_training"),
    SuccessOutcome.certified_not_certified: ("certified", "not_certified"),
    SuccessOutcome.custom: ("pass", "fail"),
}

# The error of judging one criterion, in points (0-1), by who judged. Assumptions to be replaced by a deployment's own
# calibration; what the samples show beyond them is added.
JUDGEMENT_ERROR: dict[Method, Fraction] = {
    Method.human: Fraction(20, 100),
    Method.assistant: Fraction(25, 100),
    Method.model: Fraction(25, 100),
    Method.rules: Fraction(40, 100),
}

# Flags after which a person must look before anybody relies on a word of decision.
SERIOUS: frozenset[FlagKind] = frozenset(
    {
        FlagKind.injection,
        FlagKind.copied_question,
        FlagKind.keyword_list,
        FlagKind.hidden_characters,
        FlagKind.asks_for_person,
        FlagKind.other_language,
    }
)


class Confidence(StrEnum):
    low = "low"
    medium = "medium"
    high = "high"


class Review(StrEnum):
    """What a person still has to do."""

    pending = "pending_review"
    to_confirm = "to_confirm"
    none = "none"


class Citation(Frozen):
    turn: int
    start_ms: int
    quote: str


class CriterionScore(Frozen):
    criterion_id: str
    text: str
    status: Status
    points: str
    quote: str = ""
    turn: int | None = None
    measured: Measured | None = None


class DimensionScore(Frozen):
    """One row of the breakdown. `score` None means not assessed."""

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
    """One assessment of one interview, complete. `shown` cuts it to what the profile lets out."""

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

    def shown(self, plan: InterviewPlan) -> "Scorecard":
        """The card with the members left out that the profile's output switches turn off."""
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
    """A person's word, beside the card's and never over it."""

    by: str
    reason: str = Field(min_length=3, max_length=2_000)
    passed: bool | None = None
    recommendation: str | None = None
    score: Decimal | None = None


class Effective(Frozen):
    """What holds after review, and whose word it is."""

    score: str | None
    passed: bool | None
    recommendation: str | None
    decided_by: str


def effective(card: Scorecard, plan: InterviewPlan, override: Override | None) -> Effective:
    """The outcome in force: the person's word where one was given, the card's elsewhere."""
    if override is None:
        author = card.provenance.author
        return Effective(
            score=card.score, passed=card.passed, recommendation=card.recommendation, decided_by=author
        )
    word = override.recommendation
    if word is None and override.passed is not None:
        word = words(plan)[0 if override.passed else 1]
    return Effective(
        score=card.score if override.score is None else one_decimal(Fraction(override.score)),
        passed=card.passed if override.passed is None else override.passed,
        recommendation=word or card.recommendation,
        decided_by=override.by,
    )


def words(plan: InterviewPlan) -> tuple[str, str]:
    """The words for pass and fail; a `custom` outcome may bring its own."""
    logic = read_logic(plan)
    passing, failing = WORDS[plan.yardstick.outcome]
    if logic is None or plan.yardstick.outcome is not SuccessOutcome.custom:
        return passing, failing
    return logic.pass_label or passing, logic.fail_label or failing


def one_decimal(value: Fraction) -> str:
    """As scores are written: `8.2`, halves rounded up."""
    tenths = (value.numerator * 20 + value.denominator) // (value.denominator * 2)
    return str((Decimal(tenths) / 10).quantize(Decimal("0.1")))


# --- Arithmetic -----------------------------------------------------------------------------------------


class _Row(Frozen):
    """A dimension with its exact share of the points."""

    dimension: Dimension
    found: DimensionFindings
    judged: tuple[Finding, ...]
    share: Fraction | None
    error: Fraction = Fraction(0)


def score(plan: InterviewPlan, evidence: Evidence, findings: Findings) -> Scorecard:
    """The scorecard of these findings. `BadFindings` if any quote or criterion does not hold."""
    rows = [_row(plan, dimension, evidence, findings) for dimension in plan.dimensions]
    assessed = [row for row in rows if row.share is not None]
    top = plan.yardstick.scale.top
    overall = _overall(assessed)
    error = _overall_error(assessed)
    shown = one_decimal(overall * top) if overall is not None else None
    logic = read_logic(plan) if plan.yardstick.method is ScoringMethod.rule_based else None
    failed = _failed(plan, logic, rows)
    reasons = _reasons(plan, evidence, findings, rows, logic)
    may_say = findings.method is not Method.rules and not reasons and shown is not None
    passed = _passed(plan, shown, failed) if may_say else None
    return Scorecard(
        score=shown,
        score_scale=plan.yardstick.scale.value,
        threshold=f"{plan.yardstick.threshold.normalize():f}",
        passed=passed,
        recommendation=_recommendation(plan, passed, shown, error * top, failed),
        method=findings.method,
        provenance=findings.provenance,
        scoring_method=plan.yardstick.method if logic else ScoringMethod.weighted_average,
        provisional=findings.method is not Method.human,
        confidence=_confidence(findings, rows, error, reasons),
        standard_error=one_decimal(error * top) if assessed else None,
        review=_review(plan, findings.method, may_say),
        reasons=tuple(reasons),
        rules_failed=tuple(failed),
        evaluation_breakdown=tuple(_shown_row(plan, row, evidence) for row in rows),
        summary=summary(plan, [(row.dimension, row.judged) for row in assessed], _not_assessed(rows)),
        improvement_feedback=feedback(plan, [(row.dimension, row.judged) for row in assessed]),
        flags=evidence.flags,
        degraded=evidence.degraded or findings.provenance.degraded,
        variants=evidence.variants,
        plan_version=plan.version,
    )


def _row(plan: InterviewPlan, dimension: Dimension, evidence: Evidence, findings: Findings) -> _Row:
    items = [item for item in plan.items_of(dimension.id) if item.id in evidence.asked]
    found = findings.of(dimension.id) or DimensionFindings(dimension_id=dimension.id, problem="no_findings")
    judged_items = [item for item in items if any(not criterion.measured for criterion in item.criteria)]
    if not items:
        return _Row(
            dimension=dimension,
            found=found.model_copy(update={"problem": "not_asked"}),
            judged=(),
            share=None,
        )
    if found.problem and judged_items:
        return _Row(dimension=dimension, found=found, judged=(), share=None)
    criteria = [
        criterion.id for item in judged_items for criterion in item.criteria if not criterion.measured
    ]
    verify(found.findings, criteria, evidence.said)
    if not judged_items:
        found = found.model_copy(update={"problem": None})
    by_id = {finding.criterion_id: finding for finding in (*found.findings, *_measured(items, evidence))}
    judged = tuple(by_id[criterion.id] for item in items for criterion in item.criteria)
    return _Row(
        dimension=dimension,
        found=found,
        judged=judged,
        share=_share(items, by_id),
        error=_error(findings.method, found, judged),
    )


def _measured(items: Sequence[Item], evidence: Evidence) -> list[Finding]:
    """The findings that the sandbox made; code that was never handed in passed nothing."""
    found: list[Finding] = []
    for item in items:
        result = evidence.measured.get(item.id)
        for criterion in item.criteria:
            if criterion.measured:
                status = result.status if result else Status.not_met
                found.append(Finding(criterion_id=criterion.id, status=status, measured=result))
    return found


def _share(items: Sequence[Item], by_id: dict[str, Finding]) -> Fraction:
    total = Fraction(0)
    for item in items:
        points = sum((by_id[criterion.id].points for criterion in item.criteria), Fraction(0))
        total += item.weight * points / len(item.criteria)
    return total / sum(item.weight for item in items)


def _error(method: Method, found: DimensionFindings, judged: Sequence[Finding]) -> Fraction:
    """The standard error of a dimension's share: by judging single criteria, or by what the samples show if more."""
    by_judgement = _root(JUDGEMENT_ERROR[method] ** 2 / max(1, sum(f.measured is None for f in judged)))
    return max(by_judgement, spread(found.samples) / 2)


def _overall(rows: Sequence[_Row]) -> Fraction | None:
    total = sum((Fraction(row.dimension.weight) for row in rows), Fraction(0))
    if not total:
        return None
    return sum((Fraction(row.dimension.weight) * (row.share or 0) for row in rows), Fraction(0)) / total


def _overall_error(rows: Sequence[_Row]) -> Fraction:
    total = sum((Fraction(row.dimension.weight) for row in rows), Fraction(0))
    if not total:
        return Fraction(0)
    squares = [(Fraction(row.dimension.weight) / total * row.error) ** 2 for row in rows]
    return _root(sum(squares, Fraction(0)))


def _root(value: Fraction) -> Fraction:
    # a square root in whole numbers: the same on every machine
    return Fraction(isqrt(value.numerator * 10**12 // value.denominator), 10**6)


# --- Words ----------------------------------------------------------------------------------------------


def _failed(plan: InterviewPlan, logic: Logic | None, rows: Sequence[_Row]) -> list[str]:
    """The rules that do not hold; a rule about what was not assessed is not judged here."""
    if logic is None:
        return []
    top = plan.yardstick.scale.top
    shares = {row.dimension.id: row.share for row in rows}
    statuses = {finding.criterion_id: finding.status for row in rows for finding in row.judged}
    least = {**dict.fromkeys(logic.must_dimensions, plan.yardstick.threshold), **logic.minimums}
    for dimension in logic.must_dimensions:
        least[dimension] = max(least[dimension], plan.yardstick.threshold)
    low = [
        f"minimum:{dimension}"
        for dimension, needed in least.items()
        if (share := shares[dimension]) is not None and Decimal(one_decimal(share * top)) < needed
    ]
    unmet = (Status.not_met, Status.contradicted)
    missing = [
        f"must_have:{c}" for c in logic.must_criteria if c in statuses and statuses[c] is not Status.met
    ]
    out = [f"knock_out:{c}" for c in logic.knock_out if c in statuses and statuses[c] in unmet]
    return [*low, *missing, *out]


def _reasons(
    plan: InterviewPlan, evidence: Evidence, findings: Findings, rows: Sequence[_Row], logic: Logic | None
) -> list[str]:
    """Why a person must look before there is a recommendation; empty when the word may be given."""
    by_dimension = [f"{row.found.problem}:{row.dimension.id}" for row in rows if row.found.problem]
    if findings.method is Method.human:
        # a person has looked: only what nobody assessed remains open
        return by_dimension
    unreached = [
        f"not_reached:{item.id}"
        for item in plan.items
        if item.id not in evidence.asked
        and any(item.dimension_id == row.dimension.id for row in rows if row.share is not None)
    ]
    serious = sorted({flag.kind.value for flag in evidence.flags if flag.kind in SERIOUS})
    conditions = {
        "rules_only": findings.method is Method.rules,
        "not_calibrated": findings.method is Method.model and not findings.provenance.trusted,
        "degraded": findings.provenance.degraded,
        "logic_unreadable": plan.yardstick.method is ScoringMethod.rule_based
        and bool(plan.yardstick.logic)
        and logic is None,
    }
    return [
        *(name for name, holds in conditions.items() if holds),
        *by_dimension,
        *unreached,
        *(f"flag:{kind}" for kind in serious),
    ]


def _passed(plan: InterviewPlan, shown: str | None, failed: Sequence[str]) -> bool:
    return shown is not None and Decimal(shown) >= plan.yardstick.threshold and not failed


def _recommendation(
    plan: InterviewPlan, passed: bool | None, shown: str | None, error: Fraction, failed: Sequence[str]
) -> str | None:
    if plan.mode is SessionMode.practice_session:
        return None
    if passed is None or shown is None:
        return PENDING_REVIEW
    near = abs(Fraction(Decimal(shown)) - Fraction(plan.yardstick.threshold)) <= error
    if near and not failed:
        return BORDERLINE
    return words(plan)[0 if passed else 1]


def _review(plan: InterviewPlan, method: Method, may_say: bool) -> Review:
    if plan.mode is SessionMode.practice_session or (method is Method.human and may_say):
        return Review.none
    return Review.to_confirm if may_say else Review.pending


def _confidence(
    findings: Findings, rows: Sequence[_Row], error: Fraction, reasons: Sequence[str]
) -> Confidence:
    widest = max((spread(row.found.samples) for row in rows), default=Fraction(0))
    if findings.method is Method.rules or reasons or widest > Fraction(1, 4):
        return Confidence.low
    if widest > Fraction(1, 10) or error > Fraction(8, 100):
        return Confidence.medium
    return Confidence.high


# --- What is shown ----------------------------------------------------------------------------------------


def _not_assessed(rows: Sequence[_Row]) -> list[Dimension]:
    return [row.dimension for row in rows if row.share is None]


def _shown_row(plan: InterviewPlan, row: _Row, evidence: Evidence) -> DimensionScore:
    top = plan.yardstick.scale.top
    starts = {said.id: said.start_ms for said in evidence.utterances}
    texts = {criterion.id: criterion.text for item in plan.items for criterion in item.criteria}
    citations = tuple(
        Citation(turn=finding.utterance_id, start_ms=starts[finding.utterance_id], quote=finding.quote)
        for finding in row.judged
        if finding.quote and finding.utterance_id is not None
    )
    return DimensionScore(
        dimension_id=row.dimension.id,
        name=row.dimension.name,
        weight=row.dimension.weight,
        score=one_decimal(row.share * top) if row.share is not None else None,
        reasoning=reasoning(plan, row.judged, row.found.rationale, row.found.problem),
        citations=tuple(dict.fromkeys(citations)),
        criteria=tuple(_shown_criterion(finding, texts[finding.criterion_id]) for finding in row.judged),
        spread=one_decimal(spread(row.found.samples) * top),
        samples=len(row.found.samples),
        remarks=row.found.remarks,
        problem=row.found.problem,
    )


def _shown_criterion(finding: Finding, text: str) -> CriterionScore:
    hundredths = (Decimal(finding.points.numerator) / finding.points.denominator).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )
    return CriterionScore(
        criterion_id=finding.criterion_id,
        text=text,
        status=finding.status,
        points=str(hundredths),
        quote=finding.quote,
        turn=finding.utterance_id,
        measured=finding.measured,
    )


def rederived(card: Scorecard, plan: InterviewPlan) -> str | None:
    """The overall score computed again from nothing but the rows of the card and the plan.

    It must equal `card.score`: that is what a reviewer with a pencil would do.
    """
    total, weights = Fraction(0), Fraction(0)
    for row in card.evaluation_breakdown or ():
        if row.score is None:
            continue
        points = {each.criterion_id: _exact(each) for each in row.criteria}
        items = [item for item in plan.items_of(row.dimension_id) if item.criteria[0].id in points]
        of_items = [
            item.weight * sum((points[c.id] for c in item.criteria), Fraction(0)) / len(item.criteria)
            for item in items
        ]
        total += Fraction(row.weight) * sum(of_items, Fraction(0)) / sum(item.weight for item in items)
        weights += Fraction(row.weight)
    return one_decimal(total / weights * plan.yardstick.scale.top) if weights else None


def _exact(criterion: CriterionScore) -> Fraction:
    return (
        criterion.measured.share
        if criterion.measured
        else Finding(criterion_id="", status=criterion.status).points
    )
