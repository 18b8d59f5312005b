"""Checks of rubrics: weights that sum to 100, and pass marks on the scale (contract 3.1, 9.7, C4)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.errors import Invalid, Issue
from domain.vocabulary import Scale

MAX_DIMENSIONS = 20
TOTAL_WEIGHT = Decimal(100)
TOLERANCE = Decimal("0.01")


def weights_sum(weights: Sequence[float | Decimal]) -> Decimal:
    """The exact decimal sum, without the rounding of binary floating point."""
    return sum((Decimal(str(weight)) for weight in weights), Decimal(0))


def check_dimensions(dimensions: Sequence[Mapping[str, object]], *, field: str) -> None:
    """`Invalid` naming `field` unless names are unique, weights positive, and their sum 100 within 0.01."""
    issues = [
        *_count_issues(dimensions, field),
        *_name_issues(dimensions, field),
        *_weight_issues(dimensions, field),
    ]
    if issues:
        raise Invalid(issues)


def _count_issues(dimensions: Sequence[Mapping[str, object]], field: str) -> list[Issue]:
    if 1 <= len(dimensions) <= MAX_DIMENSIONS:
        return []
    return [Issue(path=[field], message=f"Give 1 to {MAX_DIMENSIONS} dimensions.", code="count")]


def _name_issues(dimensions: Sequence[Mapping[str, object]], field: str) -> list[Issue]:
    seen: set[str] = set()
    issues = []
    for index, dimension in enumerate(dimensions):
        name = _comparable_name(str(dimension["name"]))
        if name in seen:
            message = "Each dimension needs a name of its own."
            issues.append(Issue(path=[field, index, "name"], message=message, code="not_unique"))
        seen.add(name)
    return issues


def _comparable_name(name: str) -> str:
    """The form in which names are compared: without case and extra spacing. Signs count: C++ is not C#."""
    return " ".join(name.casefold().split())


def _weight_issues(dimensions: Sequence[Mapping[str, object]], field: str) -> list[Issue]:
    weights = [Decimal(str(dimension["weight"])) for dimension in dimensions]
    issues = [
        Issue(path=[field, index, "weight"], message="Give a weight above 0.", code="not_positive")
        for index, weight in enumerate(weights)
        if weight <= 0
    ]
    total = weights_sum(weights)
    if abs(total - TOTAL_WEIGHT) > TOLERANCE:
        message = f"The weights sum to {total.normalize():f}, not to 100."
        issues.append(Issue(path=[field], message=message, code="weights_sum"))
    return issues


def check_threshold(
    threshold: float | None, scale: Scale, path: Sequence[str | int] = ("pass_threshold",)
) -> None:
    """`Invalid` naming `path` unless the pass mark lies on the scale."""
    if threshold is not None and not 0 <= threshold <= scale.top:
        message = f"The profile scores on {scale.value}; give a mark within it."
        raise Invalid.field(*path, message=message, code="beyond_scale")
