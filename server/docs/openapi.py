"""The OpenAPI 3.1 document of the REST face, generated from the catalog."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.docs.openapi_examples import EXAMPLES
from server.docs.openapi_shared import (
    JSON,
    PUBLISHED_AS,
    SCHEMAS,
    TAG_DESCRIPTIONS,
    components,
    parameter,
    rate_headers,
    refusal,
)
from tools.kernel.operation import Effect, Operation
from tools.kernel.shapes import Request

AnyOperation = Operation[Any, Any]
Mode = Literal["validation", "serialization"]
# (request or answer class, mode) → a reference to its schema
Names = Mapping[Any, dict[str, Any]]

_REF = "#/components/schemas/{model}"
_WITH_BODY = ("post", "put", "patch")
_ABOUT = """\
AI interviews over HTTP. The same operations are tools of the MCP server at `/mcp`.

One record is `{"data": {…}}`, a list `{"data": […], "meta": {"page", "pageSize", "total", "totalPages"}}`, a
refusal `{"error", "code", "hint", "issues"?}`. Members are understood in camelCase and in snake_case, and those
nobody knows are ignored. Times are ISO 8601 with an offset, and are answered in UTC. An address that does not know
a method answers 405 and names those it knows in `Allow`. What is tagged `extensions` is an addition to the public
contract."""


def openapi(catalog: Iterable[AnyOperation], *, version: str, url: str) -> dict[str, Any]:
    """The whole document."""
    operations = list(catalog)
    names, schemas = _schemas(operations)
    paths = _paths(operations, names)
    tags = {tag for path in paths.values() for op in path.values() for tag in op["tags"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Viva",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "security": [{"key": []}, {"bearer": []}],
        "tags": [{"name": tag, **_tag_description(tag)} for tag in _sorted_tags(tags)],
        "paths": paths,
        "components": {"schemas": _reachable(paths, {**schemas, **SCHEMAS}), **components()},
    }


def _sorted_tags(tags: set[str]) -> list[str]:
    """In the order of `TAG_DESCRIPTIONS`, then unknown tags by name."""
    order = list(TAG_DESCRIPTIONS)
    return sorted(tags, key=lambda tag: (order.index(tag) if tag in TAG_DESCRIPTIONS else len(order), tag))


def _tag_description(tag: str) -> dict[str, str]:
    return {"description": TAG_DESCRIPTIONS[tag]} if tag in TAG_DESCRIPTIONS else {}


# Schemas ------------------------------------------------------------------------------------------


def _schemas(operations: Iterable[AnyOperation]) -> tuple[Names, dict[str, Any]]:
    """The schemas of all request and answer classes. Path parameters are removed from the bodies."""
    wanted: dict[tuple[type[BaseModel], Mode], None] = {}
    for op in operations:
        wanted |= {(op.takes, "validation"): None, (op.gives, "serialization"): None}
    names, shared = models_json_schema(list(wanted), by_alias=True, ref_template=_REF)
    schemas: dict[str, Any] = _with_published_names(_without_noise(shared.get("$defs", {})))
    names = {key: _with_published_names(reference) for key, reference in names.items()}
    for op in operations:
        body = schemas[_schema_name(names[op.takes, "validation"])]
        if in_path := _in_path(op.rest):
            _remove_members(body, in_path)
        if op.rest.startswith("PATCH ") and Effect.updates in op.effect:
            _state_changes(body, op.takes)
    return names, schemas


def _state_changes(body: dict[str, Any], takes: type[Request]) -> None:
    """Say of a change's body that it may not be empty, and that null cannot clear what creation requires."""
    body.setdefault("minProperties", 1)
    if takes.created_as is None:
        return
    fields = takes.created_as.model_fields
    required = {field.alias or name for name, field in fields.items() if field.is_required()}
    for name in required & body["properties"].keys():
        member = body["properties"][name]
        kinds = [part for part in member.pop("anyOf", ()) if part != {"type": "null"}]
        body["properties"][name] = {**kinds[0], **member} if len(kinds) == 1 else {"anyOf": kinds, **member}


