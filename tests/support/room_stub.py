"""A test double of the server behind the candidate's page: rooms with a log in memory, over WebSocket, SSE and POST.

It speaks the page's protocol and nothing else; what is asked is a fixed script. Tests drop its lines, swallow its
acknowledgements and look into its logs.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from domain.text.markdown import markdown_tree
from server.pages.room_page import ROOM_HEADERS, gone_state, page_language, render_room
from tests.support.postgres import free_port

Json = dict[str, Any]
Out = TypeVar("Out")

AT = "2026-11-24T10:00:00Z"
TASK: Json = {
    "id": "t1",
    "title": "Sum of a line",
    "prompt": markdown_tree(
        "Read one line of **whole numbers** and print their sum.\n\n- `1 2` gives 3\n- An empty line has the sum 0."
    ),
    "languages": ["python", "javascript", "typescript"],
    "starter": {
        "python": "def solve(line):\n    ...\n",
        "javascript": "function solve(line) {\n}\n",
        "typescript": "function solve(line: string): number {\n}\n",
    },
    "cases": [
        {"name": "two numbers", "input": "1 2", "expected_output": "3"},
        {"name": "empty", "input": "", "expected_output": "0"},
    ],
}
SCRIPT: list[Json] = [
    {"text": "Hello. Tell me about a system you keep running.", "kind": "open", "item": "i1"},
    {"text": "And what did you do when it failed?", "kind": "probe", "item": "i1"},
    {
        "text": "Here is a small task. Run it as often as you like.",
        "kind": "code_task",
        "item": "i2",
        "task": TASK,
    },
    {"text": "Why did you solve it like that?", "kind": "ask", "item": "i3", "about": "t1"},
    {"text": "Thank you. What would you do differently next time?", "kind": "ask", "item": "i4"},
    {"text": "Thank you for your time. That is all.", "kind": "close", "item": "end"},
]
_LIMIT = 16 * 1024


@dataclass
class Room:
    """One session: its log is the truth, whatever happens to the lines."""

    facts: Json = field(default_factory=dict)
    phase: str = "lobby"
    log: list[Json] = field(default_factory=list)
    seqs: dict[str, int] = field(default_factory=dict)
    received: list[Json] = field(default_factory=list)
    lines: dict[str, WebSocket] = field(default_factory=dict)
    asked: int = 0
    sockets: bool = True  # False: something on the way breaks WebSockets
    acks: bool = True  # False: the line drops after storing and before acknowledging
    held: bool = False  # True: the interviewer's turns stay half said
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, kind: str) -> list[Any]:
        return [event["body"] for event in self.log if event["type"] == kind]

    def state(self) -> Json:
        return {
            "phase": self.phase,
            "language": "en",
            "languages": ["en", "de"],
            "workspace": "Grace & Söhne",
            "contact": "grace@example.com",
            "candidate": "Ada",
            "role": "Backend engineer",
            "stage": "Technical interview",
            "duration_minutes": 30,
            "extra_minutes": 10,
            "timed": True,
            "mode": "live_ai_interview",
            "scheduled_at": AT,
            "timezone": "Europe/Berlin",
            "interviewer": "Nora",
            "ai_notice": {"method": "rules"},
            "consent": {
                "version": "2026-11",
                "given": bool(self.of("consent")),
                "model": None,
                "moves_on": False,
            },
            "left_seconds": 2400 if self.phase == "interview" else None,
            "paused": False,
            "last_seq": len(self.log),
            "code_languages": ["python", "javascript", "typescript"],
            "ended": self.of("ended")[0] if self.of("ended") else None,
            "feedback": {"due": False, "lines": None},
            **self.facts,
        }

    def append(self, kind: str, body: Mapping[str, Any]) -> int:
        self.log.append({"seq": len(self.log) + 1, "type": kind, "at": AT, "body": dict(body)})
        self.grown.set()
        self.grown = asyncio.Event()
        return len(self.log)

    def take(self, message: Json) -> Json:
        """Store a message once; the frame that answers it."""
        self.received.append(message)
        client_id, body = message["client_id"], message["body"]
        kind: str = message["type"]
        if client_id in self.seqs:
            return _ack(client_id, self.seqs[client_id], duplicate=True)
        if len(body.get("text", "").encode()) > _LIMIT:
            return _refusal(client_id, "too_long", "Shorten it.")
        if kind == "answer" and body["text"] == "/refuse":
            return _refusal(client_id, "too_many", "Wait a little.")
        self.seqs[client_id] = self.append(_STORED_AS.get(kind, kind), body)
        return _ack(client_id, self.seqs[client_id], duplicate=False)

    async def react(self, message: Json) -> None:
        """What the interviewer makes of a message that was new."""
        kind, body = message["type"], message["body"]
        if kind == "consent":
            self.phase = "practice"
        elif kind == "practice":
            self.append("practice_reply", {"text": "That arrived well. This is how my questions will look."})
        elif kind == "begin":
            self.phase = "interview"
            await self.say()
        elif kind == "answer" and self.asked != _TASK_TURN:
            await self.say()
        elif kind == "code_run":
            self.append(
                "code_result", {"task": body["task"], "submitted": False, "run": run_of(body["code"])}
            )
        elif kind == "code_submit":
            self.append("code_result", {"task": body["task"], "submitted": True, "run": run_of(body["code"])})
            await self.say()
        elif kind == "leave":
            self.end("left")

    async def say(self) -> None:
        turn = SCRIPT[self.asked]
        await self.tell({"type": "thinking"})
        if self.held:
            return
        self.asked += 1
        self.append("interviewer", turn)
        await self.tell({"type": "clock", "body": {"left_seconds": 2390 - 300 * self.asked, "paused": False}})
        if self.asked == len(SCRIPT):
            self.end("completed")

    def end(self, reason: str) -> None:
        self.phase = "ended"
        self.append("ended", {"reason": reason})

    async def tell(self, frame: Json) -> None:
        for line in list(self.lines.values()):
            await line.send_text(orjson.dumps(frame).decode())

    async def drop(self) -> None:
        """Every line breaks."""
        for line in list(self.lines.values()):
            await line.close(1011)

    async def feed(self, after: int) -> AsyncIterator[Json]:
        while True:
            grown = self.grown
            for event in self.log[after:]:
                after = event["seq"]
                yield event
            if len(self.log) == after:
                await grown.wait()


_STORED_AS = {"begin": "begun", "code_submit": "code_submitted"}
_TASK_TURN = 3


def run_of(code: str) -> Json:
    """What a sandbox would say: code that sums passes, anything else fails."""
    if "syntax!" in code:
        error = {"line": 1, "column": 7, "message": "unexpected '!'"}
        return {"status": "compile_error", "cases": [], "compile_error": error}
    good = "sum" in code
    status = "passed" if good else "failed"
    cases: list[Json] = [
        {"name": case["name"], "status": status, "hidden": False, "duration_ms": 12.4}
        | ({} if good else {"actual_output": "<b>None</b>", "expected_output": case["expected_output"]})
        for case in TASK["cases"]
    ]
    cases.append({"name": "large", "status": status, "hidden": True, "duration_ms": 40})
    return {"status": status, "cases": cases, "stdout": "debug line\n"}


def _ack(client_id: str, seq: int, *, duplicate: bool) -> Json:
    return {"type": "ack", "client_id": client_id, "seq": seq, "duplicate": duplicate}


def _refusal(client_id: str, code: str, hint: str) -> Json:
    body = {"error": "This message was not taken.", "code": code, "hint": hint}
    return {"type": "refused", "client_id": client_id, "body": body}


class RoomStub:
    """The server, in a thread of its own: the browser is driven from the test's thread."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app(),
                host="127.0.0.1",
                port=self.port,
                log_level="error",
                ws="websockets-sansio",
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._live)

    def __enter__(self) -> "RoomStub":
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(20)

    def open(self, secret: str, **facts: Any) -> Room:
        self.rooms[secret] = Room(facts)
        return self.rooms[secret]

    def do(self, deed: Coroutine[Any, Any, Out]) -> Out:
        """Run something in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(10)

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._server.serve())

    def _app(self) -> Starlette:
        @contextlib.asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            self._ready.set()
            yield

        return Starlette(
            routes=[
                Route("/join/{secret}", self._page),
                Route("/join/{secret}/state", self._state),
                Route("/join/{secret}/messages", self._post, methods=["POST"]),
                Route("/join/{secret}/events", self._events),
                WebSocketRoute("/join/{secret}/ws", self._socket),
                Mount("/static", StaticFiles(packages=[("server", "web/static")])),
            ],
            lifespan=lifespan,
        )

    def _room(self, request: Request | WebSocket) -> Room | None:
        return self.rooms.get(request.path_params["secret"])

    async def _page(self, request: Request) -> Response:
        room = self._room(request)
        if room is None:
            return HTMLResponse(render_room(gone_state(), "en"), 404, headers=dict(ROOM_HEADERS))
        state = room.state()
        state["language"] = page_language(state, request.query_params.get("language"))
        return HTMLResponse(render_room(state, state["language"]), headers=dict(ROOM_HEADERS))

    async def _state(self, request: Request) -> Response:
        room = self._room(request)
        return JSONResponse(room.state() if room else gone_state(), 200 if room else 404)

    async def _post(self, request: Request) -> Response:
        room = self._room(request)
        assert room is not None
        message = await request.json()
        if message["type"] == "typing":
            return JSONResponse({"seq": 0, "duplicate": False})
        answer = room.take(message)
        if answer["type"] == "refused":
            return JSONResponse(answer["body"], 413)
        if not answer["duplicate"]:
            await room.react(message)
        return JSONResponse({"seq": answer["seq"], "duplicate": answer["duplicate"]})

    async def _events(self, request: Request) -> Response:
        room = self._room(request)
        assert room is not None

        async def written() -> AsyncIterator[bytes]:
            yield b": hello\n\n"
            async for event in room.feed(int(request.query_params["after"])):
                yield b"id: %d\ndata: %b\n\n" % (event["seq"], orjson.dumps(event))

        return StreamingResponse(
            written(), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def _socket(self, line: WebSocket) -> None:
        room = self._room(line)
        if room is None or not room.sockets:
            await line.close()
            return
        await line.accept()
        await _take_over(room, line)
        writer = asyncio.create_task(_write(room, line))
        try:
            await _read(room, line)
        except WebSocketDisconnect:
            pass
        finally:
            writer.cancel()
            tab = line.query_params["tab"]
            if room.lines.get(tab) is line:
                del room.lines[tab]


async def _take_over(room: Room, line: WebSocket) -> None:
    """The newest tab is the active one."""
    for tab, older in list(room.lines.items()):
        if tab != line.query_params["tab"]:
            del room.lines[tab]
            await older.send_text('{"type":"superseded"}')
            await older.close()
    room.lines[line.query_params["tab"]] = line


async def _write(room: Room, line: WebSocket) -> None:
    async for event in room.feed(int(line.query_params["after"])):
        await line.send_text(orjson.dumps(event).decode())


async def _read(room: Room, line: WebSocket) -> None:
    await line.send_text('{"type":"ping"}')
    while True:
        message = orjson.loads(await line.receive_text())
        if message["type"] in ("pong", "typing"):
            continue
        answer = room.take(message)
        if not room.acks:
            await line.close(1011)
            return
        await line.send_text(orjson.dumps(answer).decode())
        if answer["type"] == "ack" and not answer["duplicate"]:
            await room.react(message)
