"""Asks over MCP as an assistant would: the official client, over HTTP, in process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, Protocol

import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.applications import Starlette

from domain import errors
from server.http.rest import status_of
from tests.support.house import PUBLIC_URL
from tools.catalog import CATALOG
from tools.kernel.operation import Effect

Era = Literal["auto", "legacy"]

STATUS = {
    cls.code: cls.status
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, errors.VivaError)
}


class Reply:
    """An answer in the form that tests of the REST face know."""

    def __init__(self, status_code: int, body: dict[str, Any]) -> None:
        self.status_code = status_code
        self._body = body

    def json(self) -> dict[str, Any]:
        return self._body


class McpFace:
    """The same questions as `tests.support.house.RestFace`, over the SDK's client."""

    name = "mcp"

    def __init__(self, app: Starlette, key: str, mode: Era = "auto") -> None:
        self.app = app
        self.key = key
        self.mode: Era = mode

    @asynccontextmanager
    async def client(
        self, key: str | None = None, query: str = "toolsets=all", **options: Any
    ) -> AsyncIterator[Client]:
        """A connected client with a key."""
        transport = httpx2.ASGITransport(app=self.app)
        headers = {"x-api-key": key or self.key}
        async with httpx2.AsyncClient(transport=transport, headers=headers) as http:
            channel = streamable_http_client(f"{PUBLIC_URL}/mcp?{query}", http_client=http)
            async with Client(channel, mode=self.mode, **options) as client:
                yield client

    async def ask(self, operation: str, key: str | None = None, **args: Any) -> dict[str, Any]:
        """The answer's structured content; of an operation that sends, the answer of the confirmed call."""
        return (await self.send(operation, key, **args)).json()

    async def send(self, operation: str, key: str | None = None, **args: Any) -> Reply:
        op = CATALOG[operation]
        if op.reads:
            args["detail"] = "full"
        async with self.client(key) as client:
            result = await _called(client, operation, args)
            if op.sends and not result.is_error:
                assert result.structured_content is not None
                token = result.structured_content["confirmation_token"]
                result = await _called(client, operation, {**args, "confirmation_token": token})
        body = dict(result.structured_content or {})
        if result.is_error:
            return Reply(STATUS.get(body.get("code", ""), 500), body)
        if op.rest.startswith("DELETE"):
            return Reply(204, body)
        return Reply(
            status_of(op, op.gives.model_validate(body)) if Effect.creates in op.effect else 200, body
        )


async def _called(client: Client, name: str, args: dict[str, Any]) -> types.CallToolResult:
    result = await client.call_tool(name, args)
    assert isinstance(result, types.CallToolResult)
    return result


class Answered(Protocol):
    """As much of an answer as tests of both faces look at."""

    @property
    def status_code(self) -> int: ...

    def json(self) -> Any: ...


class Face(Protocol):
    """Whoever can be asked."""

    @property
    def name(self) -> str: ...

    async def ask(self, operation: str, key: str | None = None, **args: Any) -> dict[str, Any]: ...

    async def send(self, operation: str, key: str | None = None, **args: Any) -> Answered: ...


class RemoteFace(McpFace):
    """The same over a socket, against a server in a process of its own."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key
        self.mode = "auto"

    @asynccontextmanager
    async def client(
        self, key: str | None = None, query: str = "toolsets=all", **options: Any
    ) -> AsyncIterator[Client]:
        async with httpx2.AsyncClient(headers={"x-api-key": key or self.key}) as http:
            channel = streamable_http_client(f"{self.url}/mcp?{query}", http_client=http)
            async with Client(channel, mode=self.mode, **options) as client:
                yield client
