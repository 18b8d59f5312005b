"""What our numbers are compared with, in the same run: the least that could do the same job.

`raw`: a Starlette route over raw sqlite3 that answers the very same JSON: one row, or one insert and commit a
request, without key, tenant, validation, counters, ledger, audit log or mail. `keyed`: the same with a look-up of
the caller's key. `bare`: a Starlette route without a database. `mcp`: the SDK alone with a tool that does nothing.
`lines`: WebSockets that answer each message after one insert and commit.
"""

import argparse
import hmac
import resource
import sqlite3
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import mcp_types as types
import orjson
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

_IDS = ("id", "interview_id", "candidate_id", "evaluation_template_id", "agent_profile_id")
_MOMENTS = ("scheduled_at", "started_at", "ended_at", "created_at", "updated_at")
_PLAIN = (
    *("status", "stage", "external_id", "session_mode", "timezone", "language", "duration_minutes", "notes"),
    *("invite_status", "idempotency_key", "score", "score_scale", "recommendation", "summary"),
)
_DOCUMENTS = ("authenticity_signals", "evaluation_breakdown")
_SHOWN = (*_IDS, *_MOMENTS, *_PLAIN, *_DOCUMENTS, "passed")


def _dashed(text: str | None) -> str | None:
    return text and f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _stamp(text: str | None) -> str | None:
    return text and f"{text[:10]}T{text[11:19]}Z"


def _shown(row: Any) -> dict[str, Any]:
    """A session as Viva answers it, by hand."""
    shown = dict(zip(_SHOWN, row, strict=True))
    tag = hmac.digest(b"k" * 32, shown["id"].encode(), "sha256")[:20]
    shown["join_url"] = (
        f"http://localhost/join/{urlsafe_b64encode(bytes.fromhex(shown['id']) + tag).decode()}"
    )
    for name in _IDS:
        shown[name] = _dashed(shown[name])
    for name in _MOMENTS:
        shown[name] = _stamp(shown[name])
    for name in _DOCUMENTS:
        shown[name] = shown[name] and orjson.loads(shown[name])
    shown["passed"] = None if shown["passed"] is None else bool(shown["passed"])
    shown["transcript_url"] = shown["recording_url"] = shown["transcript"] = None
    shown["help_requests"] = shown["report_url"] = None
    return shown


def raw(database: str, *, keyed: bool) -> Starlette:
    """Reads and writes the very table that Viva uses, in a copy of its file."""
    db = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    columns = [row[1] for row in db.execute("PRAGMA table_info(sessions)")]
    sample = db.execute("SELECT * FROM sessions LIMIT 1").fetchone()
    select = f"SELECT {', '.join(_SHOWN)} FROM sessions WHERE id = ?"
    insert = f"INSERT INTO sessions VALUES ({','.join('?' * len(columns))})"
    known = "SELECT workspace_id, scopes FROM api_keys WHERE digest = ? AND revoked_at IS NULL"

    def answer(row: Any, **more: Any) -> Response:
        return Response(orjson.dumps({"data": _shown(row), **more}), media_type="application/json")

    def admitted(request: Request) -> bool:
        if not keyed:
            return True
        digest = hmac.digest(b"k" * 32, request.headers["x-api-key"].encode(), "sha256").hex()
        # the key is not in the copy under this digest: looking for it is what costs
        return db.execute(known, (digest,)).fetchone() is None

    async def one(request: Request) -> Response:
        assert admitted(request)
        id_ = request.path_params["id"].replace("-", "")
        return answer(db.execute(select, (id_,)).fetchone())

    async def make(request: Request) -> Response:
        orjson.loads(await request.body())
        row = list(sample)
        row[columns.index("id")] = uuid.uuid4().hex
        row[columns.index("forced")] = 1
        db.execute(insert, row)
        made = dict(zip(columns, row, strict=True))
        return answer([made[name] for name in _SHOWN], idempotent=False)

    return Starlette(routes=[Route("/sessions/{id}", one), Route("/sessions", make, methods=["POST"])])


def bare() -> Starlette:
    async def nothing(request: Request) -> Response:
        return Response(
            orjson.dumps({"data": {"id": request.path_params["id"]}}), media_type="application/json"
        )

    return Starlette(routes=[Route("/sessions/{id}", nothing)])


def lines(database: str) -> Starlette:
    """Keeps what it hears, and says so: the least that an interview over a WebSocket needs."""
    db = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE IF NOT EXISTS said (id TEXT PRIMARY KEY, body TEXT)")

    async def line(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                text = await socket.receive_text()
                db.execute("INSERT INTO said VALUES (?, ?)", (uuid.uuid4().hex, text))
                await socket.send_text('{"type":"interviewer"}')
        except WebSocketDisconnect:
            pass

    return Starlette(routes=[WebSocketRoute("/ws", line)])


def sdk() -> Starlette:
    schema: dict[str, Any] = {"type": "object", "properties": {}}

    async def tools(_ctx: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool(name="nothing", input_schema=schema)])

    async def call(_ctx: Any, _params: Any) -> types.CallToolResult:
        return types.CallToolResult(
            content=[types.TextContent(type="text", text="{}")], structured_content={}
        )

    server: Server[Any] = Server(
        "bare", on_list_tools=tools, on_call_tool=call, get_tool_input_schema=lambda _name: schema
    )
    manager = StreamableHTTPSessionManager(app=server, json_response=True, stateless=True)

    class Endpoint:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await manager.handle_request(scope, receive, send)

    return Starlette(routes=[Route("/mcp", Endpoint())], lifespan=lambda _app: manager.run())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["raw", "keyed", "bare", "mcp", "lines"])
    parser.add_argument("port", type=int)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    apps: dict[str, Callable[[], Starlette]] = {
        "raw": lambda: raw(options.database, keyed=False),
        "keyed": lambda: raw(options.database, keyed=True),
        "bare": bare,
        "mcp": sdk,
        "lines": lambda: lines(options.database),
    }
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    uvicorn.run(
        apps[options.what](),
        port=options.port,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )


if __name__ == "__main__":
    main()
