"""Input and output schemas of tools: the schemas of the request and answer classes, made small for language models.

Every conversation pays for every byte. So titles, nulls that only mean "left out", limits that nobody reaches and
definitions that are used once are removed. Arguments hold no definitions at all, since not every vendor follows them.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from tools.kernel.operation import Effect, Operation
from tools.kernel.references import parts, references

AnyOperation = Operation[Any, Any]
Schema = dict[str, Any]

_TOKEN = {
    "type": "string",
    "description": "From the preview that the first call returns; send it with the same arguments to go ahead.",
}
_DETAIL = {
    "type": "string",
    "enum": ["concise", "full"],
    "default": "concise",
    "description": "full also returns empty members and long texts.",
}
_NULL: Schema = {"type": "null"}
_COMMON_KEYWORDS = frozenset(
    {
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
)
_REF = "#/$defs/"
# Limits beyond these only stop abuse. A call that exceeds one is refused and learns of it then.
_LARGE_LENGTH = 1000
_LARGE_NUMBER = 1_000_000
# Citations such as "(contract C2)" are for readers of the source.
_CITATION = re.compile(r"\s*\((?:C\d+|contract)[^)]*\)")


def input_schema(op: AnyOperation) -> Schema:
    """The schema of a tool's arguments. It is never a union at the top, because some providers refuse those."""
    takes: type[BaseModel] = op.takes
    schema = takes.model_json_schema(by_alias=True)
    shared: dict[str, Schema] = schema.get("$defs", {})
    null_clears = Effect.updates in op.effect
    properties = {
        name: _tidy(member, keep_null=null_clears)
        for name, member in schema.get("properties", {}).items()
        if not member.get("x-rest-only")
    }
    shared = {name: _tidy(part, keep_null=False) for name, part in shared.items()}
    for name in references(takes):
        _allow_names(properties[name])
    for part in parts(takes).values():
        for name in references(part):
            _allow_names(shared[part.__name__]["properties"][name])
    if op.may_ask:
        properties["confirmation_token"] = _TOKEN
    if op.reads:
        properties["detail"] = _DETAIL
    result: Schema = {"type": "object", "properties": properties}
    if required := [name for name in schema.get("required", ()) if name in properties]:
        result["required"] = required
    return _common(_replace_references(result, shared, set(shared)))


def _common(schema: Schema) -> Schema:
    """The schema with only what the function calling of every vendor takes: one keyword that an interface does not know
    fails the whole request of a client. What is finer is checked when a tool is called, and said in words.
    """
    result = {keyword: value for keyword, value in schema.items() if keyword in _COMMON_KEYWORDS}
    if result.get("format") != "date-time":
        result.pop("format", None)
    if "exclusiveMinimum" in schema:
        result["minimum"] = schema["exclusiveMinimum"]
    if "properties" in result:
        result["properties"] = {name: _common(member) for name, member in result["properties"].items()}
    if "items" in result:
        result["items"] = _common(result["items"])
        if not _says_type(result["items"]):
            # a list of anything has no common form; as text it is read all the same
            del result["items"]
            description = f"{result.get('description', '')} A list, as JSON text.".strip()
            return {**result, "type": "string", "description": description}
    if "anyOf" in result:
        result |= _one_form([_common(part) for part in result.pop("anyOf")])
    return result


def _one_form(parts: list[Schema]) -> Schema:
    """Of several forms of a value text, else the first; whether it may be null is kept."""
    solid = [part for part in parts if part != _NULL]
    texts = [part for part in solid if part.get("type") == "string"]
    chosen = solid[0] if len(solid) == 1 else {"type": "string"} if texts else solid[0]
    return {"anyOf": [chosen, _NULL]} if len(solid) < len(parts) else chosen


def _says_type(schema: Schema) -> bool:
    return "type" in schema or "anyOf" in schema


