"""A small load generator: keeps `connections` requests in flight for a number of requests, then says how fast."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """Requests a second and the 99th percentile in milliseconds; every answer was 2xx."""

    per_second: float
    p99_ms: float


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """One HTTP/1.1 request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", *(f"{k}: {v}" for k, v in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def measure(port: int, wire: bytes, *, count: int, connections: int = 32) -> Result:
    """Send `wire` `count` times over keep-alive connections. Bounded in count, loopback only."""
    left = count
    taken: list[float] = []

    async def client() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while left > 0:
            left -= 1
            start = time.perf_counter()
            writer.write(wire)
            await _answer(reader)
            taken.append(time.perf_counter() - start)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    seconds = time.perf_counter() - start
    taken.sort()
    return Result(len(taken) / seconds, taken[int(len(taken) * 0.99)] * 1000)


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if head[9:10] != b"2":
        raise AssertionError(head.decode())
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    await reader.readexactly(int(lower[at : lower.index(b"\r\n", at)]))
