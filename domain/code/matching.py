"""Whether an answer equals the expected one: as text, as numbers, as JSON, or in any order.

This never runs inside the sandbox. Answers are hostile: every comparison takes time in proportion to the length of
the answer (times its logarithm where the order does not count), and what comes out is short. The module needs the
standard library only, because a worker process loads it alone.
"""

import json
import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pydantic import JsonValue

MAX_DEPTH = 100
SHOWN_BYTES = 16 * 1024
SHOWN_BYTES_IN_ALL = 4 * SHOWN_BYTES
_NUMBER_CHARACTERS = "0123456789+-.eE"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_TOO_DEEP = f"The value is nested more than {MAX_DEPTH} deep."
_TOO_LARGE_TO_SHOW = f"The value takes more than {SHOWN_BYTES // 1024} KiB and is not shown."
_TOO_MUCH_TO_SHOW = (
    f"The values of all cases take more than {SHOWN_BYTES_IN_ALL // 1024} KiB, so this one is not shown."
)


class Kind(StrEnum):
    """The ways to compare. A returned value has no white space to trim, so for it `exact` means `json`."""

    EXACT = "exact"
    FLOAT = "float"
    JSON = "json"
    UNORDERED = "unordered"
    UNORDERED_DEEP = "unordered_deep"


class Outcome(StrEnum):
    """What a comparison gave. `unreadable` is a value that is not JSON."""

    SAME = "same"
    DIFFERENT = "different"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of comparing one answer.

    `shown` is a returned value as JSON text that can be shown to people: short, and without lone surrogates. It is
    None where there is nothing to show. `reason` is one sentence for the candidate.
    """

    outcome: Outcome
    shown: str | None = None
    reason: str | None = None

    @property
    def shown_bytes(self) -> int:
        return 0 if self.shown is None else len(self.shown.encode())

    def without_value(self) -> "Judgement":
        """The same outcome where the values of the cases before leave no room to show this one."""
        return replace(self, shown=None, reason=_TOO_MUCH_TO_SHOW)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How to compare. `tolerance` is both relative and absolute, and applies to `float` only."""

    kind: Kind = Kind.EXACT
    tolerance: float = 1e-6

    @property
    def unordered_depth(self) -> int:
        """The number of levels at which the order of lists does not count."""
        return {Kind.UNORDERED: 1, Kind.UNORDERED_DEEP: MAX_DEPTH}.get(self.kind, 0)

    def judge_printed(self, actual: str, expected: str) -> Judgement:
        """Compare what was printed."""
        return Judgement(Outcome.SAME if self.same_text(actual, expected) else Outcome.DIFFERENT)

    def judge_returned(self, actual: str, expected: "JsonValue") -> Judgement:
        """Compare a returned value, which is JSON text."""
        try:
            value = read_json(actual)
        except ValueError as error:
            return Judgement(Outcome.UNREADABLE, reason=f"The value cannot be read: {error}.")
        if too_deep(value):
            return Judgement(Outcome.DIFFERENT, reason=_TOO_DEEP)
        outcome = Outcome.SAME if self.same_value(value, expected) else Outcome.DIFFERENT
        shown = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", json.dumps(value, ensure_ascii=False))
        if len(shown.encode()) > SHOWN_BYTES:
            return Judgement(outcome, reason=_TOO_LARGE_TO_SHOW)
        return Judgement(outcome, shown)

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

    def same_value(self, actual: "JsonValue", expected: "JsonValue") -> bool:
        """Whether a returned value equals the expected one: 1 equals 1.0, and true does not equal 1."""
        if too_deep(actual):
            return False
        if self.kind is Kind.FLOAT:
            return self._close(actual, expected)
        return _same(actual, expected, self.unordered_depth)

    def _same_words(self, actual: Sequence[str], expected: Sequence[str]) -> bool:
        return len(actual) == len(expected) and all(map(self._same_word, actual, expected))

    def _same_word(self, actual: str, expected: str) -> bool:
        if actual == expected:
            return True
        numbers = _finite_number(actual), _finite_number(expected)
        return None not in numbers and self._near(*numbers)

    def _same_printed(self, actual: str, expected: str) -> bool:
        try:
            wanted = read_json(expected)
        except ValueError:
            # the expected text is not JSON, so its lines are the list to compare
            return self.kind is not Kind.JSON and sorted(actual.split("\n")) == sorted(expected.split("\n"))
        try:
            return self.same_value(read_json(actual), wanted)
        except ValueError:
            return False

    def _close(self, actual: "JsonValue", expected: "JsonValue") -> bool:
        if isinstance(actual, list) and isinstance(expected, list):
            return len(actual) == len(expected) and all(map(self._close, actual, expected))
        if isinstance(actual, dict) and isinstance(expected, dict):
            return actual.keys() == expected.keys() and all(
                self._close(value, expected[name]) for name, value in actual.items()
            )
        if _is_number(actual) and _is_number(expected):
            return self._near(actual, expected)
        return _same(actual, expected, 0)

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


