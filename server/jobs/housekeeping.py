"""What is done now and then: finding promises that no work stands for, and letting go of what is finished.

A promise and its work are written in one transaction, so none should ever be without. But databases are restored
from backups and queues are emptied by hand; what people were promised must not depend on nobody ever doing so.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from storage.access import replays
from storage.delivery import mails, webhooks
from storage.interviews import sessions

log = logging.getLogger(__name__)

# How long after it was due a promise is looked into; longer than any job takes.
OVERDUE = timedelta(minutes=15)
_AT_ONCE = 200
# How long finished work and answers to an Idempotency-Key are remembered.
REMEMBERED = timedelta(days=7)


class Engine(Protocol):
    """The durable engine as housekeeping sees it."""

    def enqueue(self, db: sa.Connection, job: Job) -> None: ...

    def has_work(self, job: str) -> bool:
        """Whether something waits or runs for this promise, however often it was tried."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove finished work; how much there was, at most one batch."""
        ...


class Reconcile:
    """Gives work to mails, deliveries and interviews without a scorecard that are overdue and have none."""

    def __init__(self, engine: sa.Engine, durable: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._durable = durable
        self._clock = clock

    def __call__(self) -> int:
        """How many promises were taken up again."""
        now = self._clock()
        with self._engine.connect() as db:
            waiting = [job for name in _OVERDUE for job in _open(db, name, now)]
        lost = [job for job in waiting if not self._durable.has_work(job.id)]
        for job in lost:
            # an id of its own: the old one may be known to the engine as done
            again = Job(job.name, f"{job.id}:{int(now.timestamp())}", job.args)
            with self._engine.begin() as db:
                self._durable.enqueue(db, again)
        if lost:
            log.warning("promises without work were taken up again", extra={"count": len(lost)})
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
    """Forgets finished work, answers to old idempotency keys and, after `kept`, events with their deliveries."""

    def __init__(
        self, engine: sa.Engine, durable: Engine, clock: Callable[[], datetime], kept: timedelta
    ) -> None:
        self._engine = engine
        self._durable = durable
        self._clock = clock
        self._kept = kept

    def __call__(self) -> int:
        """How many records went."""
        now = self._clock()
        with self._engine.begin() as db:
            gone = replays.forget(db, now - REMEMBERED)
            gone += webhooks.forget(db, now - self._kept)
        return gone + self._durable.forget(now - REMEMBERED)


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
