"""A unit of work: one transaction, and what a decision inside it needs. Operations, jobs and live rooms have one each.

Jobs are collected while the unit is open and written in the same transaction by `flush`; a part that is rolled
back (`savepoint`) takes its jobs with it. Nothing here knows which face or job opened the unit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from domain.audit_chain import AuditKey
from domain.jobs import Job


class JobQueue(Protocol):
    """Takes jobs in the caller's transaction; in production the durable engine."""

    def enqueue(self, db: sa.Connection, job: Job) -> None:
        """Write the job down on `db`: it runs if, and only if, that transaction commits."""
        ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the audit log names them: `key:<id>`, `user:<id>` or `system`; `face` is the way they came in."""

    name: str
    client: str
    face: str


# Background jobs and live interviews: nobody called, so no key stands behind what they do.
SYSTEM = Actor(name="system", client="", face="system")


@dataclass(slots=True)
class Unit:
    """One open transaction. `hold` is how long a mail that this actor asks for waits before it leaves."""

    db: sa.Connection
    now: datetime
    jobs: JobQueue
    public_url: str
    audit_key: AuditKey
    actor: Actor = SYSTEM
    hold: timedelta = timedelta()
    queued: list[Job] = field(default_factory=list)

    def enqueue(self, name: str, id: str, *args: str | int, delay: timedelta = timedelta()) -> None:
        """Have work done after the commit; the same `id` twice is one job."""
        self.queued.append(Job(name, id, args, delay))

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What fails inside is rolled back, its jobs too; the rest of the unit goes on."""
        before = len(self.queued)
        try:
            with self.db.begin_nested():
                yield
        except BaseException:
            del self.queued[before:]
            raise

    def flush(self) -> None:
        """Write the collected jobs in this transaction. The last thing that happens in it."""
        for job in self.queued:
            self.jobs.enqueue(self.db, job)
        self.queued.clear()


@dataclass(frozen=True, slots=True)
class Units:
    """Opens units for jobs and live rooms, which act as `system`."""

    clock: Callable[[], datetime]
    jobs: JobQueue
    public_url: str
    audit_key: AuditKey

    def within(self, db: sa.Connection) -> Unit:
        """A unit on a transaction that is open. Whoever opened it calls `flush` before the commit."""
        return Unit(db, self.clock(), self.jobs, self.public_url, self.audit_key)

    @contextmanager
    def begin(self, engine: sa.Engine) -> Iterator[Unit]:
        """A unit in a transaction of its own, committed with its jobs when the block ends well."""
        with engine.begin() as db:
            unit = self.within(db)
            yield unit
            unit.flush()
