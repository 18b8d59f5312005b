"""Servers that are killed at random while many book interviews at once, and what the outside saw of it.

Everything is real: server processes, one database, an SMTP server, an HTTP receiver. Kills come after so many answers,
not after so much time, and a seed decides whom they hit.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.support.server_process import ServerProcess
from tests.support.smtp_server import SmtpServer
from tests.support.webhook_receivers import Receiver

_PATIENCE = 120.0
_CLIENTS = 6


@dataclass(frozen=True)
class Plan:
    """What is done to the servers. `last_stays_down` kills one replica for good at the end of the load."""

    sessions: int
    credits: int
    kills: int
    restarts: int = 0
    replicas: int = 1
    last_stays_down: bool = False
    seed: int = 1


@dataclass
class Observations:
    """What the outside saw."""

    answers: Counter[int] = field(default_factory=Counter)
    # idempotency key → the ids of sessions that were answered for it
    booked: dict[str, set[str]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    # session → the ids of the events that told of its making
    events: dict[str, list[str]] = field(default_factory=dict)
    workspace: dict[str, Any] = field(default_factory=dict)
    kills: int = 0
    # statuses of 5xx that were answered to requests sent while nothing was down
    late_troubles: list[int] = field(default_factory=list)

    @property
    def doubled(self) -> list[str]:
        """Addresses that got more than one invitation."""
        return [address for address, times in Counter(self.mails).items() if times > 1]

    @property
    def unflagged(self) -> list[str]:
        """Sessions whose invitation did not arrive and is not shown as in doubt."""
        arrived = set(self.mails)
        return [
            row["id"] for row in self.rows if row["to"] not in arrived and row["invite_status"] != "unknown"
        ]

    def table(self) -> str:
        """The result for people."""
        rows = {
            "kills": self.kills,
            "answers": dict(sorted(self.answers.items())),
            "sessions": len(self.rows),
            "credits used": self.workspace["credits_used"],
            "mails received": len(self.mails),
            "received twice": len(self.doubled),
            "flagged unknown": sum(row["invite_status"] == "unknown" for row in self.rows),
            "missing and not flagged": len(self.unflagged),
            "events received": sum(len(ids) for ids in self.events.values()),
            "sessions without an event": len({row["id"] for row in self.rows} - self.events.keys()),
        }
        return "\n".join(f"{name:26} {value}" for name, value in rows.items())


class Fleet:
    """One or more servers on one database, with a load balancer that knows nothing."""

    def __init__(self, servers: Sequence[ServerProcess], lot: random.Random) -> None:
        self._servers = list(servers)
        self._lot = lot
        self._lock = threading.Lock()

    def address(self) -> str:
        with self._lock:
            return self._lot.choice(self._servers).url

    def kill_one(self, *, for_good: bool = False) -> None:
        """SIGKILL to somebody; it is started again unless it stays down for good."""
        with self._lock:
            struck = self._lot.choice(self._servers)
            if for_good:
                self._servers.remove(struck)
            struck.kill()
        if not for_good:
            struck.start()


class Load:
    """Many clients that book, each session twice at about the same time, and repeat what went wrong."""

    def __init__(self, fleet: Fleet, key: str, seen: Observations) -> None:
        self._fleet, self._key, self._seen = fleet, key, seen
        self._lock = threading.Lock()
        self.answered = threading.Condition()
        self.down = 0

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """An answer that is none of a server's troubles; repeats until there is one."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            unharmed = self.down
            try:
                answer = httpx.request(
                    method,
                    f"{self._fleet.address()}/api/v1{path}",
                    json=body,
                    headers={"x-api-key": self._key},
                    timeout=20,
                )
            except httpx.TransportError:
                time.sleep(0.02)  # somebody was killed: there is nothing to be woken by
                continue
            if answer.status_code < 500:
                return answer
            # an odd number: something is down; another number than before: it went down meanwhile
            if unharmed % 2 == 0 and unharmed == self.down:
                self._seen.late_troubles.append(answer.status_code)
            time.sleep(0.02)
        raise AssertionError(f"{method} {path}: no answer")

    def book(self, key: str, booking: dict[str, Any]) -> None:
        answer = self.ask("POST", "/sessions", {**booking, "idempotency_key": key})
        with self._lock:
            self._seen.answers[answer.status_code] += 1
            if answer.status_code in (200, 201):
                self._seen.booked.setdefault(key, set()).add(answer.json()["data"]["id"])
        with self.answered:
            self.answered.notify_all()

    def total(self) -> int:
        with self._lock:
            return self._seen.answers.total()


