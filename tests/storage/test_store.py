"""The store: batches, rollbacks, races, migrations, and what a kill cannot take."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from alembic import command

from domain.errors import Busy
from storage.engine import counters
from storage.engine.migrate import config_for, migrate
from storage.engine.store import Store, engine_for, heavy, is_sqlite, open_store
from tests.support.server_process import ServerProcess
from tests.support.smtp_server import SmtpServer
from tests.support.workspaces import Tenant


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    opened = open_store(database)
    yield opened
    await opened.close()


async def test_a_write_that_fails_takes_only_itself_back(store: Store) -> None:
    def make(db: sa.Connection) -> None:
        db.execute(sa.text("CREATE TABLE notes (n INTEGER)"))

    def note(n: int) -> Any:
        def work(db: sa.Connection) -> int:
            db.execute(sa.text("INSERT INTO notes VALUES (:n)"), {"n": n})
            if n % 3 == 0:
                raise ValueError
            return n

        return work

    await store.write(make)
    results = await asyncio.gather(*(store.write(note(n)) for n in range(30)), return_exceptions=True)
    assert sum(isinstance(result, ValueError) for result in results) == 10
    kept = await store.read(lambda db: db.execute(sa.text("SELECT n FROM notes ORDER BY n")).scalars().all())
    assert list(kept) == [n for n in range(30) if n % 3]


async def test_read_modify_write_loses_no_update(store: Store, house: Any, grace: Tenant) -> None:
    await asyncio.gather(
        *(store.write(lambda db: counters.bump(db, grace.id, {"b": 1, "a": 1})) for _ in range(100))
    )
    assert await store.read(lambda db: counters.read(db, grace.id, "a")) == 100
    assert await store.read(lambda db: counters.read(db, grace.id, "b")) == 100


async def test_a_heavy_read_is_moved_off_the_loop(store: Store) -> None:
    def work(db: sa.Connection) -> int:
        heavy(db)
        return int(db.execute(sa.text("SELECT 1")).scalar_one())

    assert await store.read(work) == 1


async def test_a_closed_store_takes_no_more_writes(database: str) -> None:
    opened = open_store(database)
    await opened.close()
    if is_sqlite(database):
        with pytest.raises(Busy):
            await opened.write(lambda db: None)


def test_the_migrations_make_exactly_the_tables_that_are_declared(database: str) -> None:
    engine = engine_for(database)
    with engine.begin() as db:
        command.check(config_for(db))
    engine.dispose()


def test_several_processes_may_start_at_once(database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(migrate, database) for _ in range(4)]:
            done.result()


def test_what_was_acknowledged_survives_kill_9_and_no_mail_leaves_twice(tmp_path: Path) -> None:
    with SmtpServer() as smtp, ServerProcess(tmp_path, smtp.settings) as server:
        acknowledged: list[str] = []
        with httpx.Client(base_url=f"{server.url}/api/v1", headers={"x-api-key": server.key}) as http:
            template = http.post("/evaluation-templates", json={"template_name": "B", "use_case": "hiring"})
            ids = {"evaluation_template_id": template.json()["data"]["id"]}
            http.post("/evaluation-stages", json={**ids, "type": "screen"}).raise_for_status()
            for n in range(20):
                who = http.post("/participants", json={"name": f"P{n}", "email": f"p{n}@example.com"})
                booking = {**ids, "candidate_id": who.json()["data"]["id"], "stage": "screen"}
                made = http.post("/sessions", json={**booking, "idempotency_key": f"k{n}"})
                acknowledged.append(made.json()["data"]["id"])
                if n % 7 == 6:
                    server.kill()
                    server.start()
            fates = _settled(http, acknowledged)
        assert len(fates) == 20
        receivers = [str(mail["To"]) for mail in smtp.mailbox.mails]
        assert len(receivers) == len(set(receivers))
        # every mail that is missing is flagged, none is silently gone
        assert 20 - len(receivers) <= sum(fate == "unknown" for fate in fates.values())


def _settled(http: httpx.Client, sessions: list[str]) -> dict[str, str]:
    """What became of each invitation, once nothing is under way."""
    import time

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        fates = {id_: http.get(f"/sessions/{id_}").json()["data"]["invite_status"] for id_ in sessions}
        if "queued" not in fates.values():
            return fates
        time.sleep(0.2)
    raise AssertionError(fates)
