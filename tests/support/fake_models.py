"""Model providers on loopback: real HTTP servers that imitate /v1/chat/completions and /v1/messages.

Each call takes the next line of a script; what was asked is kept for the test to read. The last line is repeated.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Asked = dict[str, Any]
# What only the order for a turn of an interview says.
ASKS_FOR_A_TURN = "Reply to the candidate's last message."


@dataclass(frozen=True)
class Says:
    """Answers these words, which are no turn and no findings."""

    words: Sequence[str]


@dataclass(frozen=True)
class Calls:
    """Gives the output that this function makes of the request: by calling the tool, or as JSON where a schema is sent.

    Without `by_schema` it refuses requests with a schema, as servers do that have only tools.
    """

    arguments: Callable[[Asked], dict[str, Any]]
    by_schema: bool = True


@dataclass(frozen=True)
class Fails:
    status: int = 503


@dataclass(frozen=True)
class Garbage:
    """Answers 200 with something that is no completion at all."""

    body: str = "<html>502 gateway</html>"


@dataclass(frozen=True)
class Hangs:
    """Takes the request and never answers."""


@dataclass(frozen=True)
class Plays:
    """Holds an interview one way, and finds evidence for a scorecard another way."""

    turns: "Said"
    finds: "Said"


Said = Says | Calls | Fails | Garbage | Hangs
Line = Said | Plays


@dataclass
class FakeProvider:
    """One server that speaks both dialects."""

    script: list[Line]
    asked: list[Asked] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self.chat, methods=["POST"]),
                Route("/v1/messages", self.messages, methods=["POST"]),
            ]
        )

    async def _next(self, request: Request) -> tuple[Said, Asked]:
        body: Asked = await request.json()
        self.asked.append(body)
        self.headers.append(dict(request.headers))
        line = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(line, Plays):
            line = line.turns if ASKS_FOR_A_TURN in json.dumps(body["messages"]) else line.finds
        if isinstance(line, Hangs):
            await self.closing.wait()
        return line, body

    def prompt(self, number: int = -1) -> str:
        """All that a request said, as text."""
        return json.dumps(self.asked[number], ensure_ascii=False)

    # --- OpenAI -------------------------------------------------------------------------------------------

    async def chat(self, request: Request) -> Response:
        line, body = await self._next(request)
        match line:
            case Fails():
                return JSONResponse({"error": {"message": "overloaded"}}, line.status)
            case Garbage():
                return PlainTextResponse(line.body)
            case Says():
                return JSONResponse(_completion({"role": "assistant", "content": "".join(line.words)}))
            case Calls() if not body.get("tools") and not line.by_schema:
                return JSONResponse({"error": {"message": "This response_format is unavailable now"}}, 400)
            case Calls() if not body.get("tools"):
                found = json.dumps(line.arguments(body))
                return JSONResponse(_completion({"role": "assistant", "content": found}))
            case Calls():
                call = {
                    "name": body["tools"][0]["function"]["name"],
                    "arguments": json.dumps(line.arguments(body)),
                }
                tool = {"id": "call_1", "type": "function", "function": call}
                return JSONResponse(
                    _completion({"role": "assistant", "content": None, "tool_calls": [tool]}, "tool_calls")
                )
            case Hangs():
                return PlainTextResponse("", 503)

    # --- Anthropic ----------------------------------------------------------------------------------------

    async def messages(self, request: Request) -> Response:
        line, body = await self._next(request)
        match line:
            case Fails():
                error = {"type": "error", "error": {"type": "overloaded_error", "message": "overloaded"}}
                return JSONResponse(error, line.status)
            case Garbage():
                return PlainTextResponse(line.body)
            case Says():
                return JSONResponse(_message([{"type": "text", "text": "".join(line.words)}], "end_turn"))
            case Calls():
                name = body["tools"][0]["name"]
                use = {"type": "tool_use", "id": "toolu_1", "name": name, "input": line.arguments(body)}
                return JSONResponse(_message([use], "tool_use"))
            case Hangs():
                return PlainTextResponse("", 503)


def _completion(message: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_780_000_000,
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 9, "total_tokens": 19},
    }


def _message(content: list[dict[str, Any]], stop: str | None) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "fake",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 9},
    }


@asynccontextmanager
async def provider(*script: Line) -> AsyncIterator[FakeProvider]:
    """A provider with this script, listening on a free loopback port."""
    fake = FakeProvider(list(script))
    # named TCP, or asyncio leaves small packets waiting for one another
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        fake.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(fake.app(), log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        serving = asyncio.create_task(server._serve([listening]))
        try:
            yield fake
        finally:
            fake.closing.set()
            server.should_exit = True
            await serving
