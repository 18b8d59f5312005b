"""Run the server as one process. `viva serve` starts it; SIGTERM stops it after open requests end."""

import gc
import resource
import sys

import uvicorn

from domain.interview.page_messages import MESSAGE_BYTES
from domain.scopes import ALL_SCOPES
from server import data_dir, logs
from server.app import build
from server.cli.bootstrap import make_key, make_workspace
from server.cli.single_process import AlreadyRunning, ProcessLock
from server.database import OtherAuditKey, transaction
from server.settings import Settings
from storage.access import workspaces

_DRAIN_SECONDS = 25
_OPEN_FILES_WANTED = 65_536


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
    _raise_open_file_limit()
    try:
        built = build(settings)
    except OtherAuditKey as error:
        print(error, file=sys.stderr)
        return 2
    # What is built so far lives as long as the process, so the garbage collector need not look at it again.
    gc.collect()
    gc.freeze()
    print(connection_instructions(settings.url, _create_first_key(settings)), flush=True)
    server = uvicorn.Server(
        uvicorn.Config(
            built.app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.forwarded_allow_ips,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=MESSAGE_BYTES,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
            timeout_keep_alive=75,
        )
    )
    server.run()
    if process_lock is not None:
        process_lock.release()
    return 0 if server.started else 1


def _raise_open_file_limit() -> None:
    """Raise the limit of open files. Each candidate's connection is one, and 1,024 is a usual default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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
