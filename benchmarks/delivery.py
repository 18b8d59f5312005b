"""`python -m benchmarks.delivery`: what keeping promises costs, as a ratio to making them and not keeping them yet.

Sessions are booked by several clients; the baseline holds every mail back for a day and has no webhook endpoint. SMTP
and webhook receivers are real and take CPU of the same machine, as everything here does.
"""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from os import sysconf
from pathlib import Path

import httpx

from tests.support.postgres import Cluster
from tests.support.server_process import ServerProcess
from tests.support.smtp_server import SmtpServer
from tests.support.webhook_receivers import Receiver

_SESSIONS = 300
_CLIENTS = 4
_PATIENCE = 300.0


@dataclass(frozen=True)
class Cost:
    """What one way of running cost: sessions a second until the last was answered, and until the last was delivered;
    the servers' CPU for each."""

    booked: float
    delivered: float
    cpu_ms: float


def main() -> None:
    """Print the table as Markdown."""
    print("| delivery | sessions/s booked | until delivered | CPU ms a session | ratio booked | ratio CPU |")
    print("| --- | --- | --- | --- | --- | --- |")
    cluster = Cluster()
    try:
        with tempfile.TemporaryDirectory(prefix="viva-delivery-") as folder:
            _compare("SQLite, one process", Path(folder) / "sqlite", [{}], cluster, postgresql=False)
            _compare("PostgreSQL, one process", Path(folder) / "one", [{}], cluster)
            _compare("PostgreSQL, two replicas", Path(folder) / "two", [{}, {}], cluster)
    finally:
        cluster.remove()


def _compare(
    name: str, home: Path, replicas: Sequence[dict[str, str]], cluster: Cluster, *, postgresql: bool = True
) -> None:
    costs = {}
    for delivers in (False, True):
        with ExitStack() as stack:
            own = {"VIVA_DATABASE_URL": stack.enter_context(cluster.fresh())} if postgresql else {}
            settings = [own | replica for replica in replicas]
            costs[delivers] = _measure(home / str(delivers), settings, delivers=delivers)
    without, with_ = costs[False], costs[True]
    _row(f"{name}: none", without, without)
    _row(f"{name}: mails and webhooks", with_, without)


def _row(name: str, cost: Cost, base: Cost) -> None:
    until = f"{cost.delivered:.0f}/s" if cost is not base else "-"
    print(
        f"| {name} | {cost.booked:.0f}/s | {until} | {cost.cpu_ms:.1f}"
        f" | {cost.booked / base.booked:.2f} | {cost.cpu_ms / base.cpu_ms:.2f} |",
        flush=True,
    )


def _measure(home: Path, settings: Sequence[dict[str, str]], *, delivers: bool) -> Cost:
    with ExitStack() as stack:
        smtp = stack.enter_context(SmtpServer())
        receiver = stack.enter_context(Receiver())
        common = {
            **smtp.settings,
            "VIVA_SECRET_KEY": "one secret for all replicas",
            "VIVA_HOLD_SECONDS_REST": "0" if delivers else "86400",
            "VIVA_ALLOW_HTTP_WEBHOOKS": "true",
            "VIVA_WEBHOOK_NETWORKS": "127.0.0.0/8",
        }
        servers = [ServerProcess(home / f"replica{n}", common | own) for n, own in enumerate(settings)]
        for server in servers:
            server.key = servers[0].key
            stack.enter_context(server)
        bookings = _prepared(servers[0], receiver.url if delivers else None)
        before = sum(_cpu(server.pid) for server in servers)
        began = time.perf_counter()
        _book(servers, bookings)
        booked = time.perf_counter() - began
        if delivers:
            smtp.mailbox.wait(_SESSIONS, _PATIENCE)
            while len(receiver.received) < _SESSIONS:
                time.sleep(0.01)
        done = time.perf_counter() - began
        cpu = sum(_cpu(server.pid) for server in servers) - before
    return Cost(_SESSIONS / booked, _SESSIONS / done, cpu * 1000 / _SESSIONS)


def _prepared(server: ServerProcess, hooks: str | None) -> list[dict[str, str]]:
    with httpx.Client(base_url=f"{server.url}/api/v1", headers={"x-api-key": server.key}) as http:
        made = http.post("/evaluation-templates", json={"template_name": "B", "use_case": "hiring"})
        ids = {"evaluation_template_id": made.json()["data"]["id"]}
        http.post("/evaluation-stages", json={**ids, "type": "screen"}).raise_for_status()
        rows = [{"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(_SESSIONS)]
        imported = http.post("/participants/bulk", json={"participants": rows}).json()["data"]
        if hooks:
            endpoint = {"url": hooks, "events": ["session.created"]}
            http.post("/webhook-endpoints", json=endpoint).raise_for_status()
        return [{**ids, "candidate_id": row["id"], "stage": "screen"} for row in imported["results"]]


def _book(servers: Sequence[ServerProcess], bookings: list[dict[str, str]]) -> None:
    def client(n: int) -> None:
        server = servers[n % len(servers)]
        with httpx.Client(base_url=server.url, headers={"x-api-key": server.key}, timeout=60) as http:
            for booking in bookings[n::_CLIENTS]:
                http.post("/api/v1/sessions", json=booking).raise_for_status()

    with ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(client, range(_CLIENTS)))


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
