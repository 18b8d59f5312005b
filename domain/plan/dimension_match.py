"""Which dimension of a role family a dimension of somebody's profile means."""

from collections.abc import Iterable, Sequence

from domain.plan.library import Family, FamilyDimension
from domain.plan.sources import DimensionSource
from domain.text.names import normalise_name
from domain.text.tokens import tokens


def find_meant(dimension: DimensionSource, family: Family) -> FamilyDimension | None:
    """The family's dimension that this one means, by its name or by words; None when nothing fits."""
    named, about = tokens(dimension.name), tokens(dimension.description)
    scores = [
        (
            5 * (normalise_name(own.name) == normalise_name(dimension.name))
            + 3 * count_hits(own.words, named)
            + count_hits(own.words, about),
            own,
        )
        for own in family.dimensions
    ]
    score, best = max(scores, key=lambda each: each[0])
    # a single word of the description is no reason
    return best if score >= 2 else None


def count_hits(starts: Iterable[str], words: Sequence[str]) -> int:
    return sum(any(word.startswith(start.casefold()) for word in words) for start in starts)
