"""Whether an answer equals the expected one: as text, as numbers, as JSON, or in any order.

This never runs inside the sandbox.
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

MAX_DEPTH = 100
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Kind(StrEnum):
    """The ways to compare. A returned value has no white space to trim, so for it `exact` means `json`."""

    EXACT = "exact"
    FLOAT = "float"
    JSON = "json"
    UNORDERED = "unordered"
    UNORDERED_DEEP = "unordered_deep"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How to compare. `tolerance` is both relative and absolute, and applies to `float` only."""

    kind: Kind = Kind.EXACT
    tolerance: float = 1e-6

    def same_text(self, actual: str, expected: str) -> bool:
        """Whether the printed text equals the expected one. Trailing white space never counts."""
        actual, expected = trimmed(actual), trimmed(expected)
        if actual == expected:
            return True
        if self.kind is Kind.EXACT:
            return False
        if self.kind is Kind.FLOAT:
            return self._same_words(actual.split(), expected.split())
        return self._same_printed(actual, expected)

    def same_value(self, actual: JsonValue, expected: JsonValue) -> bool:
        """Whether a returned value equals the expected one: 1 equals 1.0, and true does not equal 1."""
        if _depth(actual) > MAX_DEPTH:
            return False
        if self.kind is Kind.FLOAT:
            return self._close(actual, expected)
        return _key(actual, self._unordered_depth()) == _key(expected, self._unordered_depth())

    def _unordered_depth(self) -> int:
        """The number of levels at which the order of lists does not count."""
        return {Kind.UNORDERED: 1, Kind.UNORDERED_DEEP: MAX_DEPTH}.get(self.kind, 0)

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
            # the expected text is not JSON, so its lines are the list to compare
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
        except OverflowError:  # a whole number too large for a float
            return False


def trimmed(text: str) -> str:
    """The text without white space at the end of each line and of the whole text."""
    return "\n".join(line.rstrip() for line in text.split("\n")).rstrip()


def read_json(text: str) -> JsonValue:
    """Parse JSON. Raises ValueError for anything else (NaN too) and for nesting too deep to parse."""
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def too_deep(value: JsonValue) -> bool:
    """Whether lists and objects are nested deeper than `MAX_DEPTH`."""
    return _depth(value) > MAX_DEPTH


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("not a number of JSON")


def _depth(value: JsonValue) -> int:
    """How deep lists and objects are nested. No recursion, because the value comes from a candidate."""
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


def _key(value: JsonValue, unordered_depth: int) -> Hashable:
    """A key that is equal for equal values. Python alone would treat true as 1."""
    if isinstance(value, list):
        keys = [_key(one, unordered_depth - 1) for one in value]
        return (
            ("any order", frozenset(Counter(keys).items())) if unordered_depth > 0 else ("list", tuple(keys))
        )
    if isinstance(value, dict):
        return ("object", frozenset((name, _key(one, unordered_depth - 1)) for name, one in value.items()))
    return ("number" if _is_number(value) else type(value).__name__, value)
