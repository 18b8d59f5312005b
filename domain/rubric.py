"""Rubrics: dimensions whose weights sum to 100, and pass marks that fit the scale (contract 3.1, 9.7, C4)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.errors import Invalid, Issue
from domain.naming import plain
from domain.vocabulary import Scale

MOST_DIMENSIONS = 20
WHOLE = Decimal(100)
TOLERANCE = Decimal("0.01")


def weights_sum(weights: Sequence[float | Decimal]) -> Decimal:
    """The exact sum: each weight counts as it was written, not as binary floating point has it."""
    return sum((Decimal(str(weight)) for weight in weights), Decimal(0))


def check_dimensions(dimensions: Sequence[Mapping[str, object]], *, field: str) -> None:
    """`Invalid` naming `field` unless names are unique and weights sum to 100 within 0.01."""
    issues = [
        Issue(
            path=[field, place, "name"], message="Each dimension needs a name of its own.", code="not_unique"
        )
        for place, dimension in enumerate(dimensions)
        if plain(str(dimension["name"])) in {plain(str(other["name"])) for other in dimensions[:place]}
    ]
    total = weights_sum([Decimal(str(dimension["weight"])) for dimension in dimensions])
    if abs(total - WHOLE) > TOLERANCE:
        message = f"The weights sum to {total.normalize():f}, not to 100."
        issues.append(Issue(path=[field], message=message, code="weights_sum"))
    if issues:
        raise Invalid(issues)


def check_threshold(threshold: float | None, scale: Scale, *, field: str = "pass_threshold") -> None:
    """`Invalid` unless the pass mark lies on the scale."""
    if threshold is not None and not 0 <= threshold <= scale.top:
        message = f"The profile scores on {scale.value}; give a mark within it."
        raise Invalid.field(field, message=message, code="beyond_scale")
