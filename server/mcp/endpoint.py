"""The HTTP addresses of the MCP face: `/mcp`, and `/api/mcp` as in the contract."""

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
from server.http.auth import MAX_BULK_BODY_BYTES
from server.http.problem import problem_of
from server.mcp.view import BadAddress, View

PATHS = ("/mcp", "/api/mcp")
NEWEST_REVISION = "2026-07-28"


class McpEndpoint:
    """Passes POST requests to the SDK. A plain GET returns a short description of the server (contract 9.27)."""

    def __init__(self, manager: StreamableHTTPSessionManager, name: str, version: str, url: str) -> None:
        self._manager = manager
        self._url = url
        self._card = {
            "name": name,
            "version": version,
            "protocolVersion": NEWEST_REVISION,
            "transport": "streamable-http",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            View.of(scope["query_string"].decode("latin-1"))
        except BadAddress as refused:
            await _send(send, 400, _refusal_of(refused, scope["method"]))
            return
        if scope["method"] == "POST":
            await self._manager.handle_request(_normalized(scope), receive, EnvelopeErrorFilter(send))
        elif scope["method"] == "GET" and b"text/event-stream" not in _header(scope, b"accept"):
            await _send(send, 200, self._card | {"endpoint": self._url + scope["path"]})
        else:
            # The server is stateless: there is no stream to open and no session to end.
            refusal = problem_of(MethodNotAllowed(hint="Send JSON-RPC by POST; GET describes this endpoint."))
            await _send(send, refusal.status, refusal.body, (b"allow", b"GET, POST"))


class EnvelopeErrorFilter:
    """An ASGI `send` that replaces the SDK's answer to a malformed envelope.

    The SDK's answer repeats what was sent; the replacement does not (contract 9.26).
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._withheld: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 400:
            self._withheld = message
            return
        if self._withheld is not None and message["type"] == "http.response.body":
            withheld, self._withheld = self._withheld, None
            if b"Validation error: " in message["body"][:200]:
                await _send(self._send, 400, _BAD_ENVELOPE)
                return
            await self._send(withheld)
        await self._send(message)


_BAD_ENVELOPE = {
    "jsonrpc": "2.0",
    "id": None,
    "error": {"code": INVALID_REQUEST, "message": "Send one JSON-RPC 2.0 request or notification."},
}


def _refusal_of(refused: BadAddress, method: str) -> dict[str, Any]:
    """A refused address: as an error of JSON-RPC where a message was sent, so that clients show its words."""
    body = problem_of(refused).body
    if method != "POST":
        return body
    words = f"{refused.message} {refused.hint}"
    return {"jsonrpc": "2.0", "id": None, "error": {"code": INVALID_REQUEST, "message": words, "data": body}}


def _normalized(scope: Scope) -> Scope:
    """The scope with header values stripped of blanks (RFC 9110, 5.5), and with an Accept header.

    The HTTP parser leaves trailing blanks. A client without an Accept header accepts everything.
    """
    headers = [(name, value.strip(b" \t")) for name, value in scope["headers"]]
    if not _header(scope, b"accept"):
        headers.append((b"accept", b"*/*"))
    return {**scope, "headers": headers}


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for known, value in scope["headers"] if known == name), b"")


async def _send(send: Send, status: int, body: Any, *further: tuple[bytes, bytes]) -> None:
    raw = orjson.dumps(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(raw)), *further]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})


def manager_for(server: Server[Any], url: str, trusted_hosts: str) -> StreamableHTTPSessionManager:
    """A stateless session manager that answers in JSON, and only under this server's own host names."""
    return StreamableHTTPSessionManager(
        app=server,
        json_response=True,
        stateless=True,
        security_settings=security_for(url, trusted_hosts),
        max_request_body_size=MAX_BULK_BODY_BYTES,
    )


def security_for(url: str, trusted_hosts: str) -> TransportSecuritySettings:
    """Protection against DNS rebinding. Allowed are the public host, loopback and the operator's `trusted_hosts`."""
    public = urlsplit(url)
    further = [name.strip() for name in trusted_hosts.split(",") if name.strip()]
    names = {public.hostname or "localhost", "localhost", "127.0.0.1", "[::1]", *further}
    hosts = sorted({public.netloc, *names, *(f"{name}:*" for name in names)})
    origins = sorted({f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts})
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=origins
    )


def mcp_routes(manager: StreamableHTTPSessionManager, name: str, version: str, url: str = "") -> list[Route]:
    """The routes of both addresses. `url` is the public address, for the description."""
    endpoint = McpEndpoint(manager, name, version, url)
    return [Route(path, endpoint) for path in PATHS]