def read_json(text: str) -> "JsonValue":
    """Parse JSON. Raises ValueError for anything else, and for what is too deep or too large to be a value.

    NaN and infinity are no numbers of JSON. Neither is a fraction too large for a float, nor a whole number of more
    than 4300 digits (Python's own limit: reading one takes time with the square of its length).
    """
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse_constant, parse_float=_read_float)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError("it is not JSON") from error
    except ValueError as error:
        # Python's own message names the limit of digits and how to raise it
        raise ValueError(
            str(error) if error.args in _OWN_WORDS else "a number has too many digits"
        ) from error
    return value


def too_deep(value: "JsonValue") -> bool:
    """Whether lists and objects are nested deeper than `MAX_DEPTH`. No recursion: the value may be hostile."""
    depth, level = 0, [value]
    while depth <= MAX_DEPTH:
        inner: list[JsonValue] = []
        nested = False
        for one in level:
            if isinstance(one, list):
                nested = True
                inner.extend(one)
            elif isinstance(one, dict):
                nested = True
                inner.extend(one.values())
        if not nested:
            return False
        depth, level = depth + 1, inner
    return True


_NO_CONSTANT = ("NaN and infinity are no numbers of JSON",)
_NO_FLOAT = ("a number is too large",)
_OWN_WORDS = (_NO_CONSTANT, _NO_FLOAT)


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError(*_NO_CONSTANT)


def _read_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(*_NO_FLOAT)
    return number


def _finite_number(word: str) -> float | None:
    """The number that a printed word stands for; None for other words, and for numbers too large for a float."""
    if word.strip(
        _NUMBER_CHARACTERS
    ):  # float() would also read "nan", "inf", "1_000" and other scripts' digits
        return None
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _is_number(value: "JsonValue") -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(actual: "JsonValue", expected: "JsonValue", unordered_depth: int) -> bool:
    """Whether two values are equal. Python alone would treat true as 1."""
    if isinstance(actual, list) and isinstance(expected, list):
        if len(actual) != len(expected):
            return False
        if unordered_depth > 0:
            return _same_in_any_order(actual, expected, unordered_depth - 1)
        return all(map(_same, actual, expected, [0] * len(actual)))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(
            _same(value, expected[name], unordered_depth - 1) for name, value in actual.items()
        )
    if _is_number(actual) and _is_number(expected):
        return actual == expected
    return type(actual) is type(expected) and actual == expected


def _same_in_any_order(actual: "list[JsonValue]", expected: "list[JsonValue]", unordered_depth: int) -> bool:
    """Whether two lists hold equal values. Digests are sorted: no value can make two of them collide."""
    if all(map(_is_number, actual)) and all(map(_is_number, expected)):
        return sorted(actual) == sorted(expected)  # type: ignore[type-var]
    digests = [sorted(_digest(one, unordered_depth) for one in values) for values in (actual, expected)]
    return digests[0] == digests[1]


def _digest(value: "JsonValue", unordered_depth: int) -> bytes:
    """A cryptographic digest that is equal for equal values."""
    if isinstance(value, list):
        parts = [_digest(one, unordered_depth - 1) for one in value]
        if unordered_depth > 0:
            parts.sort()
        kind = b"list"
    elif isinstance(value, dict):
        parts = sorted(_digest(name, 0) + _digest(one, unordered_depth - 1) for name, one in value.items())
        kind = b"object"
    elif isinstance(value, str):
        kind, parts = b"text", [value.encode("utf-8", "surrogatepass")]
    elif isinstance(value, float) and not value.is_integer():
        kind, parts = b"fraction", [struct.pack("d", value)]
    elif _is_number(value):
        number = int(value)  # type: ignore[arg-type]
        kind, parts = b"whole", [number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)]
    else:
        kind, parts = b"constant", [repr(value).encode()]
    return blake2b(b"".join(parts), digest_size=24, person=kind).digest()
