"""`python -m benchmarks.rooms`: what candidates cost, beside bare WebSockets with one insert a message in the same run.

Idle candidates (memory each), active ones under rules (a turn: from sending an answer to hearing the interviewer),
our share of a model's turn with a provider that answers at once, and how long a scorecard takes after the end.
`VIVA_BENCH_IDLE` is the most idle candidates, `VIVA_BENCH_SECONDS` how long the active ones talk.
"""

import asyncio
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.servers import Target, baseline, booked, target
from domain.interview.consent import CONSENT_TEXT
from tests.support.fake_models import provider
from tests.support.interviewing_models import MODELS
from tests.support.server_process import ServerProcess

IDLE = tuple(n for n in (1_000, 5_000) if n <= int(os.environ.get("VIVA_BENCH_IDLE", "5000")))
ACTIVE = 200
# one answer every so many seconds: three times as fast as people write
PACE = 10.0
SECONDS = float(os.environ.get("VIVA_BENCH_SECONDS", "40"))
SCORED = 20
_ANSWER = "First I measured where the time went, then I changed one thing in Python, because it was slow under load."
_AT_ONCE = 50


def main() -> None:
    """Print the table as Markdown."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| what | Viva | bare WebSockets | ratio |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="viva-bench-") as folder:
        asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> None:
    with ServerProcess(folder / "viva", {"VIVA_HOLD_SECONDS_REST": "86400"}) as server:
        desk = Desk(server)
        with baseline("lines", "--database", str(folder / "lines.db")) as bare:
            await _active(desk, bare)
            await _idle(desk, bare)
        await _scorecards(desk)
    await _first_token(folder)


# --- Setting up ---------------------------------------------------------------------------------------------


class Desk:
    """Books interviews at a server; the mails about them wait."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self._wanted = booked(server).wanted()

    async def links(self, many: int) -> list[str]:
        """Join links of so many new sessions."""
        limits = httpx.Limits(max_connections=8)
        async with httpx.AsyncClient(
            headers={"x-api-key": self.server.key}, limits=limits, timeout=60
        ) as http:

            async def one() -> str:
                made = await http.post(f"{self.server.url}/api/v1/sessions", json=self._wanted)
                made.raise_for_status()
                return str(made.json()["data"]["join_url"])

            return [await each for each in [asyncio.ensure_future(one()) for _ in range(many)]]


@dataclass
class Candidate:
    """A page over a WebSocket."""

    socket: ClientConnection
    numbers: "count[int]" = field(default_factory=count)

    async def send(self, type: str, **body: Any) -> None:
        message = {"client_id": f"message-{next(self.numbers)}", "type": type, "body": body}
        await self.socket.send(json.dumps(message))

    async def hear(self, *types: str) -> str:
        """Wait for a frame of one of these types."""
        while True:
            kind = str(json.loads(await self.socket.recv())["type"])
            if kind in types:
                return kind

    async def come_in(self) -> None:
        await self.send("consent", version=CONSENT_TEXT, language="en")
        await self.send("begin")
        await self.hear("interviewer")

    async def turn(self) -> float:
        """Answer, and hear the reply; how long that took, or -1 when it is over."""
        began = time.perf_counter()
        await self.send("answer", text=_ANSWER)
        heard = await self.hear("interviewer", "ended", "refused")
        return time.perf_counter() - began if heard == "interviewer" else -1


async def _open(stack: AsyncExitStack, addresses: Sequence[str]) -> list[Candidate]:
    """A line to each address, some at a time."""
    found: list[Candidate] = []
    for start in range(0, len(addresses), _AT_ONCE):
        lines = [
            connect(address, compression=None, open_timeout=120, ping_interval=None)
            for address in addresses[start : start + _AT_ONCE]
        ]
        found += [
            Candidate(socket) for socket in await asyncio.gather(*map(stack.enter_async_context, lines))
        ]
    return found


def _ws(link: str) -> str:
    return f"{link.replace('http', 'ws', 1)}/ws?tab=bench&after=0"


# --- Idle ---------------------------------------------------------------------------------------------------


async def _idle(desk: Desk, bare: Target) -> None:
    for many in IDLE:
        links = await desk.links(many)
        ours = await _memory(target(desk.server), [_ws(link) for link in links], talking=True)
        theirs = await _memory(bare, [f"ws://127.0.0.1:{bare.port}/ws"] * many, talking=False)
        shown = f"{ours[0]:.1f} KiB each, {ours[1]:.1f} % CPU"
        _row(
            f"{many:,} idle candidates in an interview",
            shown,
            f"{theirs[0]:.1f} KiB each",
            ours[0] / theirs[0],
        )


async def _memory(where: Target, addresses: list[str], *, talking: bool) -> tuple[float, float]:
    """KiB a connection, and percent of a core while all are silent."""
    before = _rss(where.pid)
    async with AsyncExitStack() as stack:
        candidates = await _open(stack, addresses)
        if talking:
            for start in range(0, len(candidates), _AT_ONCE):
                await asyncio.gather(*(each.come_in() for each in candidates[start : start + _AT_ONCE]))
        await asyncio.sleep(2)
        cpu, began = _cpu(where.pid), time.perf_counter()
        await asyncio.sleep(12)
        busy = (_cpu(where.pid) - cpu) / (time.perf_counter() - began) * 100
        each = (_rss(where.pid) - before) / len(addresses)
    return each, busy


