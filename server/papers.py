"""Documents that are made from the catalog: the OpenAPI document, a page to read it, and llms.txt."""

from collections.abc import Iterable
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from server.mcp.guide import GUIDE
from server.openapi import openapi
from tools.operation import EVERYDAY, Operation

_TEMPLATES = Environment(
    loader=PackageLoader("server", "web/templates"), autoescape=True, undefined=StrictUndefined
)
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def paper_routes(catalog: Iterable[Operation[Any, Any]], *, version: str, url: str) -> list[Route]:
    """`/`, `/docs`, `/llms.txt` and the OpenAPI document; none of them needs a key."""
    operations = list(catalog)
    document = openapi(operations, version=version, url=url)
    as_json = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    home = _TEMPLATES.get_template("home.html").render(version=version, url=url)
    docs = _TEMPLATES.get_template("docs.html").render(
        document=document,
        areas=_areas(document),
        everyday=EVERYDAY,
        version=version,
        url=url,
        json=_json,
        kind=_kind,
    )

    async def described(_request: Request) -> Response:
        return Response(as_json, media_type="application/json")

    async def read(_request: Request) -> Response:
        return HTMLResponse(docs, headers=HEADERS)

    async def welcome(_request: Request) -> Response:
        return HTMLResponse(home, headers=HEADERS)

    async def for_models(_request: Request) -> Response:
        return PlainTextResponse(llms(operations, url))

    return [
        Route("/", welcome),
        Route("/docs", read),
        Route("/llms.txt", for_models),
        Route("/api/v1/openapi.json", described),
    ]


def llms(operations: Iterable[Operation[Any, Any]], url: str) -> str:
    """What a model should know before it connects."""
    lines = [
        f"# Viva\n\n> MCP server: {url}/mcp (header x-api-key). REST: {url}/api/v1/openapi.json\n",
        GUIDE,
    ]
    lines += [f"- {op.name}: {op.purpose.splitlines()[0]}" for op in operations]
    return "\n".join(lines) + "\n"


def _areas(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The document's operations by tag, in order."""
    areas: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            shown = {**described, "method": method.upper(), "path": path, "body": _body(document, described)}
            areas.setdefault(described["tags"][0], []).append(shown)
    return areas


def _body(document: dict[str, Any], described: dict[str, Any]) -> Any:
    """The schema of a request's body, where there is one."""
    body = described.get("requestBody")
    if body is None:
        return None
    schema = body["content"]["application/json"]["schema"]
    return document["components"]["schemas"][_named(schema)] if "$ref" in schema else schema


def _named(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> str:
    """A parameter's type in a word."""
    if "$ref" in schema:
        return _named(schema)
    return str(schema.get("const") or schema.get("format") or schema.get("type") or "any")


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