def output_schema(model: type[BaseModel]) -> Schema:
    """The schema of a tool's structured content: names and types.

    Concise answers leave out empty members, so no member of a record is required.
    """
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    shared = {name: _types_only(part) for name, part in schema.pop("$defs", {}).items()}
    result = _types_only(schema)
    if required := schema.get("required"):
        result["required"] = required
    return _inline(result, shared)


def _tidy(schema: Schema, *, keep_null: bool) -> Schema:
    """The schema without keywords that tell a caller nothing."""
    result: Schema = {}
    for keyword, value in schema.items():
        if keyword == "properties":
            result[keyword] = {name: _tidy(member, keep_null=False) for name, member in value.items()}
        elif keyword in ("items", "propertyNames"):
            result[keyword] = _tidy(value, keep_null=False)
        elif keyword == "anyOf":
            result[keyword] = [_tidy(member, keep_null=False) for member in value]
        elif not _is_noise(keyword, value):
            result[keyword] = _CITATION.sub("", value) if keyword == "description" else value
    if result.get("default", ...) is None:
        del result["default"]
    return result if keep_null else _without_null(result)


def _is_noise(keyword: str, value: Any) -> bool:
    return (
        keyword == "title"
        or keyword.startswith("x-")
        or (keyword, value) in (("minLength", 1), ("additionalProperties", True))
        or (keyword == "maxLength" and value >= _LARGE_LENGTH)
        or (keyword == "maximum" and value >= _LARGE_NUMBER)
    )


def _without_null(schema: Schema) -> Schema:
    others = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if not others:
        return schema
    rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    return {**others[0], **rest} if len(others) == 1 else {"anyOf": others, **rest}


def _types_only(schema: Schema) -> Schema:
    """The schema with types and names only."""
    result: Schema = {}
    for keyword, value in schema.items():
        if keyword == "properties":
            result[keyword] = {name: _types_only(member) for name, member in value.items()}
        elif keyword in ("type", "$ref"):
            result[keyword] = value
        elif keyword == "items":
            result[keyword] = _types_only(value)
        elif keyword == "anyOf":
            result |= _union([_types_only(member) for member in value])
    return result


def _union(members: list[Schema]) -> Schema:
    """A union. A union of plain types, such as string or null, has a shorter form."""
    if all(member.keys() == {"type"} for member in members):
        return {"type": [member["type"] for member in members]}
    return {"anyOf": members}


def _allow_names(schema: Schema) -> None:
    """Change the schema of an id in place, so that a name is allowed too."""
    target = schema.get("items", schema)
    for part in (target, *target.get("anyOf", ())):
        part.pop("format", None)
    description = schema.get("description", "").rstrip(".")
    schema["description"] = f"{description}. The id, or a whole name that one record has.".removeprefix(". ")


def _inline(schema: Schema, shared: Mapping[str, Schema]) -> Schema:
    """The schema with small definitions and those used once inlined. The others stay in `$defs`."""
    used = Counter(_references([schema, *shared.values()]))
    inlined = {
        name for name in shared if used[name] == 1 or not ({"properties", "enum"} & shared[name].keys())
    }
    result: Schema = _replace_references(schema, shared, inlined)
    kept = {
        name: _replace_references(shared[name], shared, inlined)
        for name in shared
        if name not in inlined and used[name]
    }
    return {**result, "$defs": kept} if kept else result


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(ref := value.get("$ref"), str):
            yield ref.removeprefix(_REF)
        for member in value.values():
            yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)


def _replace_references(value: Any, shared: Mapping[str, Schema], inlined: set[str]) -> Any:
    if isinstance(value, list):
        return [_replace_references(member, shared, inlined) for member in value]
    if not isinstance(value, dict):
        return value
    ref = value.get("$ref")
    if isinstance(ref, str) and (name := ref.removeprefix(_REF)) in inlined:
        part = _replace_references(shared[name], shared, inlined)
        siblings = {keyword: member for keyword, member in value.items() if keyword != "$ref"}
        if "enum" in part:
            part = {keyword: member for keyword, member in part.items() if keyword != "description"}
        return {**part, **siblings}
    return {keyword: _replace_references(member, shared, inlined) for keyword, member in value.items()}
