"""The durable job queue: jobs are enqueued in the caller's transaction, once, and run after it commits."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.jobs import Job
from server.adapters.job_queue import DurableJobQueue, RunAgain
from storage.engine.store import engine_for


class JobRecorder:
    """A job that records its arguments and can ask to run again."""

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
    made = engine_for(database)
    yield made
    made.dispose()


@pytest.fixture
def recorder() -> JobRecorder:
    return JobRecorder()


@pytest.fixture
def durable(database: str, recorder: JobRecorder) -> Iterator[DurableJobQueue]:
    running = DurableJobQueue(database, concurrency=4, runs_jobs=True, drain_seconds=2)
    running.add({"record": recorder})
    running.start()
    yield running
    running.stop()


def test_a_job_runs_once_after_the_commit_and_not_at_all_after_a_rollback(
    durable: DurableJobQueue, engine: sa.Engine, recorder: JobRecorder
) -> None:
    with engine.connect() as db:
        transaction = db.begin()
        durable.enqueue(db, Job("record", "lost:1", ("lost",)))
        transaction.rollback()
    with engine.begin() as db:
        durable.enqueue(db, Job("record", "kept:1", ("kept",)))
        durable.enqueue(db, Job("record", "kept:1", ("twice",)))
        durable.enqueue(db, Job("record", "last:1", ("last",), timedelta(milliseconds=20)))
    assert sorted(recorder.wait(2)) == ["kept", "last"]


def test_a_job_that_wants_to_run_again_does(
    durable: DurableJobQueue, engine: sa.Engine, recorder: JobRecorder
) -> None:
    recorder.repeats = 2
    with engine.begin() as db:
        durable.enqueue(db, Job("record", "repeat:1", ("repeat",)))
    assert recorder.wait(3) == ["repeat"] * 3


def test_a_job_enqueued_before_a_stop_runs_after_the_next_start(
    database: str, engine: sa.Engine, recorder: JobRecorder
) -> None:
    answering = DurableJobQueue(database, concurrency=4, runs_jobs=False, drain_seconds=2)
    answering.add({"record": recorder})
    answering.start()
    with engine.begin() as db:
        answering.enqueue(db, Job("record", "kept:1", ("kept",)))
    answering.stop()
    assert recorder.done == []
    working = DurableJobQueue(database, concurrency=4, runs_jobs=True, drain_seconds=2)
    working.add({"record": recorder})
    working.start()
    assert recorder.wait(1) == ["kept"]
    working.stop()
