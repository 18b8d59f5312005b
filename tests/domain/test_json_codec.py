"""JSON text whose whole numbers are longer than 64 bits."""

import json

import pytest

from domain import json_codec

EXACT = [0, 2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**30, -(10**40) - 7, 1.5, 1e300, "9" * 30, "ü"]


@pytest.mark.parametrize("value", EXACT, ids=repr)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    document = {"n": value, "list": [value, {"deep": value}]}
    text = json_codec.dumps(document)
    assert json_codec.loads(text) == document
    assert json_codec.loads(text.decode()) == document
    assert json.loads(text) == document


def test_members_can_be_sorted() -> None:
    assert json_codec.dumps({"b": 10**30, "a": "ü"}, sort_keys=True) == '{"a":"ü","b":%d}'.encode() % 10**30


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"n": %s' % ("9" * 25),
        '{"n": %s, "x": NaN}' % ("9" * 25),
        '{"n": %s, "x": 1e999}' % ("9" * 25),
        "[" * 100_000 + "9" * 25,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        json_codec.loads(text)


def test_bytes_that_are_no_utf_8_are_a_value_error() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        json_codec.loads(b'{"n": 99999999999999999999999, "x": "\xff"}')


def test_a_number_of_thousands_of_digits_has_an_error_of_its_own() -> None:
    with pytest.raises(json_codec.NumberTooLong):
        json_codec.loads("9" * 5_000)


def test_a_value_that_is_no_json_is_refused_beside_a_long_number() -> None:
    with pytest.raises((TypeError, ValueError)):
        json_codec.dumps({"n": 10**30, "x": object()})
