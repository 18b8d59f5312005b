"""Load, bounded in time and only on loopback: `wrk` where it is installed, else a small generator of our own."""

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

_CONNECTIONS = 32
_FEW_CONNECTIONS = 4  # enough to share a commit, few enough that two runs share alike


@dataclass(frozen=True)
class Ask:
    """One request, sent over and over."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def fields(self) -> dict[str, str]:
        return {**self.headers, **({"content-type": "application/json"} if self.body else {})}


@dataclass(frozen=True)
class Result:
    """Requests a second, the 99th percentile in milliseconds, the server's CPU time a request in microseconds.

    CPU time hardly depends on what else the machine is doing; requests a second do.
    """

    per_second: float
    p99_ms: float
    cpu_us: float


def measure(port: int, pid: int, ask: Ask, seconds: float) -> Result:
    """Send `ask` for `seconds` over keep-alive connections; every answer must be a 2xx."""
    before = _cpu_seconds(pid)
    done, p99 = (_with_wrk if shutil.which("wrk") else _by_ourselves)(port, ask, seconds)
    spent = _cpu_seconds(pid) - before
    return Result(done / seconds, p99, spent / done * 1e6)


def send(port: int, ask: Ask, calls: int, patience: float) -> None:
    """Send `ask` so many times over keep-alive connections, within `patience` seconds; every answer must be a 2xx."""
    asyncio.run(asyncio.wait_for(_counted(port, ask, calls), patience))


def _cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        columns = file.read().rpartition(")")[2].split()
    return (int(columns[11]) + int(columns[12])) / os.sysconf("SC_CLK_TCK")


def _with_wrk(port: int, ask: Ask, seconds: float) -> tuple[int, float]:
    headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in ask.fields.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f'wrk.method = "{ask.method}"\nwrk.body = [==[{ask.body}]==]\n{headers}')
        script.flush()
        command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds:.0f}s", "--latency", "-s", script.name]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{ask.path}"], capture_output=True, text=True, check=True
        ).stdout
    if wrong := re.search(r"Non-2xx.*|Socket errors.*", done):
        raise AssertionError(f"{ask.method} {ask.path}: {wrong[0]}")
    asked, slow = re.search(r"(\d+) requests in", done), re.search(r"99%\s+([\d.]+)(us|ms|s)", done)
    assert asked is not None
    assert slow is not None
    return int(asked[1]), float(slow[1]) * {"us": 0.001, "ms": 1, "s": 1000}[slow[2]]


def _by_ourselves(port: int, ask: Ask, seconds: float) -> tuple[int, float]:
    return asyncio.run(_generated(port, ask, seconds))


async def _generated(port: int, ask: Ask, seconds: float) -> tuple[int, float]:
    wire = _wire(ask)
    taken: list[float] = []
    end = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (start := time.perf_counter()) < end:
            writer.write(wire)
            await _answer(reader)
            taken.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(client() for _ in range(_CONNECTIONS)))
    taken.sort()
    return len(taken), taken[int(len(taken) * 0.99)] * 1000


async def _counted(port: int, ask: Ask, calls: int) -> None:
    wire, left = _wire(ask), iter(range(calls))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            writer.write(wire)
            await _answer(reader)
        writer.close()

    await asyncio.gather(*(client() for _ in range(_FEW_CONNECTIONS)))


def _wire(ask: Ask) -> bytes:
    lines = [f"{ask.method} {ask.path} HTTP/1.1", "host: localhost"]
    lines += [f"{name}: {value}" for name, value in ask.fields.items()]
    body = ask.body.encode()
    if body:
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if head[9:10] != b"2":
        raise AssertionError(head.decode())
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
