"""The schemas of tools: what the models say, made small and readable for a language model.

Every byte here is paid for by every conversation, so what says nothing to a caller goes: titles, nulls that only
mean "left out", limits nobody reaches, definitions that are used once.
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
_REF = "#/$defs/"
# Limits beyond these are there to stop abuse; a refusal tells of them.
_LONG_TEXT = 1000
_GREAT_NUMBER = 1_000_000
# "(contract C2)" is for whoever reads the source beside the contract.
_FOR_READERS = re.compile(r"\s*\((?:C\d+|contract)[^)]*\)")


def input_schema(op: AnyOperation) -> Schema:
    """What a caller of the tool fills in. Never a union at the top: some providers refuse those."""
    takes: type[BaseModel] = op.takes
    schema = takes.model_json_schema(by_alias=True)
    shared: dict[str, Schema] = schema.get("$defs", {})
    clears = Effect.updates in op.effect
    properties = {
        name: _tidied(member, keep_null=clears)
        for name, member in schema.get("properties", {}).items()
        if not member.get("x-rest-only")
    }
    shared = {name: _tidied(part, keep_null=False) for name, part in shared.items()}
    for name in references(takes):
        _by_name_too(properties[name])
    for part in parts(takes).values():
        for name in references(part):
            _by_name_too(shared[part.__name__]["properties"][name])
    if op.sends:
        properties["confirmation_token"] = _TOKEN
    if op.reads:
        properties["detail"] = _DETAIL
    tidy: Schema = {"type": "object", "properties": properties}
    if required := [name for name in schema.get("required", ()) if name in properties]:
        tidy["required"] = required
    return _folded(tidy, shared)


def output_schema(model: type[BaseModel]) -> Schema:
    """What structured content looks like: names and types.

    Concise answers leave out what is empty, so nothing inside a record is required.
    """
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    shared = {name: _short(part) for name, part in schema.pop("$defs", {}).items()}
    short = _short(schema)
    if required := schema.get("required"):
        short["required"] = required
    return _folded(short, shared)


def _tidied(schema: Schema, *, keep_null: bool) -> Schema:
    tidy: Schema = {}
    for word, value in schema.items():
        if word == "properties":
            tidy[word] = {name: _tidied(member, keep_null=False) for name, member in value.items()}
        elif word == "items":
            tidy[word] = _tidied(value, keep_null=False)
        elif word == "anyOf":
            tidy[word] = [_tidied(member, keep_null=False) for member in value]
        elif not _says_nothing(word, value):
            tidy[word] = _FOR_READERS.sub("", value) if word == "description" else value
    if tidy.get("default", ...) is None:
        del tidy["default"]
    return tidy if keep_null else _without_null(tidy)


def _says_nothing(word: str, value: Any) -> bool:
    return (
        word == "title"
        or word.startswith("x-")
        or (word, value) in (("minLength", 1), ("additionalProperties", True))
        or (word == "maxLength" and value >= _LONG_TEXT)
        or (word == "maximum" and value >= _GREAT_NUMBER)
    )


def _without_null(schema: Schema) -> Schema:
    others = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if not others:
        return schema
    rest = {word: value for word, value in schema.items() if word != "anyOf"}
    return {**others[0], **rest} if len(others) == 1 else {"anyOf": others, **rest}


def _short(schema: Schema) -> Schema:
    """Types and names only."""
    kept: Schema = {}
    for word, value in schema.items():
        if word == "properties":
            kept[word] = {name: _short(member) for name, member in value.items()}
        elif word in ("type", "$ref"):
            kept[word] = value
        elif word == "items":
            kept[word] = _short(value)
        elif word == "anyOf":
            kept |= _either([_short(member) for member in value])
    return kept


def _either(members: list[Schema]) -> Schema:
    """A union; one of plain types, such as text or null, in the shorter form."""
    if all(member.keys() == {"type"} for member in members):
        return {"type": [member["type"] for member in members]}
    return {"anyOf": members}


def _by_name_too(schema: Schema) -> None:
    """An id that may also be given by name: no format, and a word about it."""
    target = schema.get("items", schema)
    for part in (target, *target.get("anyOf", ())):
        part.pop("format", None)
    said = schema.get("description", "").rstrip(".")
    schema["description"] = f"{said}. The id, or the name when only one matches.".removeprefix(". ")


def _folded(schema: Schema, shared: Mapping[str, Schema]) -> Schema:
    """With definitions that are plain or used once put where they are used, and the others kept."""
    used = Counter(_references([schema, *shared.values()]))
    inside = {
        name for name in shared if used[name] == 1 or not ({"properties", "enum"} & shared[name].keys())
    }
    folded: Schema = _put_in(schema, shared, inside)
    kept = {
        name: _put_in(shared[name], shared, inside) for name in shared if name not in inside and used[name]
    }
    return {**folded, "$defs": kept} if kept else folded


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(ref := value.get("$ref"), str):
            yield ref.removeprefix(_REF)
        for member in value.values():
            yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)


def _put_in(value: Any, shared: Mapping[str, Schema], inside: set[str]) -> Any:
    if isinstance(value, list):
        return [_put_in(member, shared, inside) for member in value]
    if not isinstance(value, dict):
        return value
    ref = value.get("$ref")
    if isinstance(ref, str) and (name := ref.removeprefix(_REF)) in inside:
        part = _put_in(shared[name], shared, inside)
        beside = {word: member for word, member in value.items() if word != "$ref"}
        if "enum" in part:
            part = {word: member for word, member in part.items() if word != "description"}
        return {**part, **beside}
    return {word: _put_in(member, shared, inside) for word, member in value.items()}
