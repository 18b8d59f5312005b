"""The durable engine itself: promises are kept in the caller's transaction, once, and run after it."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.jobs import Job
from server.adapters.job_queue import DurableJobQueue, RunAgain
from storage.engine.store import is_sqlite, sqlite_engine, with_psycopg


class Errands:
    """A job that notes what it was asked, and may want to be run again."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.repeats = 0
        self._changed = threading.Condition()

    def __call__(self, name: str) -> RunAgain | None:
        with self._changed:
            self.done.append(name)
            self._changed.notify_all()
        if name == "repeat" and self.done.count("repeat") <= self.repeats:
            return RunAgain(timedelta(milliseconds=10))
        return None

    def wait(self, count: int) -> list[str]:
        """The names done once there are `count` of them."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.done) >= count, timeout=20), self.done
            return list(self.done)


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    made = sqlite_engine(database) if is_sqlite(database) else sa.create_engine(with_psycopg(database))
    yield made
    made.dispose()


@pytest.fixture
def errands() -> Errands:
    return Errands()


@pytest.fixture
def durable(database: str, errands: Errands) -> Iterator[DurableJobQueue]:
    running = DurableJobQueue(database, concurrency=4, works=True, patience=2)
    running.add({"errand": errands})
    running.start()
    yield running
    running.stop()


def test_a_promise_runs_once_after_the_commit_and_not_at_all_after_a_rollback(
    durable: DurableJobQueue, engine: sa.Engine, errands: Errands
) -> None:
    with engine.connect() as db:
        transaction = db.begin()
        durable.enqueue(db, Job("errand", "lost:1", ("lost",)))
        transaction.rollback()
    with engine.begin() as db:
        durable.enqueue(db, Job("errand", "kept:1", ("kept",)))
        durable.enqueue(db, Job("errand", "kept:1", ("twice",)))
        durable.enqueue(db, Job("errand", "last:1", ("last",), timedelta(milliseconds=20)))
    assert sorted(errands.wait(2)) == ["kept", "last"]


def test_a_job_that_wants_to_run_again_does(
    durable: DurableJobQueue, engine: sa.Engine, errands: Errands
) -> None:
    errands.repeats = 2
    with engine.begin() as db:
        durable.enqueue(db, Job("errand", "repeat:1", ("repeat",)))
    assert errands.wait(3) == ["repeat"] * 3


def test_what_was_promised_before_a_stop_is_done_after_the_next_start(
    database: str, engine: sa.Engine, errands: Errands
) -> None:
    answering = DurableJobQueue(database, concurrency=4, works=False, patience=2)
    answering.add({"errand": errands})
    answering.start()
    with engine.begin() as db:
        answering.enqueue(db, Job("errand", "kept:1", ("kept",)))
    answering.stop()
    assert errands.done == []
    working = DurableJobQueue(database, concurrency=4, works=True, patience=2)
    working.add({"errand": errands})
    working.start()
    assert errands.wait(1) == ["kept"]
    working.stop()
