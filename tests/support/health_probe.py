"""Asks a server for its health over and over, from a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from urllib.parse import urlsplit

_PROGRAM = """
import http.client, os, select, sys, time
connection = http.client.HTTPConnection(sys.argv[1], timeout=60)
while os.read(0, 1):
    slowest = 0.0
    while not select.select([0], [], [], 0.002)[0]:
        began = time.perf_counter()
        connection.request("GET", "/health")
        assert connection.getresponse().read() is not None
        slowest = max(slowest, time.perf_counter() - began)
    os.read(0, 1)
    print(slowest, flush=True)
"""


class HealthProbe:
    """Measures how long `/health` takes at most. Use it as a block; its process ends with it."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc

    def __enter__(self) -> "HealthProbe":
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-u", "-c", _PROGRAM, self._address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with self.measure():  # connected, and what is loaded once is loaded
            pass
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    @contextmanager
    def measure(self) -> Iterator[list[float]]:
        """The slowest answer in seconds while the block runs: at the end the list's only member."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        slowest = [0.0]
        self._process.stdin.write(">")
        self._process.stdin.flush()
        try:
            yield slowest
        finally:
            self._process.stdin.write(".")
            self._process.stdin.flush()
            slowest[0] = float(self._process.stdout.readline())
