"""One thread that writes (SQLite): all jobs that wait while a commit runs share the next commit.

A job that fails rolls back only its own savepoint; a COMMIT that fails fails the whole batch. Results are returned
after COMMIT, so kill -9 loses only writes that nobody was told have succeeded.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from domain.errors import Busy

T = TypeVar("T")

_MAX_PER_COMMIT = 128


@dataclass(slots=True)
class _Job:
    work: Callable[[sa.Connection], Any]
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.answer.done():
            return
        if self.error is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.error)


class GroupWriter:
    """Runs jobs one after the other in batches, each batch one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="viva-writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in the next commit; its result, after that commit."""
        if self._closed:
            raise Busy()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, answer))
        return await answer

    async def close(self) -> None:
        """Finish what was submitted, then stop."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        with self._engine.connect() as db:
            while (first := self._jobs.get()) is not None:
                batch, last = self._gather(first)
                self._commit(db, batch)
                self._answer(batch)
                if last:
                    return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        batch = [first]
        while len(batch) < _MAX_PER_COMMIT:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _commit(self, db: sa.Connection, batch: list[_Job]) -> None:
        try:
            with db.begin():
                for job in batch:
                    self._attempt(db, job)
        except BaseException as error:
            for job in batch:
                job.error = job.error or Busy().with_traceback(error.__traceback__)

    def _attempt(self, db: sa.Connection, job: _Job) -> None:
        raw: Any = db.connection.driver_connection
        raw.execute("SAVEPOINT job")
        try:
            job.result = job.work(db)
        except BaseException as error:
            job.error = error
            raw.execute("ROLLBACK TO job")
        raw.execute("RELEASE job")

    def _answer(self, batch: list[_Job]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        for job in batch:
            by_loop.setdefault(job.loop, []).append(job)
        for loop, jobs in by_loop.items():
            # nobody waits on a loop that is closed; the rows are committed all the same
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, jobs)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()
