"""One tree's figures in one round. The servers are spoken to from outside only: packages differ between commits."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.against.cpu import idle_share, seconds_a_call
from benchmarks.against.trees import Tree
from benchmarks.load import Ask, send
from benchmarks.servers import Booked, booked
from benchmarks.tool_calls import tool_call
from tests.server_process import ServerProcess

GET, POST, MCP, MAIL = "GET one session", "POST session", "MCP `get_session`", "mail delivered"
NAMES = (GET, POST, MCP, MAIL)
_DAY = "86400"
_PATIENCE = 180.0
_AFTERMATH = 1.0  # a mail's file is there before the engine has noted that it is


@dataclass(frozen=True)
class Load:
    """How many calls of each kind: a second of CPU or more, since its clock ticks only a hundred times a second."""

    warm_up: int = 200
    gets: int = 6_000
    tools: int = 2_000
    posts: int = 1_500
    mails: int = 150
    idle_seconds: float = 4.0

    def times(self, share: float) -> "Load":
        """The same at another size."""

        def some(calls: int) -> int:
            return max(1, round(calls * share))

        return Load(
            some(self.warm_up),
            some(self.gets),
            some(self.tools),
            some(self.posts),
            some(self.mails),
            self.idle_seconds * min(1, share),
        )


def measured(tree: Tree, folder: Path, load: Load) -> dict[str, float]:
    """Seconds of CPU a call by name; what could not be measured is said and left out."""
    found: dict[str, float] = {}
    for part in (_calls, _mails):
        try:
            found |= part(tree, folder / part.__name__, load)
        except Exception as error:  # whatever is wrong with a commit, it is a figure that is missing
            print(f"{tree.name}: {type(error).__name__}: {error}", file=sys.stderr)
    return found


def _calls(tree: Tree, folder: Path, load: Load) -> dict[str, float]:
    """Three kinds of calls; mails stay in their hold window. Bookings come last, as they fill the queue."""
    with _running(tree, folder, {"VIVA_HOLD_SECONDS_REST": _DAY, "VIVA_HOLD_SECONDS_MCP": _DAY}) as server:
        rows = booked(server)
        read = Ask("GET", f"/api/v1/sessions/{rows.session}", {"x-api-key": server.key})
        tool = tool_call("get_session", server.key, id=rows.session)
        _answered(server, tool, '"isError":false')
        idle = idle_share(server.pid, load.idle_seconds)
        found = {}
        for name, ask, calls in (
            (GET, read, load.gets),
            (MCP, tool, load.tools),
            (POST, _booking(server, rows), load.posts),
        ):
            send(server.port, ask, load.warm_up, _PATIENCE)
            found[name] = seconds_a_call(server.pid, idle, calls, _sending(server, ask, calls))
        return found


def _mails(tree: Tree, folder: Path, load: Load) -> dict[str, float]:
    """Bookings whose mails leave at once, from the first call until the last file and a moment more."""
    with _running(tree, folder, {"VIVA_HOLD_SECONDS_REST": "0"}) as server:
        ask = _booking(server, booked(server))
        warm = max(1, load.mails // 10)
        _sending(server, ask, warm)()
        _delivered(server, 1 + warm)
        idle = idle_share(server.pid, load.idle_seconds)

        def work() -> None:
            _sending(server, ask, load.mails)()
            _delivered(server, 1 + warm + load.mails)

        return {MAIL: seconds_a_call(server.pid, idle, load.mails, work)}


@contextmanager
def _running(tree: Tree, folder: Path, settings: dict[str, str]) -> Iterator[ServerProcess]:
    """A server from this tree over fresh data. Nobody needs the data afterwards, so it is killed."""
    common = {"PYTHONPATH": str(tree.root), "VIVA_MAIL": "outbox", "VIVA_SANDBOX_WARM": "0"}
    server = ServerProcess(folder, common | settings, python=tree.python)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _booking(server: ServerProcess, rows: Booked) -> Ask:
    return Ask("POST", "/api/v1/sessions", {"x-api-key": server.key}, json.dumps(rows.wanted()))


def _sending(server: ServerProcess, ask: Ask, calls: int) -> Callable[[], None]:
    return lambda: send(server.port, ask, calls, _PATIENCE)


def _answered(server: ServerProcess, ask: Ask, expected: str) -> None:
    """A tool that refuses answers 200 too, so that its words are looked at once."""
    answer = httpx.request(ask.method, server.url + ask.path, headers=ask.fields, content=ask.body).text
    if expected not in answer:
        raise AssertionError(answer)


def _delivered(server: ServerProcess, mails: int) -> None:
    """Wait until so many mails lie in the outbox."""
    deadline = time.monotonic() + _PATIENCE
    while (have := sum(1 for _ in server.data.rglob("*.eml"))) < mails:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{have} of {mails} mails after {_PATIENCE:.0f} s")
        time.sleep(0.1)
    time.sleep(_AFTERMATH)
