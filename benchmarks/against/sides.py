"""A running server of one tree. It is spoken to from outside only: packages differ between commits."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.against.trees import Tree
from benchmarks.load import Ask, send
from benchmarks.servers import Booked, booked
from benchmarks.tool_calls import tool_call
from tests.support.server_process import ServerProcess

_PATIENCE = 180.0
_AFTERMATH = 1.0  # a mail's file is there before the engine has noted that it is


class Unmeasured(Exception):
    """Something is wrong with a tree, so that there is no figure."""


@dataclass(eq=False)
class Side:
    """A server with one session in it, and the share of a CPU that it takes when idle."""

    tree: Tree
    server: ServerProcess
    rows: Booked
    idle: float = 0.0
    mails: int = 1

    @property
    def reading(self) -> Ask:
        return Ask("GET", f"/api/v1/sessions/{self.rows.session}", {"x-api-key": self.server.key})

    @property
    def tool(self) -> Ask:
        return tool_call("get_session", self.server.key, id=self.rows.session)

    @property
    def booking(self) -> Ask:
        body = json.dumps(self.rows.wanted())
        return Ask("POST", "/api/v1/sessions", {"x-api-key": self.server.key}, body)

    def send(self, ask: Ask, calls: int) -> None:
        """So many calls, each answered with a 2xx."""
        send(self.server.port, ask, calls, _PATIENCE)

    def deliver(self, mails: int) -> None:
        """Book so many sessions and wait until all mails lie in the outbox, and a moment more."""
        self.send(self.booking, mails)
        self.mails += mails
        deadline = time.monotonic() + _PATIENCE
        while (have := sum(1 for _ in self.server.data.rglob("*.eml"))) < self.mails:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{have} of {self.mails} mails after {_PATIENCE:.0f} s")
            time.sleep(0.1)
        time.sleep(_AFTERMATH)

    def check_tool(self) -> None:
        """A tool that refuses answers 200 too, so that its words are looked at once."""
        ask = self.tool
        url, fields = self.server.url + ask.path, ask.fields
        answer = httpx.request(ask.method, url, headers=fields, content=ask.body, timeout=60).text
        if '"isError":false' not in answer:
            raise AssertionError(answer)


@contextmanager
def running(tree: Tree, folder: Path, settings: Mapping[str, str]) -> Iterator[Side]:
    """A server from this tree over fresh data. Nobody needs the data afterwards, so it is killed."""
    common = {"PYTHONPATH": str(tree.root), "VIVA_MAIL": "outbox", "VIVA_SANDBOX_WARM": "0"}
    server = ServerProcess(folder, common | dict(settings), python=tree.python)
    try:
        with blamed(tree):
            server.start()
            side = Side(tree, server, booked(server))
        yield side
    finally:
        server.kill()


@contextmanager
def blamed(tree: Tree) -> Iterator[None]:
    """Whatever goes wrong in the block is this tree's fault: it has no figure then, and the others are still wanted."""
    try:
        yield
    except Exception as error:
        raise Unmeasured(f"{tree.name}: {type(error).__name__}: {error}") from error
