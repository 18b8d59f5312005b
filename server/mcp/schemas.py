"""The schemas of tools: what the models say, made small and readable for a language model."""

from typing import Any

from pydantic import BaseModel

from tools.operation import Effect, Operation
from tools.references import parts, references

AnyOperation = Operation[Any, Any]

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


def input_schema(op: AnyOperation) -> dict[str, Any]:
    """What a caller of the tool fills in. Never a union at the top: some providers refuse those."""
    takes: type[BaseModel] = op.takes
    schema = takes.model_json_schema(by_alias=True)
    properties = {
        name: member for name, member in schema.get("properties", {}).items() if not member.get("x-rest-only")
    }
    clears = op.effect & Effect.updates
    for name, member in properties.items():
        properties[name] = _tidied(member, keep_null=bool(clears))
    for name in references(takes):
        _by_name_too(properties[name])
    shared = schema.get("$defs", {})
    for part in parts(takes).values():
        for name in references(part):
            _by_name_too(shared[part.__name__]["properties"][name])
    if op.sends:
        properties["confirmation_token"] = _TOKEN
    if op.reads:
        properties["detail"] = _DETAIL
    tidy: dict[str, Any] = {"type": "object", "properties": properties}
    if required := schema.get("required"):
        tidy["required"] = required
    if shared:
        tidy["$defs"] = {name: _tidied(part, keep_null=False) for name, part in shared.items()}
    return tidy


def output_schema(model: type[BaseModel]) -> dict[str, Any]:
    """What structured content looks like. Members that may be null may be left out: concise answers do so."""
    schema: dict[str, Any] = _relaxed(model.model_json_schema(by_alias=True, mode="serialization"))
    return schema


def _tidied(schema: Any, *, keep_null: bool) -> Any:
    """Without titles, and without a null that only means "left out"."""
    if isinstance(schema, list):
        return [_tidied(part, keep_null=keep_null) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {
        name: _tidied(part, keep_null=keep_null)
        for name, part in schema.items()
        if not (name == "title" and isinstance(part, str)) and not name.startswith("x-")
    }
    if "anyOf" in tidy and not keep_null:
        others = [part for part in tidy["anyOf"] if part != {"type": "null"}]
        if len(others) == 1 and tidy.get("default") is None:
            tidy.pop("anyOf")
            tidy.pop("default", None)
            return {**others[0], **tidy}
    if tidy.get("default", 0) is None:
        tidy.pop("default")
    return tidy


def _relaxed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_relaxed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {name: _relaxed(part) for name, part in schema.items() if name not in ("title", "description")}
    if "required" in tidy:
        properties = schema.get("properties", {})
        tidy["required"] = [name for name in tidy["required"] if not _nullable(properties.get(name, {}))]
    return tidy


def _nullable(schema: dict[str, Any]) -> bool:
    return {"type": "null"} in schema.get("anyOf", ())


def _by_name_too(schema: dict[str, Any]) -> None:
    """An id that may also be given by name: no format, and a word about it."""
    target = schema.get("items", schema)
    for part in (target, *target.get("anyOf", ())):
        part.pop("format", None)
    said = schema.get("description", "").rstrip(".")
    schema["description"] = f"{said}. The id, or the name when only one matches.".removeprefix(". ")
