"""Regular chores: enqueueing jobs that were lost, and deleting what is finished.

A row that waits for work and its job are written in one transaction, so no job should ever be missing. But
databases are restored from backups and queues are emptied by hand, and a mail must leave all the same.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from storage.access import replays
from storage.delivery import mails, webhooks
from storage.engine.scrub import keeps_deleted_bytes
from storage.interviews import sessions

log = logging.getLogger(__name__)

# How long after its due time a row is looked into. Longer than any job takes.
OVERDUE = timedelta(minutes=15)
_AT_ONCE = 200
# How long finished jobs and answers to an Idempotency-Key are kept.
REMEMBERED = timedelta(days=7)


class Engine(Protocol):
    """The durable engine as housekeeping sees it."""

    def enqueue(self, db: sa.Connection, job: Job) -> None: ...

    def has_work(self, job: str) -> bool:
        """Whether a job with this id, or a later try of it, waits or runs."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete finished jobs, at most one batch; how many there were."""
        ...


class Reconcile:
    """Enqueues jobs for overdue mails, deliveries and unscored interviews that have none."""

    def __init__(self, engine: sa.Engine, durable: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._durable = durable
        self._clock = clock

    def __call__(self) -> int:
        """Enqueue the lost jobs; how many there were."""
        now = self._clock()
        with self._engine.connect() as db:
            waiting = [job for name in _OVERDUE for job in _open(db, name, now)]
        lost = [job for job in waiting if not self._durable.has_work(job.id)]
        for job in lost:
            # A new id: the engine may know the old one as done.
            again = Job(job.name, f"{job.id}:{int(now.timestamp())}", job.args)
            with self._engine.begin() as db:
                self._durable.enqueue(db, again)
        if lost:
            log.warning("lost jobs were enqueued again", extra={"count": len(lost)})
        return len(lost)


_Find = Callable[[sa.Connection, datetime, int], Sequence[UUID]]
_OVERDUE: Mapping[str, _Find] = {
    "mail": mails.overdue,
    "deliver": webhooks.overdue,
    "score": sessions.unscored,
}


def _open(db: sa.Connection, name: str, now: datetime) -> Sequence[Job]:
    found = _OVERDUE[name](db, now - OVERDUE, _AT_ONCE)
    return [Job(name, f"{name}:{id}", (str(id),)) for id in found]


class Retention:
    """Deletes finished jobs, answers to old idempotency keys and, after `kept`, events with their deliveries."""

    def __init__(
        self, engine: sa.Engine, durable: Engine, clock: Callable[[], datetime], kept: timedelta
    ) -> None:
        self._engine = engine
        self._durable = durable
        self._clock = clock
        self._kept = kept

    def __call__(self) -> int:
        """Delete what is old; how many records there were."""
        now = self._clock()
        with self._engine.begin() as db:
            gone = replays.forget(db, now - REMEMBERED)
            gone += webhooks.forget(db, now - self._kept)
            if gone and keeps_deleted_bytes(db):
                self._durable.enqueue(db, _scrub_tonight(now))
        return gone + self._durable.forget(now - REMEMBERED)


def _scrub_tonight(now: datetime) -> Job:
    """The job that removes the bytes of what was deleted: one for each day on which something was."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Job("scrub", f"scrub:{midnight.date().isoformat()}", (), midnight - now)


class Rounds:
    """Does each chore every so often, in a thread of its own, until it is stopped. A chore that fails is logged."""

    def __init__(self, chores: Sequence[Callable[[], int]], every: timedelta) -> None:
        self._chores = chores
        self._every = every.total_seconds()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="viva-housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            for chore in self._chores:
                try:
                    chore()
                except Exception as error:
                    log.error("housekeeping failed", exc_info=error)
