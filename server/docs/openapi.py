"""The OpenAPI 3.1 document, made from the catalog: what REST answers is what this says."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.docs.openapi_shared import (
    JSON,
    PUBLISHED_AS,
    SCHEMAS,
    TITLES,
    components,
    parameter,
    rate_headers,
    refusal,
)
from tools.kernel.operation import Effect, Operation

AnyOperation = Operation[Any, Any]
Mode = Literal["validation", "serialization"]
# by request or answer class, and by whether it is read or written: a reference to its schema
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
        "tags": [{"name": tag, **_titled(tag)} for tag in _in_order(tags)],
        "paths": paths,
        "components": {"schemas": _reached(paths, {**schemas, **SCHEMAS}), **components()},
    }


def _in_order(tags: set[str]) -> list[str]:
    """As `TITLES` lists them; those that it does not know, after those that it does."""
    known = list(TITLES)
    return sorted(tags, key=lambda tag: (known.index(tag) if tag in TITLES else len(known), tag))


def _titled(tag: str) -> dict[str, str]:
    return {"description": TITLES[tag]} if tag in TITLES else {}


# Schemas ------------------------------------------------------------------------------------------


def _schemas(operations: Iterable[AnyOperation]) -> tuple[Names, dict[str, Any]]:
    """Every model that goes in or out, each once; what the path says is no member of a body."""
    wanted: dict[tuple[type[BaseModel], Mode], None] = {}
    for op in operations:
        wanted |= {(op.takes, "validation"): None, (op.gives, "serialization"): None}
    names, shared = models_json_schema(list(wanted), by_alias=True, ref_template=_REF)
    schemas: dict[str, Any] = _as_published(_plain(shared.get("$defs", {})))
    for op in operations:
        if in_path := _in_path(op.rest):
            _leave_out(schemas[_named(names[op.takes, "validation"])], in_path)
    return names, schemas


def _as_published(schemas: dict[str, Any]) -> dict[str, Any]:
    """The same under the names that clients know: two classes of one name are told apart by their module's path."""
    text = orjson.dumps(schemas)
    for now, published in PUBLISHED_AS.items():
        text = text.replace(now.encode(), published.encode())
    return dict(orjson.loads(text))


def _leave_out(schema: dict[str, Any], members: set[str]) -> None:
    schema["properties"] = {k: v for k, v in schema.get("properties", {}).items() if k not in members}
    schema["required"] = [name for name in schema.get("required", ()) if name not in members]
    if not schema["required"]:
        del schema["required"]


def _plain(schema: Any) -> Any:
    """Without notes to the faces, without titles that only repeat a name, without a null as default."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _plain(part) for name, part in schema.items() if not _noise(name, part)}


def _noise(name: str, part: Any) -> bool:
    # a member called `title` or `default` has a schema, not a text or null
    return (
        name == "x-rest-only"
        or (name == "title" and isinstance(part, str))
        or (name == "default" and part is None)
    )


def _named(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _reached(paths: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that something refers to, however indirectly."""
    reached = {"Problem", "Issue"}
    waiting = list(_referred(paths))
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += _referred(schemas[name])
    return {name: schema for name, schema in schemas.items() if name in reached}


