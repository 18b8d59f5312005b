"""The schemas that tools announce: only what the function calling of every vendor takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from server.mcp.schemas import input_schema
from server.mcp.tools import Toolbox
from tools.catalog import CATALOG
from tools.kernel.operation import Operation

KEYWORDS = {
    "type",
    "properties",
    "required",
    "items",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "description",
    "default",
    "anyOf",
    "format",
}
TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}


def parts(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and every schema inside it, each with where it stands."""
    yield path, schema
    for name, member in schema.get("properties", {}).items():
        yield from parts(member, f"{path}.{name}")
    if "items" in schema:
        yield from parts(schema["items"], f"{path}[]")
    for part in schema.get("anyOf", ()):
        yield from parts(part, f"{path}|")


@pytest.mark.parametrize("op", CATALOG.values(), ids=CATALOG)
def test_a_schema_says_only_what_every_vendor_takes(op: Operation[Any, Any]) -> None:
    announced = input_schema(op)
    assert announced["type"] == "object"
    assert "anyOf" not in announced
    for path, schema in parts(announced, op.name):
        assert schema.keys() <= KEYWORDS, path
        assert schema.get("format", "date-time") == "date-time", path
        assert schema.get("type", "string") in TYPES, path
        if schema.get("type") == "array":
            assert schema["items"].keys() & {"type", "anyOf"}, path
        if "anyOf" in schema:
            assert len(schema["anyOf"]) == 2, path
            assert {"type": "null"} in schema["anyOf"], path
        assert set(schema.get("required", ())) <= schema.get("properties", {}).keys(), path


@pytest.mark.parametrize("name", CATALOG)
def test_names_of_tools_and_arguments_are_short_plain_words(name: str) -> None:
    assert len(name) <= 26
    for argument in input_schema(CATALOG[name])["properties"]:
        assert argument.isidentifier()
        assert len(argument) <= 64


def test_what_is_announced_is_what_is_listed() -> None:
    listed = {tool.name: tool.input_schema for tool in Toolbox(CATALOG).all_tools}
    assert listed == {name: input_schema(op) for name, op in CATALOG.items()}


def test_what_is_finer_than_a_schema_says_is_told_in_its_words() -> None:
    rubric = input_schema(CATALOG["create_agent_profile"])["properties"]["evaluationDimensions"]
    weight = rubric["items"]["properties"]["weight"]
    assert (weight["minimum"], weight["maximum"]) == (0, 100)
    case = input_schema(CATALOG["run_code"])["properties"]["test_cases"]["items"]["properties"]
    assert case["args"]["type"] == "string"
    assert "JSON text" in case["args"]["description"]
