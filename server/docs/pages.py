"""The documents that the server publishes: OpenAPI and a page to read it, llms.txt, server.json, the home page."""

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


def _format_code(text: str) -> Markup:
    """A sentence as HTML, with what stands in backquotes as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


_TEMPLATES.filters["coded"] = _format_code
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
    """The route of the OpenAPI document, which lies below the REST base, and those of the pages. None needs a key."""
    operations = tuple(catalog)
    document_bytes, page = _documents(operations, version, url)
    home = _TEMPLATES.get_template("home.html").render(version=version, url=url)

    async def openapi_json(_request: Request) -> Response:
        return Response(document_bytes, media_type="application/json")

    async def docs_page(_request: Request) -> Response:
        return HTMLResponse(page, headers=HEADERS)

    async def home_page(_request: Request) -> Response:
        return HTMLResponse(home, headers=HEADERS)

    async def llms_txt(_request: Request) -> Response:
        return PlainTextResponse(llms_text(operations, url))

    async def server_json(_request: Request) -> Response:
        return JSONResponse(registry_card(version, url))

    return Route("/api/v1/openapi.json", openapi_json), [
        Route("/", home_page),
        Route("/docs", docs_page),
        Route("/llms.txt", llms_txt),
        Route("/server.json", server_json),
    ]


@lru_cache(maxsize=4)
def _documents(operations: tuple[Operation[Any, Any], ...], version: str, url: str) -> tuple[bytes, str]:
    """The OpenAPI document and the page that shows it. Cached, because building them takes a quarter of a second."""
    document = openapi(operations, version=version, url=url)
    page = _TEMPLATES.get_template("docs.html").render(
        document=document,
        areas=_operations_by_tag(document),
        titles={tag["name"]: tag.get("description", "") for tag in document["tags"]},
        version=version,
        url=url,
    )
    return orjson.dumps(document, option=orjson.OPT_INDENT_2), page


def llms_text(operations: Iterable[Operation[Any, Any]], url: str) -> str:
    """The text of llms.txt: what a model should know before it connects."""
    lines = [
        f"# Viva\n\n> MCP server: {url}/mcp (header x-api-key). REST: {url}/api/v1/openapi.json\n",
        GUIDE,
    ]
    lines += [f"- {op.name}: {op.purpose.splitlines()[0]}" for op in operations]
    return "\n".join(lines) + "\n"


def registry_card(version: str, url: str) -> dict[str, Any]:
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


def _operations_by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The document's operations by their first tag, in the order of the tags. Tags without operations are left out."""
    by_tag: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            by_tag[entry["tags"][0]].append(_operation_view(document, path, method, entry))
    return {tag: operations for tag, operations in by_tag.items() if operations}


def _operation_view(
    document: dict[str, Any], path: str, method: str, entry: dict[str, Any]
) -> dict[str, Any]:
    """One operation for the page's template, with references resolved."""
    schema = entry.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    bodies = [] if schema is None else schema.get("anyOf", [schema])
    return {
        **entry,
        "method": method.upper(),
        "path": path,
        "bodies": [_resolve(document, body) for body in bodies],
        "parameters": [_resolve(document, part) for part in entry["parameters"]],
        "answers": {status: _resolve(document, answer) for status, answer in entry["responses"].items()},
    }


def _resolve(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """The target of a reference, with its name as title. Anything else is returned as it is."""
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    return {"title": name, **document["components"][kind][name]}
