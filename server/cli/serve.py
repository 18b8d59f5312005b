"""Running the server: one process, started by `viva serve`, stopped by SIGTERM after it has drained."""

import gc
import resource
import sys

import sqlalchemy as sa
import uvicorn

from domain.interview.protocol import MESSAGE_BYTES
from domain.scopes import ALL_SCOPES
from server import logs
from server.app import build
from server.cli.single_process import AlreadyRunning, SingleProcess
from server.settings import Settings
from storage.access import workspaces

_DRAIN_SECONDS = 25
_OPEN_FILES = 65_536


def run_server(settings: Settings) -> int:
    """Serve until told to stop; the process's exit code."""
    logs.set_up(settings.log_level)
    single = SingleProcess(settings.data_dir) if settings.on_sqlite else None
    if single is not None:
        try:
            single.hold()
        except AlreadyRunning:
            print(
                f"Another Viva runs on {settings.data_dir}. Stop it first, or set VIVA_DATA_DIR to another folder.",
                file=sys.stderr,
            )
            return 3
    _open_many()
    house = build(settings)
    # what has been built so far lives as long as the process: the collector need not look at it again
    gc.collect()
    gc.freeze()
    _welcome(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            house.app,
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
    if single is not None:
        single.release()
    return 0 if server.started else 1


def _open_many() -> None:
    """As many open files as this process may have: each candidate's line is one, and 1,024 is a usual default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _welcome(settings: Settings) -> None:
    """On the first start make a workspace and a key; always say how to connect."""
    from server.cli.commands import make_key, make_workspace, transaction

    with transaction(settings) as db:
        key = None
        if not _has_workspace(db):
            workspace = make_workspace(db, "main", "Main")
            key = make_key(db, settings, workspace.id, "first key", ALL_SCOPES)
    print(connecting(settings.url, key), flush=True)


def _has_workspace(db: sa.Connection) -> bool:
    return bool(workspaces.every(db))


def connecting(url: str, key: str | None) -> str:
    """What to open and what to paste; the key only on the first start, it is not stored."""
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
