"""A real Viva in a process of its own, on a free port, as `make run` starts it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import httpx

from tests.support.postgres import free_port

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0


class ServerProcess:
    """Started on entering the block, stopped on leaving it; may be killed and started again in between."""

    def __init__(
        self, data: Path, settings: Mapping[str, str] | None = None, python: Path = Path(sys.executable)
    ) -> None:
        self.data = data
        self._python = str(python)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.key = ""

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def __enter__(self) -> "ServerProcess":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the running server."""
        assert self._process is not None
        return self._process.pid

    def environment(self) -> dict[str, str]:
        """What the server and commands beside it are started with."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("VIVA_")}
        return own | {
            "VIVA_DATA_DIR": str(self.data),
            "VIVA_PORT": str(self.port),
            "VIVA_RATE_LIMIT_PER_MINUTE": "0",
            "PYTHONPATH": str(ROOT),
            **self._settings,
        }

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", "server"],
                env=self.environment(),
                stdout=log,
                stderr=log,
                cwd=self.data,
            )
        self._wait()
        if not self.key:
            found = re.search(r"iv_live_\S+", self.log.read_text())
            assert found is not None, self.log.read_text()
            self.key = found.group()

    def kill(self) -> None:
        """SIGKILL: nothing gets a chance to clean up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM: it drains. The exit code."""
        return self._end(signal.SIGTERM)

    def viva(self, *command: str) -> str:
        """Run a `viva` command beside the server; its output."""
        done = subprocess.run(
            [self._python, "-m", "server", *command],
            env=self.environment(),
            cwd=self.data,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something that the server does by itself."""
        deadline = time.monotonic() + _PATIENCE
        while not true():
            assert time.monotonic() < deadline, self.log.read_text()
            # waiting for another process: there is nothing to be woken by
            time.sleep(0.05)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        return process.wait(_PATIENCE)

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError(self.log.read_text())
            try:
                if httpx.get(f"{self.url}/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            # waiting for another process: there is nothing to be woken by
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())
