"""What a score means: passed or not, the recommendation, its confidence, and what a person still has to do.

A session passes when its shown score reaches the threshold and, with `rule_based`, every rule holds. Whoever may not
judge gives no score and no recommendation, but for what was measured; after serious flags or with unassessed dimensions
a person has to look first.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence, Findings, Method, Status, spread
from domain.scoring.points import NOT_JUDGED, DimensionResult, one_decimal
from domain.scoring.recommendation_logic import RecommendationLogic, read_logic
from domain.text.answers import FlagKind
from domain.vocabulary import ScoringMethod, SessionMode, SuccessOutcome

BORDERLINE, PENDING_REVIEW = "borderline", "pending_review"

# The recommendations for pass and fail (contract 4.4).
OUTCOME_WORDS: dict[SuccessOutcome, tuple[str, str]] = {
    SuccessOutcome.hire_no_hire: ("hire", "no_hire"),
    SuccessOutcome.admit_reject: ("admit", "reject"),
    SuccessOutcome.pass_fail: ("pass", "fail"),
    SuccessOutcome.ready_needs_training: ("ready", "needs_training"),
    SuccessOutcome.certified_not_certified: ("certified", "not_certified"),
    SuccessOutcome.custom: ("pass", "fail"),
}

# Flags that hold back the recommendation until a person has looked.
SERIOUS_FLAGS: frozenset[FlagKind] = frozenset(
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


def outcome_words(plan: InterviewPlan) -> tuple[str, str]:
    """The recommendations for pass and fail. With the outcome `custom` the plan's logic may name its own."""
    logic = read_logic(plan)
    passing, failing = OUTCOME_WORDS[plan.yardstick.outcome]
    if logic is None or plan.yardstick.outcome is not SuccessOutcome.custom:
        return passing, failing
    return logic.pass_label or passing, logic.fail_label or failing


def failed_rules(
    plan: InterviewPlan, logic: RecommendationLogic | None, rows: Sequence[DimensionResult]
) -> list[str]:
    """The rules that do not hold. Rules about dimensions or criteria that were not assessed are skipped."""
    if logic is None:
        return []
    top = plan.yardstick.scale.top
    shares = {row.dimension.id: row.share for row in rows}
    statuses = {
        finding.criterion_id: finding.status
        for row in rows
        for finding in row.findings
        if finding.status is not None
    }
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


def review_reasons(
    plan: InterviewPlan,
    evidence: Evidence,
    findings: Findings,
    rows: Sequence[DimensionResult],
    logic: RecommendationLogic | None,
) -> list[str]:
    """Codes that say why a person must look before there is a recommendation; empty when none is needed."""
    by_dimension = [
        f"{row.source.problem}:{row.dimension.id}"
        for row in rows
        if row.source.problem and row.source.problem != NOT_JUDGED
    ]
    judged_by_nobody = any(found.status is None for row in rows for found in row.findings)
    if findings.method is Method.human:
        # a person has looked: only unassessed dimensions remain open
        return by_dimension
    unasked = [
        f"not_reached:{item.id}"
        for item in plan.items
        if item.id not in evidence.asked
        and any(item.dimension_id == row.dimension.id for row in rows if row.share is not None)
    ]
    serious = sorted({flag.kind.value for flag in evidence.flags if flag.kind in SERIOUS_FLAGS})
    conditions = {
        "rules_only": findings.method is Method.rules and judged_by_nobody,
        "not_calibrated": findings.method is Method.model and not findings.judges and judged_by_nobody,
        "degraded": findings.provenance.degraded,
        "logic_unreadable": plan.yardstick.method is ScoringMethod.rule_based
        and bool(plan.yardstick.logic)
        and logic is None,
    }
    return [
        *(name for name, holds in conditions.items() if holds),
        *by_dimension,
        *unasked,
        *(f"flag:{kind}" for kind in serious),
    ]


def has_passed(plan: InterviewPlan, shown: str | None, failed: Sequence[str]) -> bool:
    """Whether the shown score reaches the threshold and no rule has failed."""
    return shown is not None and Decimal(shown) >= plan.yardstick.threshold and not failed


def recommendation_for(
    plan: InterviewPlan, passed: bool | None, shown: str | None, error: Fraction, failed: Sequence[str]
) -> str | None:
    """The recommendation: `borderline` within one standard error of the threshold, None after practice or unassessed.

    `error` is the standard error on the plan's scale.
    """
    if plan.mode is SessionMode.practice_session or shown is None:
        return None
    if passed is None:
        return PENDING_REVIEW
    near = abs(Fraction(Decimal(shown)) - Fraction(plan.yardstick.threshold)) <= error
    if near and not failed:
        return BORDERLINE
    return outcome_words(plan)[0 if passed else 1]


def review_state(plan: InterviewPlan, method: Method, may_recommend: bool) -> Review:
    """What a person still has to do, by the method of the findings and whether there is a recommendation."""
    if plan.mode is SessionMode.practice_session or (method is Method.human and may_recommend):
        return Review.none
    return Review.to_confirm if may_recommend else Review.pending


def confidence_in(
    findings: Findings, rows: Sequence[DimensionResult], error: Fraction, reasons: Sequence[str]
) -> Confidence:
    """How far samples agree and how small the standard error of the overall share is."""
    widest = max((spread(row.source.samples) for row in rows), default=Fraction(0))
    if findings.method is Method.rules or reasons or widest > Fraction(1, 4):
        return Confidence.low
    if widest > Fraction(1, 10) or error > Fraction(8, 100):
        return Confidence.medium
    return Confidence.high