def _with_published_names(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas, or a reference to one, under their published names."""
    text = orjson.dumps(document)
    for current, published in PUBLISHED_AS.items():
        text = text.replace(current.encode(), published.encode())
    return dict(orjson.loads(text))


def _remove_members(schema: dict[str, Any], members: set[str]) -> None:
    schema["properties"] = {k: v for k, v in schema.get("properties", {}).items() if k not in members}
    schema["required"] = [name for name in schema.get("required", ()) if name not in members]
    if not schema["required"]:
        del schema["required"]


def _without_noise(schema: Any) -> Any:
    """The schema without marks for the faces, generated titles and null defaults, and with `documented` limits."""
    if isinstance(schema, list):
        return [_without_noise(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    stated = schema.get("x-openapi", {})
    return {name: _without_noise(part) for name, part in schema.items() if not _is_noise(name, part)} | stated


def _is_noise(name: str, part: Any) -> bool:
    # A member that is itself called `title` or `default` has a schema as its value, not a text or null.
    return (
        name in ("x-rest-only", "x-openapi")
        or (name == "title" and isinstance(part, str))
        or (name == "default" and part is None)
    )


def _schema_name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _reachable(paths: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that the paths refer to, directly or indirectly."""
    reachable = {"Problem", "Issue"}
    pending = list(_schema_names_in(paths))
    while pending:
        if (name := pending.pop()) not in reachable:
            reachable.add(name)
            pending += _schema_names_in(schemas[name])
    return {name: schema for name, schema in schemas.items() if name in reachable}


def _schema_names_in(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/components/schemas/"):
            yield _schema_name(part)
        part = list(part.values())
    if isinstance(part, list):
        for member in part:
            yield from _schema_names_in(member)


# Paths --------------------------------------------------------------------------------------------


def _paths(operations: Iterable[AnyOperation], names: Names) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for op in operations:
        for route in op.routes:
            method, address = route.lower().split(" ", 1)[0], route.split(" ", 1)[1]
            path, _, query = address.partition("?")
            entry = _operation(op, method, path, dict(parse_qsl(query)), names)
            existing = paths.setdefault(path, {}).get(method)
            paths[path][method] = entry if existing is None else _merged(existing, entry)
    return paths


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """One entry for two operations at one path, which differ by a fixed query parameter. Either body is allowed."""
    general, specific = (one, other) if _fixed_parameters(other) else (other, one)
    condition = " and ".join(
        f"`{part['name']}={part['schema']['const']}`" for part in _fixed_parameters(specific)
    )
    contents = [part["requestBody"]["content"][JSON] for part in (general, specific)]
    content = {"schema": {"anyOf": [each["schema"] for each in contents]}}
    if examples := {name: shown for each in contents for name, shown in each.get("examples", {}).items()}:
        content["examples"] = examples
    return {
        **general,
        "description": f"{general['description']}\n\nWith {condition} ({specific['operationId']}): "
        f"{specific['description']}",
        "parameters": [
            *({**part, "required": False} for part in _fixed_parameters(specific)),
            *general["parameters"],
        ],
        "requestBody": {"required": True, "content": {JSON: content}},
        "responses": {**specific["responses"], **general["responses"]},
    }


def _fixed_parameters(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in entry["parameters"] if "const" in part.get("schema", {})]


def _operation(
    op: AnyOperation, method: str, path: str, fixed: Mapping[str, str], names: Names
) -> dict[str, Any]:
    in_path = _in_path(path)
    is_main_route = op.rest.partition("?")[0] == f"{method.upper()} {path}"
    scopes = [op.scope.value]
    entry: dict[str, Any] = {
        "operationId": op.name if is_main_route else _alias(op, path, method),
        "summary": op.title,
        "description": op.purpose,
        "tags": [path.split("/")[3], *(["extensions"] if op.extension else [])],
        "security": [{"key": scopes}, {"bearer": scopes}],
        "parameters": _parameters(op, method, in_path, fixed),
        "responses": _responses(op, method, names, in_path),
        "x-viva-scope": op.scope.value,
    }
    if op.extension:
        entry["x-viva-extension"] = True
    if method in _WITH_BODY and _members(op) - in_path:
        schema = dict(names[op.takes, "validation"])
        examples = {op.name: {"summary": op.title, "value": EXAMPLES[op.name]}} if op.name in EXAMPLES else {}
        entry["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": schema, **({"examples": examples} if examples else {})}},
        }
    return entry