def run_plan(
    plan: Plan,
    home: Path,
    databases: Sequence[dict[str, str]],
    restart: Callable[[], None] | None = None,
) -> Observations:
    """Carry out the plan and say what was seen. `databases` has the settings of each replica; `restart` is how
    the database is restarted where the plan says so.
    """
    lot = random.Random(plan.seed)
    seen = Observations()
    with SmtpServer() as smtp, Receiver() as receiver:
        common = {
            **smtp.settings,
            "VIVA_SECRET_KEY": "one secret for all replicas",
            "VIVA_ALLOW_HTTP_WEBHOOKS": "true",
            "VIVA_WEBHOOK_NETWORKS": "127.0.0.0/8",
        }
        servers = [
            ServerProcess(home / f"replica{n}", common | own)
            for n, own in enumerate(databases[: plan.replicas])
        ]
        try:
            for server in servers:
                server.key = servers[0].key
                server.start()
            key = _workspace_key(servers[0], plan.credits)
            fleet = Fleet(servers, lot)
            load = Load(fleet, key, seen)
            people = _prepare(load, receiver.url, plan.sessions)
            _book_while_killing(plan, load, fleet, people, seen, lot, restart)
            _collect(load, seen)
            _wait_for_events(seen, receiver)
        finally:
            for server in servers:
                server.stop()
        seen.mails = [str(mail["To"]).split("<")[-1].rstrip(">") for mail in smtp.mailbox.mails]
    return seen


def _workspace_key(server: ServerProcess, credits: int) -> str:
    """A key to a workspace with so many credits."""
    server.viva("workspace", "create", "acme", "--name", "Acme", "--credits", str(credits))
    said = server.viva("key", "create", "--workspace", "acme", "--name", "soak")
    return next(word for word in said.split() if word.startswith("iv_live_"))


def _prepare(load: Load, hooks: str, sessions: int) -> list[dict[str, Any]]:
    """A template, a webhook endpoint, and one booking a person."""
    made = load.ask("POST", "/evaluation-templates", {"template_name": "B", "use_case": "hiring"}).json()
    ids = {"evaluation_template_id": made["data"]["id"]}
    load.ask("POST", "/evaluation-stages", {**ids, "type": "screen"}).raise_for_status()
    endpoint = {"url": hooks, "events": ["session.created"]}
    load.ask("POST", "/webhook-endpoints", endpoint).raise_for_status()
    people = []
    for start in range(0, sessions, 100):
        rows = [
            {"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(start, min(start + 100, sessions))
        ]
        imported = load.ask("POST", "/participants/bulk", {"participants": rows}).json()["data"]
        people += [row["id"] for row in imported["results"]]
    return [{**ids, "candidate_id": person, "stage": "screen"} for person in people]


def _book_while_killing(
    plan: Plan,
    load: Load,
    fleet: Fleet,
    people: list[dict[str, Any]],
    seen: Observations,
    lot: random.Random,
    restart: Callable[[], None] | None,
) -> None:
    orders = [(f"key-{n}", booking) for n, booking in enumerate(people) for _ in range(2)]
    # duplicates stand near each other, so that some are under way at once
    orders = [order for _, order in sorted((place + lot.uniform(0, 8), o) for place, o in enumerate(orders))]
    strikes = sorted(lot.sample(range(1, len(orders)), plan.kills))
    restarts = sorted(lot.sample(range(1, len(orders) // 2), plan.restarts))
    with ThreadPoolExecutor(_CLIENTS) as pool:
        under_way = [pool.submit(load.book, key, booking) for key, booking in orders]
        for place, strike in enumerate(strikes):
            _wait_for(load, strike)
            fleet.kill_one(for_good=plan.last_stays_down and place == len(strikes) - 1)
            seen.kills += 1
        for moment in restarts:
            _wait_for(load, moment)
            assert restart is not None
            load.down += 1
            restart()
            load.down += 1
        for done in under_way:
            done.result()


def _wait_for(load: Load, answers: int) -> None:
    with load.answered:
        assert load.answered.wait_for(lambda: load.total() >= answers, _PATIENCE), "the load stands still"


def _collect(load: Load, seen: Observations) -> None:
    """What the servers say, once no invitation is on its way."""
    people = {row["id"]: row["email"] for row in _all(load, "/participants")}

    def settled() -> bool:
        seen.rows = [{**row, "to": people[row["candidate_id"]]} for row in _all(load, "/sessions")]
        return all(row["invite_status"] != "queued" for row in seen.rows)

    _wait_until(settled, "some invitations do not leave")
    seen.workspace = load.ask("GET", "/workspace").json()["data"]


def _wait_for_events(seen: Observations, receiver: Receiver) -> None:
    """Wait until every session was told of."""

    def heard() -> bool:
        seen.events = {}
        for came in list(receiver.received):
            event = json.loads(came.body)
            assert came.headers["webhook-id"] == event["id"]
            seen.events.setdefault(event["data"]["session"]["id"], []).append(event["id"])
        return {row["id"] for row in seen.rows} <= seen.events.keys()

    _wait_until(heard, "some sessions are not told of")


def _wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)  # other processes work: there is nothing to be woken by


def _all(load: Load, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = load.ask("GET", f"{path}?page={page}&pageSize=100").json()
        rows += answer["data"]
        if page >= answer["meta"]["totalPages"]:
            return rows
        page += 1
