"""Rubrics as tables."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.scoring.rubric import check_dimensions, check_threshold, weights_sum
from domain.vocabulary import Scale
from tests.contract.promise import promise


def rubric(*weights: float, names: Sequence[str] = ()) -> list[dict[str, object]]:
    known = names or [f"Dimension {n}" for n in range(len(weights))]
    return [{"name": name, "weight": weight} for name, weight in zip(known, weights, strict=True)]


def issues_of(dimensions: list[dict[str, object]]) -> list[tuple[list[str | int], str]]:
    try:
        check_dimensions(dimensions, field="rubric")
    except Invalid as wrong:
        return [(issue.path, issue.code) for issue in wrong.issues]
    return []


@promise("profiles.weights-100", "profiles.dimensions")
@pytest.mark.parametrize(
    ("weights", "fine"),
    [
        ((100,), True),
        ((60, 40), True),
        ((33.33, 33.33, 33.34), True),
        ((33.33, 33.33, 33.33), True),  # 99.99: within the tolerance
        ((50, 50.01), True),
        ((50, 50.02), False),
        ((99.9,), False),
        ((99.98,), False),
        ((0.1,) * 10 + (99,), True),  # binary floating point says 99.99999999999999
    ],
)
def test_weights_sum_to_a_hundred_within_a_hundredth(weights: tuple[float, ...], fine: bool) -> None:
    assert (issues_of(rubric(*weights)) == []) is fine


@given(st.lists(st.integers(min_value=1, max_value=4_999), min_size=1, max_size=19))
def test_weights_of_two_decimals_that_sum_to_a_hundred_are_always_fine(cents: list[int]) -> None:
    rest = 10_000 - sum(cents)
    if rest < 1:
        return
    weights = [cent / 100 for cent in (*cents, rest)]
    assert weights_sum(weights) == Decimal(100)
    assert issues_of(rubric(*weights)) == []


@promise("profiles.dimensions")
@pytest.mark.parametrize("weight", [0, -5])
def test_every_weight_is_above_zero(weight: float) -> None:
    assert (["rubric", 1, "weight"], "not_positive") in issues_of(rubric(100 - weight, weight))


@promise("profiles.dimensions")
@pytest.mark.parametrize(("count", "fine"), [(0, False), (1, True), (20, True), (25, False)])
def test_a_rubric_has_one_to_twenty_dimensions(count: int, fine: bool) -> None:
    weights = [100 / count] * count if count else []
    assert ((["rubric"], "count") not in issues_of(rubric(*weights))) is fine


@promise("profiles.dimensions")
@pytest.mark.parametrize(
    ("names", "fine"),
    [
        (("Depth", "depth"), False),
        (("Code  quality", " code quality "), False),
        (("C++", "C#"), True),
        (("深さ", "明確さ"), True),
    ],
)
def test_names_differ_by_letters_and_signs_not_by_case_or_spacing(names: tuple[str, str], fine: bool) -> None:
    assert (issues_of(rubric(50, 50, names=names)) == []) is fine


def test_all_issues_are_reported_at_once() -> None:
    found = issues_of(rubric(50, -1, names=("Same", "same")))
    assert [code for _, code in found] == ["not_unique", "not_positive", "weights_sum"]


@promise("stages.threshold-on-scale")
@pytest.mark.parametrize(
    ("threshold", "scale", "fine"),
    [
        (None, Scale.five, True),
        (0, Scale.five, True),
        (5, Scale.five, True),
        (5.1, Scale.five, False),
        (10, Scale.ten, True),
        (60, Scale.ten, False),
        (60, Scale.hundred, True),
        (-1, Scale.hundred, False),
    ],
)
def test_a_pass_mark_lies_on_the_scale(threshold: float | None, scale: Scale, fine: bool) -> None:
    if fine:
        check_threshold(threshold, scale)
        return
    with pytest.raises(Invalid) as wrong:
        check_threshold(threshold, scale, ("stages", 1, "pass_threshold"))
    assert wrong.value.issues[0].path == ["stages", 1, "pass_threshold"]
