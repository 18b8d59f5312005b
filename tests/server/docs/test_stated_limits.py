"""Each limit that the OpenAPI document states for a request body holds: at it a value is taken, beyond it refused."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from server.docs.openapi import openapi
from server.docs.openapi_examples import EXAMPLES
from tests.support.app import PUBLIC_URL
from tests.support.rest_face import RestFace
from tools.catalog import CATALOG

_DOCUMENT = openapi(CATALOG.values(), version="test", url=PUBLIC_URL)
_SCHEMAS = _DOCUMENT["components"]["schemas"]
# The whole body may have 1 MiB; a list of long texts at its limit would be larger than that.
_MOST_CHARACTERS = 200_000
_ID = "0198a4f2-7c1e-7b6a-9d3e-5f2b8c4d1e01"
# Codes of a refusal for size or amount; others (format, an unknown record) are not what is asked here.
_SIZE_CODES = {
    "too_long",
    "string_too_long",
    "less_than_equal",
    "greater_than_equal",
    "less_than",
    "greater_than",
}

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Limit:
    """One stated limit: a value at it, and one beyond."""

    operation: str
    path: Path
    keyword: str
    within: Any
    beyond: Any

    def __str__(self) -> str:
        return f"{self.operation}: {'.'.join(map(str, self.path))} {self.keyword}"


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without reference and without the alternative of null."""
    if "$ref" in schema:
        return _resolved(_SCHEMAS[schema["$ref"].rpartition("/")[2]])
    options = [
        each for each in schema.get("anyOf", []) if each.get("type") != "null" and "required" not in each
    ]
    return _resolved(options[0]) if len(options) == 1 else schema


def _limits(operation: str, path: Path, schema: dict[str, Any], example: Any) -> Iterator[Limit]:
    """The limits of this member and of those inside of it; lists and objects are walked along the example."""
    schema = _resolved(schema)
    longest = schema.get("maxLength")
    if (
        longest is not None
        and longest < _MOST_CHARACTERS
        and "enum" not in schema
        and "pattern" not in schema
    ):
        yield Limit(operation, path, "maxLength", "x" * longest, "x" * (longest + 1))
    for keyword, step in (("maximum", 1), ("minimum", -1)):
        if keyword in schema:
            yield Limit(operation, path, keyword, schema[keyword], schema[keyword] + step)
    if isinstance(example, dict):
        for name, member in schema.get("properties", {}).items():
            yield from _limits(operation, (*path, name), member, example.get(name))
    if isinstance(example, list) and example:
        if "maxItems" in schema:
            most = schema["maxItems"]
            yield Limit(operation, path, "maxItems", [example[0]] * most, [example[0]] * (most + 1))
        yield from _limits(operation, (*path, 0), schema.get("items", {}), example[0])


def _all() -> list[Limit]:
    found: list[Limit] = []
    for name, example in EXAMPLES.items():
        schema = _SCHEMAS[CATALOG[name].takes.__name__]
        found += _limits(name, (), schema, example)
    return found


_LIMITS = _all()


def _with(body: Any, path: Path, value: Any) -> Any:
    changed = deepcopy(body)
    inner = changed
    for step in path[:-1]:
        if isinstance(inner, dict) and step not in inner:
            inner[step] = {}
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def test_limits_are_stated() -> None:
    assert len(_LIMITS) > 100
    assert {limit.keyword for limit in _LIMITS} == {"maxLength", "maximum", "minimum", "maxItems"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("operation", sorted({limit.operation for limit in _LIMITS}))
async def test_what_is_stated_is_taken_and_no_more(rest: RestFace, operation: str) -> None:
    id = {"id": _ID} if "{id}" in CATALOG[operation].rest else {}
    if operation == "update_webhook_endpoint":
        # its address is read once the endpoint is found
        made = await rest.ask("create_webhook_endpoint", **EXAMPLES["create_webhook_endpoint"])
        id = {"id": made["data"]["id"]}
    for limit in (each for each in _LIMITS if each.operation == operation):
        taken = await rest.send(operation, **_with(EXAMPLES[operation], limit.path, limit.within), **id)
        refused = await rest.send(operation, **_with(EXAMPLES[operation], limit.path, limit.beyond), **id)
        about = [
            issue["code"]
            for issue in taken.json().get("issues", [])
            if tuple(issue["path"]) == limit.path and issue["code"] in _SIZE_CODES
        ]
        assert about == [], f"{limit}: the stated limit itself is refused"
        issues = [tuple(issue["path"]) for issue in refused.json().get("issues", [])]
        assert (refused.status_code, limit.path in issues) == (400, True), f"{limit}: {refused.json()}"
