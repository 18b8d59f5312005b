"""What our numbers are compared with, in the same run: the least that could do the same job.

`raw`: a Starlette route over raw sqlite3, one row or one insert and commit a request, without key, tenant,
validation, counters, ledger, audit log or mail. `bare`: a Starlette route without a database. `mcp`: the SDK
alone with a tool that does nothing.
"""

import argparse
import sqlite3
import uuid
from typing import Any

import mcp_types as types
import orjson
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send


def raw(database: str) -> Starlette:
    """Reads and writes the very table that Viva uses, in a copy of its file."""
    db = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    columns = [row[1] for row in db.execute("PRAGMA table_info(sessions)")]
    sample = db.execute("SELECT * FROM sessions LIMIT 1").fetchone()
    # the indexes that make forced rivals impossible are Viva's rules, not a baseline's
    insert = f"INSERT INTO sessions VALUES ({','.join('?' * len(columns))})"

    def shown(row: Any) -> Response:
        return Response(
            orjson.dumps({"data": dict(zip(columns, row, strict=True))}), media_type="application/json"
        )

    async def one(request: Request) -> Response:
        id_ = request.path_params["id"].replace("-", "")
        return shown(db.execute("SELECT * FROM sessions WHERE id = ?", (id_,)).fetchone())

    async def make(request: Request) -> Response:
        orjson.loads(await request.body())
        row = list(sample)
        row[columns.index("id")] = uuid.uuid4().hex
        row[columns.index("forced")] = 1
        db.execute(insert, row)
        return shown(row)

    return Starlette(routes=[Route("/sessions/{id}", one), Route("/sessions", make, methods=["POST"])])


def bare() -> Starlette:
    async def nothing(request: Request) -> Response:
        return Response(
            orjson.dumps({"data": {"id": request.path_params["id"]}}), media_type="application/json"
        )

    return Starlette(routes=[Route("/sessions/{id}", nothing)])


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
    parser.add_argument("what", choices=["raw", "bare", "mcp"])
    parser.add_argument("port", type=int)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    app = {"raw": lambda: raw(options.database), "bare": bare, "mcp": sdk}[options.what]()
    uvicorn.run(app, port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
