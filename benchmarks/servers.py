"""The servers that are measured: Viva with rows to ask for, and the baselines."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.postgres import free_port
from tests.support.server_process import ROOT, ServerProcess


@dataclass(frozen=True)
class Target:
    """A process that answers on a port."""

    port: int
    pid: int


@dataclass(frozen=True)
class Booked:
    """What a session refers to, and one session."""

    template: str
    person: str
    session: str

    def wanted(self) -> dict[str, Any]:
        """A request for one more."""
        return _wanted(self.person, self.template) | {"force": True}


def target(server: ServerProcess) -> Target:
    return Target(server.port, server.pid)


def booked(server: ServerProcess) -> Booked:
    """Set up a role, a person and one interview, over REST."""
    with httpx.Client(base_url=f"{server.url}/api/v1", headers={"x-api-key": server.key}) as http:

        def made(path: str, **body: Any) -> str:
            answer = http.post(path, json=body)
            answer.raise_for_status()
            return str(answer.json()["data"]["id"])

        template = made("/evaluation-templates", template_name="Backend", use_case="hiring")
        made("/evaluation-stages", evaluation_template_id=template, type="screen")
        person = made("/participants", name="Ada", email="ada@example.com")
        return Booked(template, person, made("/sessions", **_wanted(person, template)))


def _wanted(person: str, template: str) -> dict[str, Any]:
    return {"candidate_id": person, "evaluation_template_id": template, "stage": "screen"}


def copied(database: Path, to: Path) -> Path:
    """A copy of a database in use."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
    return to


def fill(database: Path, session: str, rows: int) -> None:
    """Copy one session until there are `rows` of them, a second apart; the server must not be running."""
    with closing(sqlite3.connect(database)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(sessions)")]
        changed = {
            "id": "lower(hex(randomblob(16)))",
            "forced": "1",
            "created_at": "datetime(created_at, '-' || n || ' seconds')",
        }
        shown = ", ".join(changed.get(name, name) for name in columns)
        series = f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {rows - 1})"
        sample = f"(SELECT * FROM sessions WHERE id = '{session.replace('-', '')}')"
        db.execute(f"{series} INSERT INTO sessions ({', '.join(columns)}) SELECT {shown} FROM c, {sample}")
        db.execute("UPDATE counters SET n = ? WHERE name IN ('sessions', 'sessions:scheduled')", (rows,))
        db.commit()


@contextmanager
def baseline(what: str, *options: str) -> Iterator[Target]:
    """A baseline server on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.baseline", what, str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{port}/none", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield Target(port, process.pid)
    finally:
        process.terminate()
        process.wait(10)
