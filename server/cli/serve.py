"""Run the server as one process. `viva serve` starts it; SIGTERM stops it after open requests end."""

import asyncio
import contextlib
import gc
import resource
import sys
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from domain.interview.page_messages import MESSAGE_BYTES
from domain.scopes import ALL_SCOPES
from server import data_dir, logs
from server.app import brake_of, build
from server.cli.bootstrap import make_key, make_workspace
from server.cli.single_process import AlreadyRunning, ProcessLock
from server.database import OtherAuditKey, transaction
from server.http.bounded_protocol import bounded_protocols
from server.http.connection_bounds import Bounds
from server.http.metrics_route import metrics_app
from server.settings import Settings
from storage.access import workspaces

_DRAIN_SECONDS = 25
_OPEN_FILES_WANTED = 65_536
_OTHER_FILES = 200


def run_server(settings: Settings) -> int:
    """Serve until a signal stops the process, and return its exit code."""
    logs.set_up(settings.log_level)
    data_dir.protect(settings)
    process_lock = ProcessLock(settings.data_dir) if settings.on_sqlite else None
    if process_lock is not None:
        try:
            process_lock.acquire()
        except AlreadyRunning:
            print(
                f"Another Viva runs on {settings.data_dir}. Stop it first, or set VIVA_DATA_DIR to another folder.",
                file=sys.stderr,
            )
            return 3
    open_files = _raise_open_file_limit()
    try:
        built = build(settings)
    except OtherAuditKey as error:
        print(error, file=sys.stderr)
        return 2
    # What is built so far lives as long as the process, so the garbage collector need not look at it again.
    gc.collect()
    gc.freeze()
    print(connection_instructions(settings.url, _create_first_key(settings)), flush=True)
    main = server_config(built.app, settings, open_files)
    server = uvicorn.Server(main)
    with asyncio.Runner(loop_factory=main.get_loop_factory()) as runner:
        runner.run(_serve(server, settings, open_files))
    if process_lock is not None:
        process_lock.release()
    return 0 if server.started else 1


class _ServerBeside(uvicorn.Server):
    """A second server in this process. Signals are the first one's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(server: uvicorn.Server, settings: Settings, open_files: int) -> None:
    """Serve until a signal comes; metrics at their own address, where one is set, until then as well."""
    if not settings.metrics_address:
        await server.serve()
        return
    host, _, port = settings.metrics_address.rpartition(":")
    app = metrics_app(settings.metrics_key.get_secret_value(), brake_of(settings))
    beside = _ServerBeside(server_config(app, settings, open_files, host=host.strip("[]"), port=int(port)))
    serving = asyncio.create_task(beside.serve())
    try:
        await server.serve()
    finally:
        beside.should_exit = True
        await serving


def server_config(
    app: ASGIApp, settings: Settings, open_files: int, *, host: str | None = None, port: int | None = None
) -> uvicorn.Config:
    """How uvicorn serves an app, with the bounds of connections. `open_files` is the most the process may have."""
    http, ws = bounded_protocols(
        Bounds(
            header_bytes=settings.header_bytes,
            header_count=settings.header_count,
            header_seconds=settings.header_seconds,
            body_seconds=settings.body_seconds,
            # some files are needed for the database, the mails and the sandbox
            connections=max(1, min(settings.connections, open_files - _OTHER_FILES)),
            connections_per_address=settings.connections_per_address,
            proxies=settings.forwarded_allow_ips,
        )
    )
    return uvicorn.Config(
        app,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        http=http,
        ws=ws,
        ws_per_message_deflate=False,
        ws_max_size=MESSAGE_BYTES,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        # a number of seconds for a timer; only its annotation says int
        timeout_keep_alive=settings.idle_seconds,  # type: ignore[arg-type]
    )


def _raise_open_file_limit() -> int:
    """Raise the limit of open files, and return it. Each connection is one, and 1,024 is a usual default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return _OPEN_FILES_WANTED if soft == resource.RLIM_INFINITY else soft


def _create_first_key(settings: Settings) -> str | None:
    """Create a workspace and a key when there is no workspace yet, and return the key."""
    with transaction(settings) as db:
        if workspaces.every(db):
            return None
        workspace = make_workspace(db, "main", "Main")
        return make_key(db, settings, workspace.id, "first key", ALL_SCOPES)


def connection_instructions(url: str, key: str | None) -> str:
    """How to connect a browser and MCP clients. `key` is None after the first start: keys are not stored."""
    shown = key or "YOUR_KEY"
    first = (
        f"  First API key  {key}\n                 shown this once, keep it safe\n"
        if key
        else "  API key        shown at the first start; make another with: viva key create --name NAME\n"
    )
    return f"""
Viva is starting.

  Dashboard      {url}/
  Documents      {url}/docs
{first}
  Claude Code:
    claude mcp add --transport http viva {url}/mcp --header "x-api-key: {shown}"

  Cursor (~/.cursor/mcp.json):
    {{"mcpServers": {{"viva": {{"url": "{url}/mcp", "headers": {{"x-api-key": "{shown}"}}}}}}}}

  REST:
    curl -H "x-api-key: {shown}" {url}/api/v1/sessions
"""
