"""Where the MCP face is reached: `/mcp`, and `/api/mcp` as the contract has it."""

from typing import Any
from urllib.parse import urlsplit

import orjson
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import INVALID_REQUEST
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from domain.errors import MethodNotAllowed
from server.http.auth import BULK_MOST
from server.http.problem import problem

PATHS = ("/mcp", "/api/mcp")
NEWEST = "2026-07-28"


class McpEndpoint:
    """Hands requests to the SDK; a plain GET gets a small description (contract 9.27)."""

    def __init__(self, manager: StreamableHTTPSessionManager, name: str, version: str, url: str) -> None:
        self._manager = manager
        self._url = url
        self._card = {
            "name": name,
            "version": version,
            "protocolVersion": NEWEST,
            "transport": "streamable-http",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            await self._manager.handle_request(_as_meant(scope), receive, Discreet(send))
        elif scope["method"] == "GET" and b"text/event-stream" not in _header(scope, b"accept"):
            await _send(send, 200, self._card | {"endpoint": self._url + scope["path"]})
        else:
            # there is no session, so there is no stream to open and nothing to end: POST answers everything
            trouble = problem(MethodNotAllowed(hint="Send JSON-RPC by POST; GET describes this endpoint."))
            await _send(send, trouble.status, trouble.body, (b"allow", b"GET, POST"))


class Discreet:
    """Passes answers on. One to a malformed envelope says so, and does not repeat what was sent (contract 9.26)."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 400:
            self._held = message
            return
        if self._held is not None and message["type"] == "http.response.body":
            held, self._held = self._held, None
            if b"Validation error: " in message["body"][:200]:
                await _send(self._send, 400, _WRONG_ENVELOPE)
                return
            await self._send(held)
        await self._send(message)


_WRONG_ENVELOPE = {
    "jsonrpc": "2.0",
    "id": None,
    "error": {"code": INVALID_REQUEST, "message": "Send one JSON-RPC 2.0 request or notification."},
}


def _as_meant(scope: Scope) -> Scope:
    """Header values without the blanks around them (RFC 9110, 5.5), which the server's parser leaves at the end;
    and a client that does not say what it accepts accepts everything.
    """
    headers = [(name, value.strip(b" \t")) for name, value in scope["headers"]]
    if not _header(scope, b"accept"):
        headers.append((b"accept", b"*/*"))
    return {**scope, "headers": headers}


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for known, value in scope["headers"] if known == name), b"")


async def _send(send: Send, status: int, body: Any, *more: tuple[bytes, bytes]) -> None:
    raw = orjson.dumps(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(raw)), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})


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


def mcp_routes(manager: StreamableHTTPSessionManager, name: str, version: str, url: str = "") -> list[Route]:
    """The two addresses; `url` is where the server is reached, for the description."""
    endpoint = McpEndpoint(manager, name, version, url)
    return [Route(path, endpoint) for path in PATHS]