def _alias(op: AnyOperation, path: str, method: str) -> str:
    return f"{op.name}_{method}_{path.rsplit('/', 1)[-1].strip('{}').replace('-', '_')}"


def _in_path(route: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", route))


def _members(op: AnyOperation) -> set[str]:
    return {field.alias or name for name, field in op.takes.model_fields.items()}


# Parameters ---------------------------------------------------------------------------------------


def _parameters(
    op: AnyOperation, method: str, in_path: set[str], fixed: Mapping[str, str]
) -> list[dict[str, Any]]:
    members: dict[str, Any] = op.takes.model_json_schema(by_alias=True, ref_template=_REF)["properties"]
    # A path id is always a UUID, also where the tool's argument may be a name.
    uuid = {"type": "string", "format": "uuid"}
    found = [
        {"name": name, "in": "path", "required": True, **_description_of(members[name]), "schema": uuid}
        for name in sorted(in_path)
    ]
    found += [
        {"name": name, "in": "query", "required": True, "schema": {"type": "string", "const": value}}
        for name, value in fixed.items()
    ]
    if method == "get":
        found += [_query(name, member) for name, member in members.items() if name not in in_path]
    elif not op.reads:
        found.append(parameter("IdempotencyKey"))
    return [*found, parameter("AccountSlug")]


def _query(name: str, member: dict[str, Any]) -> dict[str, Any]:
    """A query parameter. It is left out instead of null."""
    schema = {key: part for key, part in _without_noise(member).items() if key != "description"}
    if "anyOf" in schema:
        kinds = [part for part in schema.pop("anyOf") if part != {"type": "null"}]
        schema |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return {"name": name, "in": "query", "required": False, **_description_of(member), "schema": schema}


def _description_of(member: dict[str, Any]) -> dict[str, str]:
    return {"description": member["description"]} if "description" in member else {}


# Answers ------------------------------------------------------------------------------------------


def _responses(op: AnyOperation, method: str, names: Names, in_path: set[str]) -> dict[str, Any]:
    answers = {str(status): _success(op, names, status) for status in _success_statuses(op, method)}
    return answers | {str(status): refusal(status) for status in sorted(_error_statuses(op, in_path))}


def _error_statuses(op: AnyOperation, in_path: set[str]) -> set[int]:
    """The error statuses that the operation may answer."""
    found = {400, 401, 403, 429, 500, 503}
    if in_path or not op.reads:
        found.add(404)
    if not op.reads:
        found |= {409, 413, 415, 422}
    if Effect.creates | Effect.sends in op.effect:
        found.add(402)
    if op.run_async is not None:
        # It waits for something outside: the sandbox or a model.
        found |= {408, 422, 502}
    return found


def _success_statuses(op: AnyOperation, method: str) -> list[int]:
    """The statuses that `server.http.rest` answers on success."""
    if method == "delete":
        return [204]
    declared: int | None = getattr(op.gives, "http_status", None)
    if declared is not None:
        return [declared]
    if Effect.creates not in op.effect:
        return [200]
    return [200, 201] if "idempotent" in op.gives.model_fields else [201]


def _success(op: AnyOperation, names: Names, status: int) -> dict[str, Any]:
    if status == 204:
        return {"description": "Done; there is nothing to say.", "headers": rate_headers()}
    text = {200: "Done.", 201: "Made."}.get(status, "Accepted.")
    if status == 200 and 201 in _success_statuses(op, "post"):
        text = "An earlier call with the same idempotency_key made it."
    schema = dict(names[op.gives, "serialization"])
    return {"description": text, "headers": rate_headers(), "content": {JSON: {"schema": schema}}}
