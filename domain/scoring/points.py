"""The arithmetic of scores: findings become points, points dimensions, dimensions an overall share.

    criterion   met 1, partly 1/2, not_met and contradicted 0; measured ones the share of passed tests
    item        mean of its criteria
    dimension   mean of its asked items, by their weight
    overall     mean of the assessed dimensions, by their weight

Shares are exact fractions between 0 and 1 until they are shown with one decimal on the scale, so neither order nor
platform changes a score. A dimension that was not asked about is not assessed; it never counts as zero.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from domain.frozen import Frozen
from domain.plan.items import Dimension, InterviewPlan, Item
from domain.scoring.findings import (
    DimensionFindings,
    Evidence,
    Finding,
    Findings,
    Method,
    Status,
    spread,
    verify,
)

# The standard error of one criterion's points (0 to 1), by the method of the findings. These are assumptions until a
# deployment calibrates its own; where samples differ by more, their spread counts.
JUDGEMENT_ERROR: dict[Method, Fraction] = {
    Method.human: Fraction(20, 100),
    Method.assistant: Fraction(25, 100),
    Method.model: Fraction(25, 100),
    Method.rules: Fraction(40, 100),
}

# Why a dimension has no number.
NO_FINDINGS, NOT_ASKED, NOT_JUDGED = "no_findings", "not_asked", "not_judged"


class DimensionResult(Frozen):
    """One dimension with its exact share of the points. `share` None means not assessed.

    `source` are the findings as they were given, `findings` those that count, with the sandbox's. `error` is the
    standard error of `share`.
    """

    dimension: Dimension
    source: DimensionFindings
    findings: tuple[Finding, ...]
    share: Fraction | None
    error: Fraction = Fraction(0)


def one_decimal(value: Fraction) -> str:
    """The text of a score, such as `8.2`. Halves round up."""
    tenths = (value.numerator * 20 + value.denominator) // (value.denominator * 2)
    return str((Decimal(tenths) / 10).quantize(Decimal("0.1")))


def dimension_result(
    plan: InterviewPlan, dimension: Dimension, evidence: Evidence, findings: Findings
) -> DimensionResult:
    """The result of one dimension; `BadFindings` when a quote or criterion does not hold."""
    items = [item for item in plan.items_of(dimension.id) if item.id in evidence.asked]
    source = findings.on_dimension(dimension.id) or DimensionFindings(
        dimension_id=dimension.id, problem=NO_FINDINGS if findings.judges else NOT_JUDGED
    )
    talk_items = [item for item in items if any(not criterion.measured for criterion in item.criteria)]
    if not items:
        return DimensionResult(
            dimension=dimension,
            source=source.model_copy(update={"problem": NOT_ASKED}),
            findings=(),
            share=None,
        )
    if talk_items and not findings.judges:
        return _mark_passages(dimension, items, source, evidence)
    if source.problem and talk_items:
        return DimensionResult(dimension=dimension, source=source, findings=(), share=None)
    criteria = [criterion.id for item in talk_items for criterion in item.criteria if not criterion.measured]
    verify(source.findings, criteria, evidence.said)
    if not talk_items:
        source = source.model_copy(update={"problem": None})
    by_id = {
        finding.criterion_id: finding for finding in (*source.findings, *_measured_findings(items, evidence))
    }
    counted = tuple(by_id[criterion.id] for item in items for criterion in item.criteria)
    return DimensionResult(
        dimension=dimension,
        source=source,
        findings=counted,
        share=_points_share(items, by_id),
        error=_standard_error(findings.method, source, len(criteria)),
    )


def _mark_passages(
    dimension: Dimension, items: Sequence[Item], source: DimensionFindings, evidence: Evidence
) -> DimensionResult:
    """A dimension of which passages are marked, but nothing is judged but what the sandbox measured."""
    known = {finding.criterion_id: finding for finding in source.findings}
    measured = {finding.criterion_id: finding for finding in _measured_findings(items, evidence)}
    shown: list[Finding] = []
    for criterion in (criterion for item in items for criterion in item.criteria):
        marked = known.get(criterion.id) or Finding(criterion_id=criterion.id, status=None)
        shown.append(measured.get(criterion.id) or marked.model_copy(update={"status": None}))
    verify(
        [finding for finding in shown if finding.measured is None and finding.criterion_id not in measured],
        [criterion.id for item in items for criterion in item.criteria if not criterion.measured],
        evidence.said,
    )
    problem = source.problem or NOT_JUDGED
    return DimensionResult(
        dimension=dimension,
        source=source.model_copy(update={"problem": problem}),
        findings=tuple(shown),
        share=None,
    )


def _measured_findings(items: Sequence[Item], evidence: Evidence) -> list[Finding]:
    """The findings of the sandbox. Code that was never submitted counts as not met."""
    found: list[Finding] = []
    for item in items:
        result = evidence.measured.get(item.id)
        for criterion in item.criteria:
            if criterion.measured:
                status = result.status if result else Status.not_met
                found.append(Finding(criterion_id=criterion.id, status=status, measured=result))
    return found


def _points_share(items: Sequence[Item], by_id: dict[str, Finding]) -> Fraction:
    """The mean of the items by their weight, each the mean of its criteria: between 0 and 1."""
    total = Fraction(0)
    for item in items:
        points = sum((by_id[criterion.id].points for criterion in item.criteria), Fraction(0))
        total += item.weight * points / len(item.criteria)
    return total / sum(item.weight for item in items)


def _standard_error(method: Method, source: DimensionFindings, judged: int) -> Fraction:
    """The standard error of a dimension's share: the method's, or half the spread of the samples if that is more.

    What was measured has none.
    """
    if not judged:
        return Fraction(0)
    by_method = _square_root(JUDGEMENT_ERROR[method] ** 2 / judged)
    return max(by_method, spread(source.samples) / 2)


def overall_share(rows: Sequence[DimensionResult]) -> Fraction | None:
    """The mean of assessed dimensions by their weight, between 0 and 1; None when there are none."""
    total = sum((Fraction(row.dimension.weight) for row in rows), Fraction(0))
    if not total:
        return None
    return sum((Fraction(row.dimension.weight) * (row.share or 0) for row in rows), Fraction(0)) / total


def overall_error(rows: Sequence[DimensionResult]) -> Fraction:
    """The standard error of the overall share; 0 when no dimension is assessed."""
    total = sum((Fraction(row.dimension.weight) for row in rows), Fraction(0))
    if not total:
        return Fraction(0)
    squares = [(Fraction(row.dimension.weight) / total * row.error) ** 2 for row in rows]
    return _square_root(sum(squares, Fraction(0)))


def _square_root(value: Fraction) -> Fraction:
    # computed with integers, so that it is the same on every machine
    return Fraction(isqrt(value.numerator * 10**12 // value.denominator), 10**6)
