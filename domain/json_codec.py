"""JSON text in which whole numbers keep every digit, however long they are.

`orjson` is fast and knows 64 bits: it reads a longer number as a float and refuses to write one. Ids from other
systems are longer now and then, so text that may hold such a number goes through the standard library instead.
"""

import json
from math import isfinite
from typing import Any

import orjson

# A number with fewer digits fits into 64 bits.
_LONG = b"0" * 19
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")


class NumberTooLong(ValueError):
    """The text is JSON, but one of its numbers has more digits than Python reads."""


def loads(text: str | bytes) -> Any:
    """The value in a JSON text. Raises `ValueError` when it is not JSON, `NumberTooLong` for a number of thousands
    of digits.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) < len(_LONG) or _LONG not in raw.translate(_DIGITS_AS_ZERO):
        return orjson.loads(raw)
    try:
        return json.loads(raw.decode(), parse_int=_whole, parse_float=_finite, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def dumps(value: Any, *, sort_keys: bool = False) -> bytes:
    """The value as compact JSON in UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else None)
    except orjson.JSONEncodeError:
        # fails too, with a `ValueError` or `TypeError`, unless a long number was the only trouble
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=sort_keys
        )
        return text.encode()


def _whole(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        raise NumberTooLong("a number has too many digits") from None


def _finite(digits: str) -> float:
    value = float(digits)
    if not isfinite(value):
        raise ValueError("a number is out of range")
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
