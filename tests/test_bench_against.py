"""When a comparison of two commits fails: all rounds worse, or a figure that is missing."""

import pytest

from benchmarks.against.verdict import Figure

_PASSES = {
    "the same": ([1, 1, 1], [1, 1, 1]),
    "faster": ([1, 1, 1], [0.5, 0.6, 0.7]),
    "a little worse in every round": ([1, 1, 1], [1.09, 1.05, 1.09]),
    "ten percent exactly is not more": ([1, 1, 1], [1.1, 1.1, 1.1]),
    "worse in two of three": ([1, 1, 1], [2, 1.05, 2]),
    "each round has its own base": ([1, 2, 3], [1.05, 2.1, 3.15]),
}
_FAILS = {
    "worse in all three": ([1, 1, 1], [1.11, 1.2, 3], "calls: 1.11, 1.20, 3.00 times the CPU"),
    "worse by each round's own base": ([1, 2, 3], [1.2, 2.4, 3.6], "calls: 1.20, 1.20, 1.20 times"),
    "missing before": ([1, None, 1], [1, 1, 1], "calls: not measured in round 2"),
    "missing after": ([1, 1, 1], [None, 1, None], "calls: not measured in round 1 and 3"),
    "missing and else faster": ([1, 1, 1], [0.5, 0.5, None], "calls: not measured in round 3"),
    "too small for the clock": ([1, 0, 1], [1, 1, 1], "calls: not measured in round 2"),
    "less than idling takes": ([1, 1, 1], [1, 1, -0.1], "calls: not measured in round 3"),
    "no round at all": ([], [], "calls: not measured"),
}


@pytest.mark.parametrize(("before", "after"), _PASSES.values(), ids=_PASSES)
def test_it_passes(before: list[float | None], after: list[float | None]) -> None:
    assert Figure("calls", before, after).complaint == ""


@pytest.mark.parametrize(("before", "after", "said"), _FAILS.values(), ids=_FAILS)
def test_it_fails_and_names_the_figure(
    before: list[float | None], after: list[float | None], said: str
) -> None:
    assert Figure("calls", before, after).complaint.startswith(said)


def test_the_median_leaves_out_what_is_missing() -> None:
    assert Figure("calls", [1, 1, None], [1, 2, 3]).ratio == 1.5
    assert Figure("calls", [None], [1]).ratio is None
