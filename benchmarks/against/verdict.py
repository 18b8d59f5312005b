"""Whether one tree costs more than another: three rounds have to agree, since one alone may be the machine's."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

WORSE = 1.10


@dataclass(frozen=True)
class Figure:
    """Seconds of CPU that a call took, round by round, before a change and after it; None was not measured."""

    name: str
    before: Sequence[float | None]
    after: Sequence[float | None]

    @property
    def ratios(self) -> list[float | None]:
        """After by before, for each round in which both were measured."""
        return [_ratio(*pair) for pair in zip(self.before, self.after, strict=True)]

    @property
    def ratio(self) -> float | None:
        """The median of the rounds that were measured."""
        return middle(self.ratios)

    @property
    def complaint(self) -> str:
        """Why this figure fails; empty if it passes."""
        missing = [str(number) for number, ratio in enumerate(self.ratios, 1) if ratio is None]
        if missing or not self.ratios:
            return f"{self.name}: not measured in round {' and '.join(missing) or '1'}"
        known = [ratio for ratio in self.ratios if ratio is not None]
        if all(ratio > WORSE for ratio in known):
            said = ", ".join(f"{ratio:.2f}" for ratio in known)
            return f"{self.name}: {said} times the CPU, in every round more than {WORSE:.2f}"
        return ""


def middle(values: Sequence[float | None]) -> float | None:
    """The median of what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _ratio(before: float | None, after: float | None) -> float | None:
    """A cost of nothing is a load too small for the clock, so it counts as not measured."""
    if before is None or after is None or before <= 0 or after <= 0:
        return None
    return after / before
