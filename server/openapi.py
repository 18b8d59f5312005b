"""The OpenAPI 3.1 document, made from the catalog: what REST answers is what this says."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tools.operation import Effect, Operation

AnyOperation = Operation[Any, Any]
Mode = Literal["validation", "serialization"]

_REF = "#/components/schemas/{model}"
_JSON = "application/json"

# Every answer may be one of these; what they mean stands in the shared problem.
_ALWAYS = {
    400: "The request does not have the documented form; `issues` names each field.",
    401: "No key, or one that is malformed, unknown or revoked.",
    403: "The key is valid and may not do this.",
    429: "Too many requests; `Retry-After` says in how many seconds to come back.",
    500: "Something went wrong on the server; the answer holds an incident id.",
    503: "The database did not answer in time; nothing was changed.",
}
_NOT_FOUND = "There is no such thing, or it belongs to another workspace."
_CONFLICT = "What is asked contradicts what already stands."
_BODY = {
    413: "The body is larger than this address accepts.",
    415: "The body is not JSON.",
    422: "The Idempotency-Key was used with another request.",
}

_RATE = {
    "X-RateLimit-Limit": "Calls a minute for this key; 0 means no limit.",
    "X-RateLimit-Remaining": "Calls left now.",
    "X-RateLimit-Reset": "When the allowance is whole again, unix seconds.",
}

_PROBLEM = {
    "type": "object",
    "description": "A refusal: what is the case, and what to do next. Further members are facts about it.",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "code": {"type": "string"},
        "hint": {"type": "string"},
        "issues": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message", "code"],
                "properties": {
                    "path": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


def openapi(catalog: Iterable[AnyOperation], *, version: str, url: str) -> dict[str, Any]:
    """The whole document."""
    operations = list(catalog)
    names, schemas = _schemas(operations)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Viva",
            "version": version,
            "description": "AI interviews over HTTP. The same operations are tools of the MCP server at /mcp. "
            "Routes marked `x-viva-extension` are additions to the public contract.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "security": [{"key": []}, {"bearer": []}],
        "paths": _paths(operations, names),
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "headers": {
                name: {"description": text, "schema": {"type": "integer"}} for name, text in _RATE.items()
            },
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }
    return document


def _schemas(operations: Iterable[AnyOperation]) -> tuple[Mapping[Any, Any], dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], Mode], None] = {}
    for op in operations:
        wanted |= {(op.takes, "validation"): None, (op.gives, "serialization"): None}
    names, shared = models_json_schema(
        list(wanted),
        by_alias=True,
        ref_template=_REF,
    )
    return names, _public(shared.get("$defs", {}))


def _public(schema: Any) -> Any:
    """Without our own notes to the faces."""
    if isinstance(schema, dict):
        return {name: _public(part) for name, part in schema.items() if name != "x-rest-only"}
    return [_public(part) for part in schema] if isinstance(schema, list) else schema


def _paths(operations: Iterable[AnyOperation], names: Mapping[Any, Any]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for op in operations:
        for route in op.routes:
            method, address = route.split(" ", 1)
            path, _, query = address.partition("?")
            described = _operation(op, method.lower(), path, dict(parse_qsl(query)), names)
            known = paths.setdefault(path, {}).get(method.lower())
            paths[path][method.lower()] = described if known is None else _variants(known, described)
    return paths


def _variants(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two operations at one path, told apart by a query parameter: one entry, either body."""
    plain, narrow = (one, other) if not _fixed(one) else (other, one)
    merged = dict(plain)
    merged["parameters"] = [*plain["parameters"], *({**p, "required": False} for p in _fixed(narrow))]
    merged["description"] = f"{plain['description']}\n\nWith the query: {narrow['description']}"
    schemas = [part["requestBody"]["content"][_JSON]["schema"] for part in (plain, narrow)]
    merged["requestBody"] = {"required": True, "content": {_JSON: {"schema": {"anyOf": schemas}}}}
    merged["responses"] = {**narrow["responses"], **plain["responses"]}
    return merged


def _fixed(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in described["parameters"] if "const" in part.get("schema", {})]


def _operation(
    op: AnyOperation, method: str, path: str, fixed: Mapping[str, str], names: Mapping[Any, Any]
) -> dict[str, Any]:
    in_path = set(re.findall(r"{(\w+)}", path))
    described: dict[str, Any] = {
        "operationId": op.name
        if f"{method.upper()} {path}" == op.rest.partition("?")[0]
        else _alias(op, path, method),
        "summary": op.title,
        "description": op.purpose,
        "tags": [path.split("/")[3]],
        "parameters": _parameters(op, method, in_path, fixed),
        "responses": _responses(op, method, names, in_path),
        "x-viva-scope": op.scope.value,
    }
    if op.extension:
        described["x-viva-extension"] = True
    if method in ("post", "put", "patch") and _members(op) - in_path:
        described["requestBody"] = {
            "required": True,
            "content": {_JSON: {"schema": _body(op, names, in_path)}},
        }
    return described


