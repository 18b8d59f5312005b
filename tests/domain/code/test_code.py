"""Candidates' code: which runs are accepted, which answers pass, and what stays hidden."""

from dataclasses import asdict, replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from domain.code.matching import MAX_DEPTH, Comparison, Kind
from domain.code.runs import (
    CODE_BYTES,
    INPUT_BYTES,
    MAX_CASES,
    SHOWN_OUTPUT,
    Case,
    CaseStatus,
    Language,
    Observation,
    Run,
    RunResult,
    RunStatus,
    check,
    cut_output,
    judge,
    public_result,
)
from domain.errors import Invalid

PLAIN = Run(Language.PYTHON, "print(1)", UUID(int=1))
CALLED = replace(PLAIN, entry_point="add", cases=(Case.called([1, 2], 3),))


def _nested(depth: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(depth):
        value = [value]
    return value


def _printed(kind: Kind, actual: str, expected: str) -> CaseStatus:
    return judge(Case.printed("", expected), Observation(RunStatus.FINISHED, actual), Comparison(kind)).status


def _returned(kind: Kind, actual: str | None, expected: JsonValue) -> CaseStatus:
    observed = Observation(RunStatus.FINISHED, value=actual)
    return judge(Case.called([], expected), observed, Comparison(kind)).status


@pytest.mark.parametrize(
    ("kind", "actual", "expected"),
    [
        (Kind.EXACT, "1 \r\n2\t\n\n", "1\n2"),
        (Kind.EXACT, "", "\n"),
        (Kind.FLOAT, "x 0.30000000000000004", "x 0.3"),
        (Kind.JSON, '{"b": [1, 2], "a": 1.0}', '{"a": 1, "b": [1, 2]}'),
        (Kind.UNORDERED, "[3, 1, 1]", "[1, 3, 1]"),
        (Kind.UNORDERED, "b\na\n", "a\nb"),
        (Kind.UNORDERED_DEEP, "[[2, 1], [3]]", "[[3], [1, 2]]"),
    ],
)
def test_printed_text_that_counts_as_expected_passes(kind: Kind, actual: str, expected: str) -> None:
    assert _printed(kind, actual, expected) is CaseStatus.PASSED


@pytest.mark.parametrize(
    ("kind", "actual", "expected"),
    [
        (Kind.EXACT, " 1", "1"),
        (Kind.EXACT, "1\n\n2", "1\n2"),
        (Kind.EXACT, "0.30000000000000004", "0.3"),
        (Kind.FLOAT, "0.31", "0.3"),
        (Kind.FLOAT, "0.3 0.3", "0.3"),
        (Kind.FLOAT, "nan", "0.3"),
        (Kind.JSON, "not json", "[1]"),
        (Kind.JSON, "[2, 1]", "[1, 2]"),
        (Kind.JSON, "b\na", "a\nb"),
        (Kind.UNORDERED, "[1, 3]", "[1, 3, 1]"),
        (Kind.UNORDERED, "[[2, 1]]", "[[1, 2]]"),
        (Kind.UNORDERED, "a\na\nb", "a\nb\nb"),
    ],
)
def test_other_printed_text_is_a_wrong_answer(kind: Kind, actual: str, expected: str) -> None:
    assert _printed(kind, actual, expected) is CaseStatus.WRONG_ANSWER


@pytest.mark.parametrize(
    ("kind", "actual", "expected", "status"),
    [
        (Kind.EXACT, "1.0", 1, CaseStatus.PASSED),
        (Kind.EXACT, "null", None, CaseStatus.PASSED),
        (Kind.EXACT, "true", 1, CaseStatus.WRONG_ANSWER),
        (Kind.FLOAT, "true", 1, CaseStatus.WRONG_ANSWER),
        (Kind.EXACT, '"1"', 1, CaseStatus.WRONG_ANSWER),
        (Kind.EXACT, str(2**100 + 1), 2**100, CaseStatus.WRONG_ANSWER),
        (Kind.FLOAT, '{"a": [0.1, null]}', {"a": [0.1000000001, None]}, CaseStatus.PASSED),
        (Kind.FLOAT, '{"a": 1}', {"b": 1}, CaseStatus.WRONG_ANSWER),
        (Kind.FLOAT, "1" + "0" * 400, 0.5, CaseStatus.WRONG_ANSWER),
        (Kind.UNORDERED, "[[1, 2], [3]]", [[3], [1, 2]], CaseStatus.PASSED),
        (Kind.UNORDERED, "[true]", [1], CaseStatus.WRONG_ANSWER),
    ],
)
def test_a_returned_value_is_compared_as_json(
    kind: Kind, actual: str, expected: JsonValue, status: CaseStatus
) -> None:
    assert _returned(kind, actual, expected) is status


@pytest.mark.parametrize("broken", [None, "", "{", "NaN", "[Infinity]", "1 2", "[" * 100_000, "9" * 5000])
def test_a_frame_that_is_not_json_never_passes(broken: str | None) -> None:
    assert _returned(Kind.EXACT, broken, None) is CaseStatus.PROTOCOL_ERROR


@pytest.mark.parametrize("kind", list(Kind))
def test_a_value_nested_too_deeply_to_compare_is_wrong_and_is_not_shown(kind: Kind) -> None:
    deep = "[" * 300 + "]" * 300
    observed = Observation(RunStatus.FINISHED, value=deep)
    result = judge(Case.called([], 1), observed, Comparison(kind))
    assert result.status is CaseStatus.WRONG_ANSWER
    assert public_result(0, result).actual_output is None


@pytest.mark.parametrize("status", [ended for ended in RunStatus if ended is not RunStatus.FINISHED])
def test_the_right_output_does_not_save_a_run_that_ended_badly(status: RunStatus) -> None:
    result = judge(Case.printed("", "1"), Observation(status, "1"), Comparison())
    assert result.status.value == status.value


@pytest.mark.parametrize("exit_code", [1, -9, None])
def test_the_right_output_does_not_save_a_bad_exit(exit_code: int | None) -> None:
    observed = Observation(RunStatus.FINISHED, "1", exit_code=exit_code)
    assert judge(Case.printed("", "1"), observed, Comparison()).status is CaseStatus.RUNTIME_ERROR


def test_of_a_hidden_case_only_place_and_status_are_shown() -> None:
    case = Case.printed("secret", "secret", name="secret", hidden=True)
    observed = Observation(RunStatus.FINISHED, "secret", "secret", duration_ms=5, memory_kb=9)
    seen = asdict(public_result(3, judge(case, observed, Comparison())))
    shown = {name: value for name, value in seen.items() if value is not None}
    assert shown == {"index": 3, "status": CaseStatus.PASSED, "passed": True, "hidden": True}


def test_a_broken_frame_is_shown_as_a_runtime_error() -> None:
    result = judge(Case.called([], 1), Observation(RunStatus.FINISHED, value="{"), Comparison())
    assert public_result(0, result).status is CaseStatus.RUNTIME_ERROR
    assert not public_result(0, result).passed


def test_an_open_case_shows_what_was_returned_and_what_was_expected() -> None:
    seen = public_result(
        0, judge(Case.called([], [1]), Observation(RunStatus.FINISHED, value="[2]"), Comparison())
    )
    assert (seen.actual_output, seen.expected_output) == ([2], [1])


def test_what_the_sandbox_receives_has_no_expected_answer() -> None:
    assert "42" not in repr(Case.called([1], 42).given)
    assert "42" not in repr(Case.printed("1", "42").given)


def test_a_result_counts_its_passes() -> None:
    right, wrong = (
        judge(Case.printed("", "1"), Observation(RunStatus.FINISHED, text), Comparison()) for text in "12"
    )
    result = RunResult(Language.PYTHON, 1, cases=(right, wrong, right))
    assert (result.passed, result.total) == (2, 3)


@pytest.mark.parametrize(
    "run",
    [
        PLAIN,
        CALLED,
        replace(PLAIN, code="#" * CODE_BYTES, stdin="1" * INPUT_BYTES),
        replace(PLAIN, cases=(Case.printed("1", "1"),) * MAX_CASES),
        replace(CALLED, entry_point="Solution.add"),
        replace(CALLED, entry_point="größe"),
        replace(CALLED, entry_point="$"),
        replace(CALLED, cases=(Case.called([], _nested(MAX_DEPTH)),)),
    ],
)
def test_a_run_within_the_limits_is_accepted(run: Run) -> None:
    check(run)


@pytest.mark.parametrize(
    ("run", "path"),
    [
        (replace(PLAIN, code=" \n"), ["code"]),
        (replace(PLAIN, code="#" * (CODE_BYTES + 1)), ["code"]),
        (replace(PLAIN, code="ü" * (CODE_BYTES // 2 + 1)), ["code"]),
        (replace(PLAIN, code="print('\0')"), ["code"]),
        (replace(PLAIN, code="print('\ud800')"), ["code"]),
        (replace(PLAIN, stdin="1" * (INPUT_BYTES + 1)), ["stdin"]),
        (replace(PLAIN, cases=(Case.printed("1", "1"),) * (MAX_CASES + 1)), ["test_cases"]),
        (replace(PLAIN, cases=(Case.printed("1" * 1_000_000, "1"),)), ["test_cases", 0, "input"]),
        (replace(PLAIN, cases=(Case.called([], 1),)), ["test_cases", 0]),
        (replace(CALLED, cases=(Case.called([], 1), Case.printed("", ""))), ["test_cases", 1]),
        (replace(CALLED, cases=(Case.called([], _nested(MAX_DEPTH + 1)),)), ["test_cases", 0, "expected"]),
        (replace(CALLED, entry_point="__import__('os')"), ["entry_point"]),
        (replace(CALLED, entry_point="a.b.c"), ["entry_point"]),
        (replace(CALLED, entry_point="1a"), ["entry_point"]),
        (replace(CALLED, entry_point=""), ["entry_point"]),
    ],
)
def test_a_run_beyond_the_limits_is_refused_by_field(run: Run, path: list[str | int]) -> None:
    with pytest.raises(Invalid) as refused:
        check(run)
    assert [issue.path for issue in refused.value.issues] == [path]


json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values, st.sampled_from(Kind))
def test_a_value_is_always_the_same_as_itself(value: JsonValue, kind: Kind) -> None:
    assert Comparison(kind).same_value(value, value)


@given(st.lists(json_values, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_a_list_never_counts_where_it_should_not(
    values: list[JsonValue], random: Random
) -> None:
    mixed = values.copy()
    random.shuffle(mixed)
    assert Comparison(Kind.UNORDERED).same_value(mixed, values)


def test_output_is_shown_until_all_cases_have_printed_too_much_and_judged_in_any_case() -> None:
    text = "é" * 65_000
    case = Case.printed("", text)
    results = list(cut_output([judge(case, Observation(RunStatus.FINISHED, text), Comparison())] * 50))
    assert {result.status for result in results} == {CaseStatus.PASSED}
    shown = [public_result(place, result) for place, result in enumerate(results)]
    whole = SHOWN_OUTPUT // 65_000
    assert [one.stdout == text for one in shown] == [True] * whole + [False] * (50 - whole)
    assert shown[-1].stdout == shown[-1].actual_output == "é" * 1024
    assert shown[-1].stderr == "All cases together printed more than 1024 KiB, so only the start is shown.\n"
