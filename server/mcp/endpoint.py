"""Where the MCP face is reached: `/mcp`, and `/api/mcp` as the contract has it."""

from typing import Any
from urllib.parse import urlsplit

import orjson
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.auth import BULK_MOST

PATHS = ("/mcp", "/api/mcp")
NEWEST = "2026-07-28"


class McpEndpoint:
    """Hands requests to the SDK; a plain GET gets a small description (contract 9.27)."""

    def __init__(self, manager: StreamableHTTPSessionManager, name: str, version: str) -> None:
        self._manager = manager
        self._card = {
            "name": name,
            "version": version,
            "protocolVersion": NEWEST,
            "transport": "streamable-http",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await self._described(scope, send)
            return
        await self._manager.handle_request(scope, receive, send)

    async def _described(self, scope: Scope, send: Send) -> None:
        accepts = dict(scope["headers"]).get(b"accept", b"")
        status, body = 200, orjson.dumps(self._card | {"endpoint": scope["path"]})
        if b"text/event-stream" in accepts:
            # there is no stream without a session; POST answers everything
            status = 405
            body = orjson.dumps({"error": "This endpoint answers POST only.", "code": "method_not_allowed"})
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        if status == 405:
            headers.append((b"allow", b"POST"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def manager_for(server: Server[Any], url: str, trusted_hosts: str) -> StreamableHTTPSessionManager:
    """A stateless manager that answers in JSON, and only under the names this server is known by."""
    return StreamableHTTPSessionManager(
        app=server,
        json_response=True,
        stateless=True,
        security_settings=security_for(url, trusted_hosts),
        max_request_body_size=BULK_MOST,
    )


def security_for(url: str, trusted_hosts: str) -> TransportSecuritySettings:
    """Protection against DNS rebinding: our own name, loopback, and what the operator adds."""
    own = urlsplit(url)
    more = [name.strip() for name in trusted_hosts.split(",") if name.strip()]
    names = {own.hostname or "localhost", "localhost", "127.0.0.1", "[::1]", *more}
    hosts = sorted({own.netloc, *names, *(f"{name}:*" for name in names)})
    origins = sorted({f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts})
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=origins
    )


def mcp_routes(manager: StreamableHTTPSessionManager, name: str, version: str) -> list[Route]:
    endpoint = McpEndpoint(manager, name, version)
    return [Route(path, endpoint) for path in PATHS]
