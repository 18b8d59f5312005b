"""When an answer counts as the expected one: as text, as numbers, as JSON, in any order.

Nothing here runs where candidates' code does.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from pydantic import JsonValue

MOST_DEPTH = 100
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Kind(StrEnum):
    """The ways to compare; a returned value has no white space to trim, so there `exact` means `json`."""

    EXACT = "exact"
    FLOAT = "float"
    JSON = "json"
    UNORDERED = "unordered"
    UNORDERED_DEEP = "unordered_deep"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How to compare; `tolerance` is relative and absolute, and counts for `float` only."""

    kind: Kind = Kind.EXACT
    tolerance: float = 1e-6

    def same_text(self, actual: str, expected: str) -> bool:
        """Whether what was printed counts as what was expected; trailing white space never counts."""
        actual, expected = trimmed(actual), trimmed(expected)
        if actual == expected:
            return True
        if self.kind is Kind.EXACT:
            return False
        if self.kind is Kind.FLOAT:
            return self._same_words(actual.split(), expected.split())
        return self._same_printed(actual, expected)

    def same_value(self, actual: JsonValue, expected: JsonValue) -> bool:
        """Whether a returned value counts as the expected one: 1 is 1.0, and true is not 1."""
        if _depth(actual) > MOST_DEPTH:
            return False
        if self.kind is Kind.FLOAT:
            return self._close(actual, expected)
        return _key(actual, self._any_order()) == _key(expected, self._any_order())

    def _any_order(self) -> int:
        """Down to which depth the order of lists does not count."""
        return {Kind.UNORDERED: 1, Kind.UNORDERED_DEEP: MOST_DEPTH}.get(self.kind, 0)

    def _same_words(self, actual: Sequence[str], expected: Sequence[str]) -> bool:
        return len(actual) == len(expected) and all(map(self._same_word, actual, expected))

    def _same_word(self, actual: str, expected: str) -> bool:
        if _NUMBER.fullmatch(actual) and _NUMBER.fullmatch(expected):
            return self._near(float(actual), float(expected))
        return actual == expected

    def _same_printed(self, actual: str, expected: str) -> bool:
        try:
            wanted = read_json(expected)
        except ValueError:
            # not JSON, then lines: the only list that plain text has
            return self.kind is not Kind.JSON and Counter(actual.split("\n")) == Counter(expected.split("\n"))
        try:
            return self.same_value(read_json(actual), wanted)
        except ValueError:
            return False

    def _close(self, actual: JsonValue, expected: JsonValue) -> bool:
        if isinstance(actual, list) and isinstance(expected, list):
            return len(actual) == len(expected) and all(map(self._close, actual, expected))
        if isinstance(actual, dict) and isinstance(expected, dict):
            return actual.keys() == expected.keys() and all(
                self._close(value, expected[name]) for name, value in actual.items()
            )
        if _is_number(actual) and _is_number(expected):
            return self._near(actual, expected)
        return _key(actual, 0) == _key(expected, 0)

    def _near(self, actual: object, expected: object) -> bool:
        assert isinstance(actual, int | float)
        assert isinstance(expected, int | float)
        try:
            return actual == expected or math.isclose(
                actual, expected, rel_tol=self.tolerance, abs_tol=self.tolerance
            )
        except OverflowError:  # a whole number beyond every float
            return False


def trimmed(text: str) -> str:
    """The text without white space at the end of its lines and at its own end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip()


def read_json(text: str) -> JsonValue:
    """The value, or ValueError for all that JSON does not know (NaN too) and for nesting nobody can follow."""
    try:
        value: JsonValue = json.loads(text, parse_constant=_no_json)
    except RecursionError as deep:
        raise ValueError("nested too deeply") from deep
    return value


def too_deep(value: JsonValue) -> bool:
    """Whether lists and objects are nested further than values are compared."""
    return _depth(value) > MOST_DEPTH


def _no_json(_name: str) -> NoReturn:
    raise ValueError("not a number of JSON")


def _depth(value: JsonValue) -> int:
    """Without recursion: the value is a candidate's."""
    depth, level = 0, [value]
    while level:
        inner: list[JsonValue] = []
        for one in level:
            if isinstance(one, list):
                inner.extend(one)
            elif isinstance(one, dict):
                inner.extend(one.values())
        if not any(isinstance(one, list | dict) for one in level):
            return depth
        depth, level = depth + 1, inner
    return depth


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _key(value: JsonValue, any_order: int) -> Hashable:
    """Equal for equal values; Python alone would take true for 1."""
    if isinstance(value, list):
        keys = [_key(one, any_order - 1) for one in value]
        return ("any order", frozenset(Counter(keys).items())) if any_order > 0 else ("list", tuple(keys))
    if isinstance(value, dict):
        return ("object", frozenset((name, _key(one, any_order - 1)) for name, one in value.items()))
    return ("number" if _is_number(value) else type(value).__name__, value)