def _alias(op: AnyOperation, path: str, method: str) -> str:
    return f"{op.name}_{method}_{path.rsplit('/', 1)[-1].strip('{}').replace('-', '_')}"


def _members(op: AnyOperation) -> set[str]:
    return {field.alias or name for name, field in op.takes.model_fields.items()}


def _body(op: AnyOperation, names: Mapping[Any, Any], in_path: set[str]) -> dict[str, Any]:
    if not in_path:
        return dict(names[op.takes, "validation"])
    schema: dict[str, Any] = op.takes.model_json_schema(by_alias=True, ref_template=_REF)
    schema.pop("$defs", None)
    schema["properties"] = {k: _public(v) for k, v in schema["properties"].items() if k not in in_path}
    schema["required"] = [name for name in schema.get("required", ()) if name not in in_path]
    if not schema["required"]:
        del schema["required"]
    return schema


def _parameters(
    op: AnyOperation, method: str, in_path: set[str], fixed: Mapping[str, str]
) -> list[dict[str, Any]]:
    schema = op.takes.model_json_schema(by_alias=True, ref_template=_REF)
    properties: dict[str, Any] = schema.get("properties", {})
    # one place only: a path id is always a UUID, whatever else a field may be
    uuid = {"type": "string", "format": "uuid"}
    found = [{"name": name, "in": "path", "required": True, "schema": uuid} for name in sorted(in_path)]
    found += [
        {"name": name, "in": "query", "required": True, "schema": {"const": value}}
        for name, value in fixed.items()
    ]
    if method == "get":
        found += [_query(name, member) for name, member in properties.items() if name not in in_path]
    elif not op.reads:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key with the same request answers what it answered before.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    return found


def _query(name: str, member: dict[str, Any]) -> dict[str, Any]:
    """A query parameter: left out rather than null."""
    schema = {key: part for key, part in _public(member).items() if key not in ("title", "description")}
    if "anyOf" in schema:
        others = [part for part in schema["anyOf"] if part != {"type": "null"}]
        schema = {**others[0], **({"default": schema["default"]} if schema.get("default") else {})}
    found = {"name": name, "in": "query", "required": False, "schema": schema}
    if "description" in member:
        found["description"] = member["description"]
    return found


def _responses(op: AnyOperation, method: str, names: Mapping[Any, Any], in_path: set[str]) -> dict[str, Any]:
    refusals = dict(_ALWAYS)
    if in_path or not op.reads:
        refusals[404] = _NOT_FOUND
    if not op.reads:
        refusals |= {409: _CONFLICT, **_BODY}
    if op.name.startswith("schedule_"):
        refusals[402] = "The workspace has no session credits left."
    refusals |= _ERRAND_REFUSALS if op.go is not None else {}
    answers = {str(status): _success(op, names, status) for status in _statuses(op, method)}
    answers |= {str(status): _refusal(text) for status, text in sorted(refusals.items())}
    return answers


# What an operation that waits for the world may answer besides.
_ERRAND_REFUSALS = {
    408: "It took longer than it may.",
    422: "This combination is not supported.",
    502: "A part of the server that this needs is not available.",
}


def _statuses(op: AnyOperation, method: str) -> list[int]:
    if method == "delete":
        return [204]
    own: int | None = getattr(op.gives, "http_status", None)
    if own is not None:
        return [own]
    if Effect.creates not in op.effect or method != "post":
        return [200]
    return [200, 201] if "idempotent" in op.gives.model_fields else [201]


def _success(op: AnyOperation, names: Mapping[Any, Any], status: int) -> dict[str, Any]:
    if status == 204:
        return {"description": "Done; there is nothing to say.", "headers": _headers()}
    said = {200: "Done.", 201: "Made."}[status]
    if status == 200 and Effect.creates in op.effect and not hasattr(op.gives, "http_status"):
        said = "An earlier call with the same idempotency_key made it."
    return {
        "description": said,
        "headers": _headers(),
        "content": {_JSON: {"schema": names[op.gives, "serialization"]}},
    }


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="Problem")}
    return {"description": text, "headers": _headers(), "content": {_JSON: {"schema": schema}}}


def _headers() -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _RATE}
