"""Asks over MCP as an assistant would: the official client, over HTTP, in process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.applications import Starlette

from domain import errors, json_codec
from server.http.rest import status_of
from server.mcp.schemas import output_schema
from tests.support.app import PUBLIC_URL
from tests.support.faces import Face
from tools.catalog import CATALOG
from tools.kernel.operation import Effect

Era = Literal["auto", "legacy"]

STATUS = {
    cls.code: cls.status
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, errors.VivaError)
}


def refusal_in(result: object) -> dict[str, Any]:
    """The body of a refused call: it stands in the text, for an error has no structured content."""
    assert isinstance(result, types.CallToolResult)
    assert result.is_error
    assert result.structured_content is None, "clients hold structured content against the tool's schema"
    block, words = result.content
    assert isinstance(block, types.TextContent)
    assert isinstance(words, types.TextContent)
    assert words.text
    body: dict[str, Any] = json_codec.loads(block.text)
    return body


class Reply:
    """An answer in the form that tests of the REST face know."""

    def __init__(self, status_code: int, body: dict[str, Any]) -> None:
        self.status_code = status_code
        self._body = body

    @property
    def content(self) -> bytes:
        return json_codec.dumps(self._body)

    def json(self) -> dict[str, Any]:
        return self._body


class McpFace(Face):
    """The same questions as `tests.support.rest_face.RestFace`, over the SDK's client."""

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

    async def send(self, operation: str, key: str | None = None, **args: Any) -> Reply:
        """The response; of a call that must be confirmed, the response to the confirmed one."""
        first = await self.send_once(operation, key, **args)
        if "confirmation_token" not in first.json():
            return first
        token = first.json()["confirmation_token"]
        return await self.send_once(operation, key, **args, confirmation_token=token)

    async def send_once(self, operation: str, key: str | None = None, **args: Any) -> Reply:
        """The response to this one call: a preview, where it must be confirmed and got no token."""
        op = CATALOG[operation]
        if op.reads:
            args["detail"] = "full"
        async with self.client(key) as client:
            result = await client.call_tool(operation, args)
        assert isinstance(result, types.CallToolResult)
        if result.is_error:
            body = refusal_in(result)
            return Reply(STATUS.get(body.get("code", ""), 500), body)
        body = dict(result.structured_content or {})
        if "confirmation_required" in body:
            return Reply(200, body)
        if op.rest.startswith("DELETE"):
            return Reply(204, body)
        return Reply(
            status_of(op, op.gives.model_validate(body)) if Effect.creates in op.effect else 200, body
        )

    def schema_of(self, operation: str) -> dict[str, Any]:
        """What the tool publishes. The SDK's client checks that too, but not for the tools that send something:
        these publish nothing, for their first answer is a preview.
        """
        return output_schema(CATALOG[operation].gives)


class RemoteMcpFace(McpFace):
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