def _referred(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/components/schemas/"):
            yield _named(part)
        part = list(part.values())
    if isinstance(part, list):
        for member in part:
            yield from _referred(member)


# Paths --------------------------------------------------------------------------------------------


def _paths(operations: Iterable[AnyOperation], names: Names) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for op in operations:
        for route in op.routes:
            method, address = route.lower().split(" ", 1)[0], route.split(" ", 1)[1]
            path, _, query = address.partition("?")
            described = _operation(op, method, path, dict(parse_qsl(query)), names)
            known = paths.setdefault(path, {}).get(method)
            paths[path][method] = described if known is None else _variants(known, described)
    return paths


def _variants(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two operations at one path, told apart by a query parameter: one entry, either body."""
    plain, narrow = (one, other) if _fixed(other) else (other, one)
    told = " and ".join(f"`{part['name']}={part['schema']['const']}`" for part in _fixed(narrow))
    schemas = [part["requestBody"]["content"][JSON]["schema"] for part in (plain, narrow)]
    return {
        **plain,
        "description": f"{plain['description']}\n\nWith {told} ({narrow['operationId']}): {narrow['description']}",
        "parameters": [*({**part, "required": False} for part in _fixed(narrow)), *plain["parameters"]],
        "requestBody": {"required": True, "content": {JSON: {"schema": {"anyOf": schemas}}}},
        "responses": {**narrow["responses"], **plain["responses"]},
    }


def _fixed(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in described["parameters"] if "const" in part.get("schema", {})]


def _operation(
    op: AnyOperation, method: str, path: str, fixed: Mapping[str, str], names: Names
) -> dict[str, Any]:
    in_path = _in_path(path)
    documented = op.rest.partition("?")[0] == f"{method.upper()} {path}"
    scopes = [op.scope.value]
    described: dict[str, Any] = {
        "operationId": op.name if documented else _alias(op, path, method),
        "summary": op.title,
        "description": op.purpose,
        "tags": [path.split("/")[3], *(["extensions"] if op.extension else [])],
        "security": [{"key": scopes}, {"bearer": scopes}],
        "parameters": _parameters(op, method, in_path, fixed),
        "responses": _responses(op, method, names, in_path),
        "x-viva-scope": op.scope.value,
    }
    if op.extension:
        described["x-viva-extension"] = True
    if method in _WITH_BODY and _members(op) - in_path:
        schema = dict(names[op.takes, "validation"])
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return described


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
    # one place only: a path id is always a UUID, whatever else a field may be
    uuid = {"type": "string", "format": "uuid"}
    found = [
        {"name": name, "in": "path", "required": True, **_meaning(members[name]), "schema": uuid}
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
    """A query parameter: left out rather than null."""
    schema = {key: part for key, part in _plain(member).items() if key != "description"}
    if "anyOf" in schema:
        kinds = [part for part in schema.pop("anyOf") if part != {"type": "null"}]
        schema |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return {"name": name, "in": "query", "required": False, **_meaning(member), "schema": schema}


def _meaning(member: dict[str, Any]) -> dict[str, str]:
    return {"description": member["description"]} if "description" in member else {}


# Answers ------------------------------------------------------------------------------------------


def _responses(op: AnyOperation, method: str, names: Names, in_path: set[str]) -> dict[str, Any]:
    answers = {str(status): _success(op, names, status) for status in _statuses(op, method)}
    return answers | {str(status): refusal(status) for status in sorted(_refusals(op, in_path))}


def _refusals(op: AnyOperation, in_path: set[str]) -> set[int]:
    """How the operation may refuse."""
    found = {400, 401, 403, 429, 500, 503}
    if in_path or not op.reads:
        found.add(404)
    if not op.reads:
        found |= {409, 413, 415, 422}
    if Effect.creates | Effect.sends in op.effect:
        found.add(402)
    if op.run_async is not None:
        # it waits for the world
        found |= {408, 422, 502}
    return found


def _statuses(op: AnyOperation, method: str) -> list[int]:
    """What `server.http.rest` answers when all is well."""
    if method == "delete":
        return [204]
    own: int | None = getattr(op.gives, "http_status", None)
    if own is not None:
        return [own]
    if Effect.creates not in op.effect:
        return [200]
    return [200, 201] if "idempotent" in op.gives.model_fields else [201]


def _success(op: AnyOperation, names: Names, status: int) -> dict[str, Any]:
    if status == 204:
        return {"description": "Done; there is nothing to say.", "headers": rate_headers()}
    said = {200: "Done.", 201: "Made."}.get(status, "Accepted.")
    if status == 200 and 201 in _statuses(op, "post"):
        said = "An earlier call with the same idempotency_key made it."
    schema = dict(names[op.gives, "serialization"])
    return {"description": said, "headers": rate_headers(), "content": {JSON: {"schema": schema}}}
