"""Documents made from the catalog: the OpenAPI document, a page to read it, llms.txt, the MCP registry's card."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from server.docs.openapi import openapi
from server.mcp.guide import GUIDE
from tools.kernel.operation import Operation

_TEMPLATES = Environment(
    loader=PackageLoader("server", "web/templates"), autoescape=True, undefined=StrictUndefined
)


def _coded(text: str) -> Markup:
    """A sentence with what stands in backquotes as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


_TEMPLATES.filters["coded"] = _coded
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def docs_routes(
    catalog: Iterable[Operation[Any, Any]], *, version: str, url: str
) -> tuple[Route, list[Route]]:
    """The OpenAPI document, which lives among the REST addresses, and the pages; none of them needs a key."""
    operations = tuple(catalog)
    as_json, docs = _documents(operations, version, url)
    home = _TEMPLATES.get_template("home.html").render(version=version, url=url)

    async def described(_request: Request) -> Response:
        return Response(as_json, media_type="application/json")

    async def read(_request: Request) -> Response:
        return HTMLResponse(docs, headers=HEADERS)

    async def welcome(_request: Request) -> Response:
        return HTMLResponse(home, headers=HEADERS)

    async def for_models(_request: Request) -> Response:
        return PlainTextResponse(llms(operations, url))

    async def for_registries(_request: Request) -> Response:
        return JSONResponse(card(version, url))

    return Route("/api/v1/openapi.json", described), [
        Route("/", welcome),
        Route("/docs", read),
        Route("/llms.txt", for_models),
        Route("/server.json", for_registries),
    ]


@lru_cache(maxsize=4)
def _documents(operations: tuple[Operation[Any, Any], ...], version: str, url: str) -> tuple[bytes, str]:
    """The OpenAPI document and the page that shows it; made once, since a quarter of a second goes into it."""
    document = openapi(operations, version=version, url=url)
    docs = _TEMPLATES.get_template("docs.html").render(
        document=document,
        areas=_areas(document),
        titles={tag["name"]: tag.get("description", "") for tag in document["tags"]},
        version=version,
        url=url,
    )
    return orjson.dumps(document, option=orjson.OPT_INDENT_2), docs


def llms(operations: Iterable[Operation[Any, Any]], url: str) -> str:
    """What a model should know before it connects."""
    lines = [
        f"# Viva\n\n> MCP server: {url}/mcp (header x-api-key). REST: {url}/api/v1/openapi.json\n",
        GUIDE,
    ]
    lines += [f"- {op.name}: {op.purpose.splitlines()[0]}" for op in operations]
    return "\n".join(lines) + "\n"


def card(version: str, url: str) -> dict[str, Any]:
    """This server as an MCP registry lists it (`server.json`), named for the host it is reached at."""
    host = urlsplit(url).hostname or "localhost"
    key = {
        "name": "x-api-key",
        "description": "A key to a workspace of this server.",
        "isRequired": True,
        "isSecret": True,
    }
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": f"{'.'.join(reversed(host.split('.')))}/viva",
        "title": "Viva",
        "description": "AI interviews: set up interviewers and pipelines, invite people, read scorecards.",
        "version": version,
        "websiteUrl": url,
        "remotes": [{"type": "streamable-http", "url": f"{url}/mcp", "headers": [key]}],
    }


def _areas(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The document's operations by their first tag, in order of the tags."""
    areas: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            areas[described["tags"][0]].append(_shown(document, path, method, described))
    return {area: operations for area, operations in areas.items() if operations}


def _shown(document: dict[str, Any], path: str, method: str, described: dict[str, Any]) -> dict[str, Any]:
    """One operation with what it refers to put in place."""
    schema = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    bodies = [] if schema is None else schema.get("anyOf", [schema])
    return {
        **described,
        "method": method.upper(),
        "path": path,
        "bodies": [_resolved(document, body) for body in bodies],
        "parameters": [_resolved(document, part) for part in described["parameters"]],
        "answers": {status: _resolved(document, answer) for status, answer in described["responses"].items()},
    }


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a reference refers to, with its name; anything else as it is."""
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    return {"title": name, **document["components"][kind][name]}
