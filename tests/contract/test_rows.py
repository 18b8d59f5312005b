"""The manifest and the tests say the same: every row is kept by a test, or its reason for not being is written down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.not_yet import NOT_YET
from tests.contract.rows import ROWS

TESTS = Path(__file__).parent.parent


def promised_in(source: str) -> Iterator[str]:
    """The ids in every call of `promise(...)`; one that is not a literal is an error."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "promise":
            continue
        for argument in node.args:
            assert isinstance(argument, ast.Constant), "promise() takes ids as literals"
            yield str(argument.value)


@pytest.fixture(scope="module")
def promised() -> set[str]:
    return {id for path in TESTS.rglob("test_*.py") for id in promised_in(path.read_text(encoding="utf-8"))}


def test_ids_are_an_area_and_a_name() -> None:
    assert all(re.fullmatch(r"[a-z]+\.[a-z0-9-]+", id) for id in ROWS)
    assert all(row.says.endswith(".") and row.section for row in ROWS.values())


def test_tests_promise_only_rows_that_exist(promised: set[str]) -> None:
    assert promised - ROWS.keys() == set()


def test_every_row_is_kept_by_a_test_or_says_why_not(promised: set[str]) -> None:
    assert ROWS.keys() - promised - NOT_YET.keys() == set()


def test_what_is_kept_is_no_longer_called_missing(promised: set[str]) -> None:
    assert NOT_YET.keys() & promised == set(), "take these out of NOT_YET: a test keeps them now"


def test_what_is_missing_is_a_row_and_has_a_reason() -> None:
    assert NOT_YET.keys() - ROWS.keys() == set()
    assert all(reason for reason in NOT_YET.values())


def test_ids_are_found_wherever_a_test_is_marked() -> None:
    source = """
@promise("a.one", "a.two")
async def test_x(): ...
@pytest.mark.parametrize("x", [pytest.param(1, marks=promise("a.three"))])
def test_y(x): ...
pytestmark = promise("a.four")
"""
    assert set(promised_in(source)) == {"a.one", "a.two", "a.three", "a.four"}
