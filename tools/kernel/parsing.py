"""Reading what a caller sent into an operation's request; bad fields are named, values never repeated."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import Invalid, Issue
from tools.kernel.forms import form_at, members_of

In = TypeVar("In", bound=BaseModel)

_MAX_ISSUES = 100
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_]{1,64}")
# NUL cannot be stored by PostgreSQL, lone surrogates cannot be encoded at all.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MAX_DEPTH = 64

# pydantic's words for these name a class of ours
_NO_OBJECT = ("model_type", "model_attributes_type")

# pydantic's own words for these repeat part of the value
_OUR_WORDS = {
    "uuid_parsing": "Give a UUID.",
    "uuid_type": "Give a UUID.",
    "url_parsing": "Give an absolute http or https address.",
    "datetime_from_date_parsing": "Give an ISO 8601 date and time such as 2026-06-02T08:21:47Z.",
    "list_type": "Give a list.",
    "dict_type": "Give an object.",
    "datetime_parsing": "Give an ISO 8601 date and time such as 2026-06-02T08:21:47Z.",
}


def parse(model: type[In], raw: Mapping[str, Any]) -> In:
    """`raw` as `model`, or `Invalid` with one issue per bad field."""
    unstorable = [
        Issue(path=path, message="This text holds characters that cannot be stored.", code="unstorable_text")
        for path in _bad_text(raw, [], 0)
    ]
    if unstorable:
        raise Invalid(unstorable[:_MAX_ISSUES])
    try:
        return model.model_validate(raw)
    except ValidationError as wrong:
        raise Invalid([_issue(model, error) for error in _details(wrong)]) from None
    except RecursionError:
        raise Invalid.field(message="The request is nested too deeply.", code="too_deep") from None


def _details(wrong: ValidationError) -> list[ErrorDetails]:
    return wrong.errors(include_url=False, include_input=False)[:_MAX_ISSUES]


def _issue(model: type[BaseModel], error: ErrorDetails) -> Issue:
    message = _OUR_WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    if error["type"] in _NO_OBJECT:
        message = _object_words(model, error["loc"])
    # Found before the members are told apart: the path is the whole, and the error names its field.
    inside = [error["ctx"]["field"]] if error["type"] in ("two_spellings", "contradiction") else []
    path = [safe_step(part) for part in (*_place(model, error["loc"]), *inside)]
    return Issue(path=path, message=message, code=error["type"])


def _place(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place without what only pydantic knows: which of several forms of a text it tried."""
    for steps in range(1, len(loc)):
        if form_at(model, loc[:steps]).is_text:
            return loc[:steps]
    return loc


def _object_words(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    inner = form_at(model, loc).model
    names = ", ".join(members_of(inner).by_name) if inner else ""
    return f"Give an object with the members {names}." if names else "Give an object."


def safe_step(part: str | int) -> str | int:
    """A step of a path; a key that is not one of ours may be anything and is not repeated."""
    return part if isinstance(part, int) or _PLAIN_KEY.fullmatch(part) else "?"


def storable(text: str) -> bool:
    """Whether every database can hold this text, or be asked for it."""
    return _UNSTORABLE.search(text) is None


def _bad_text(value: Any, path: list[str | int], depth: int) -> Iterator[list[str | int]]:
    if isinstance(value, str):
        if not storable(value):
            yield path
    elif depth > _MAX_DEPTH:
        raise Invalid.field(*path[:3], message="The value is nested too deeply.", code="too_deep")
    elif isinstance(value, Mapping):
        for key, member in value.items():
            here = [*path, safe_step(key)]
            if not storable(key):
                yield here
            yield from _bad_text(member, here, depth + 1)
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from _bad_text(member, [*path, place], depth + 1)