def _rss(pid: int) -> float:
    """Resident memory in KiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def _cpu(pid: int) -> float:
    columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(columns[11]) + int(columns[12])) / os.sysconf("SC_CLK_TCK")


# --- Active -------------------------------------------------------------------------------------------------


async def _active(desk: Desk, bare: Target) -> None:
    server, links = desk.server, await desk.links(ACTIVE)
    async with AsyncExitStack() as stack:
        candidates = await _open(stack, [_ws(link) for link in links])
        for start in range(0, len(candidates), _AT_ONCE):
            await asyncio.gather(*(each.come_in() for each in candidates[start : start + _AT_ONCE]))
        cpu, began = _cpu(server.pid), time.perf_counter()
        ours = await _talk(candidates)
        busy = (_cpu(server.pid) - cpu) / (time.perf_counter() - began) * 100
    async with AsyncExitStack() as stack:
        theirs = await _talk(await _open(stack, [f"ws://127.0.0.1:{bare.port}/ws"] * len(links)))
    name = f"{len(links)} candidates, an answer every {PACE:.0f} s each: a turn"
    _row(f"{name}, p50", f"{ours[0]:.1f} ms, {busy:.0f} % CPU", f"{theirs[0]:.1f} ms", ours[0] / theirs[0])
    _row(f"{name}, p99", f"{ours[1]:.1f} ms", f"{theirs[1]:.1f} ms", ours[1] / theirs[1])


async def _talk(candidates: list[Candidate]) -> tuple[float, float]:
    """Median and 99th percentile of turns, in ms; the candidates begin one after another."""
    took: list[float] = []
    end = time.perf_counter() + SECONDS

    async def talk(number: int, candidate: Candidate) -> None:
        await asyncio.sleep(PACE * number / len(candidates))
        while time.perf_counter() < end:
            spent = await candidate.turn()
            if spent < 0:
                return
            took.append(spent)
            await asyncio.sleep(PACE)

    await asyncio.gather(*(talk(*pair) for pair in enumerate(candidates)))
    cuts = statistics.quantiles(took, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


# --- Scorecards and turns of a model -------------------------------------------------------------------------


async def _scorecards(desk: Desk) -> None:
    """From the last word to the scorecard, alone and many at once."""
    headers = {"x-api-key": desk.server.key}
    async with httpx.AsyncClient(base_url=desk.server.url, headers=headers, timeout=60) as http:
        alone = await _scored(http, await desk.links(1))
        many = await _scored(http, await desk.links(SCORED))
    _row("from the last word to the scorecard", f"{alone:.2f} s", "", None)
    _row(f"the same for {SCORED} that end at once, the last one", f"{many:.2f} s", "", None)


async def _scored(http: httpx.AsyncClient, links: list[str]) -> float:
    async with AsyncExitStack() as stack:
        candidates = await _open(stack, [_ws(link) for link in links])
        for candidate in candidates:
            await candidate.come_in()
            for _ in range(3):
                await candidate.turn()
        began = time.perf_counter()
        for candidate in candidates:
            await candidate.send("leave")
        wanted = set(links)
        while wanted:
            page = await http.get("/api/v1/sessions", params={"pageSize": 100, "status": "completed"})
            wanted -= {row["join_url"] for row in page.json()["data"] if row["summary"]}
            await asyncio.sleep(0.02)
        return time.perf_counter() - began


async def _first_token(folder: Path) -> None:
    """Our share of the wait for a model's first words: the provider here takes no time to think."""
    took: list[float] = []
    async with provider(MODELS["good"]) as fake:
        how = {
            "VIVA_MODEL": "openai-compatible:fake",
            "VIVA_MODEL_BASE_URL": f"{fake.url}/v1",
            "VIVA_HOLD_SECONDS_REST": "86400",
        }
        server = ServerProcess(folder / "model", how)
        await asyncio.to_thread(server.start)
        try:
            links = await Desk(server).links(20)
            async with AsyncExitStack() as stack:
                for candidate in await _open(stack, [_ws(link) for link in links]):
                    await candidate.come_in()
                    await candidate.turn()
                    for _ in range(2):
                        began = time.perf_counter()
                        await candidate.send("answer", text=_ANSWER)
                        if await candidate.hear("interviewer", "ended") == "interviewer":
                            took.append(time.perf_counter() - began)
        finally:
            await asyncio.to_thread(server.stop)
    cuts = statistics.quantiles(took, n=100)
    _row("our share of a turn of a model, p50", f"{cuts[49] * 1000:.1f} ms", "", None)
    _row("our share of a turn of a model, p99", f"{cuts[98] * 1000:.1f} ms", "", None)


def _row(what: str, ours: str, theirs: str, ratio: float | None) -> None:
    print(f"| {what} | {ours} | {theirs} | {'' if ratio is None else f'{ratio:.1f}'} |", flush=True)


if __name__ == "__main__":
    main()
