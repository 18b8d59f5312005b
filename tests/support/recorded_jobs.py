"""A job queue that runs nothing and keeps what was enqueued."""

from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from domain.jobs import Job


@dataclass
class RecordedJobs:
    """Jobs in the order in which they were enqueued, each id once."""

    enqueued: list[Job] = field(default_factory=list)

    def enqueue(self, db: sa.Connection, job: Job) -> None:
        if job.id not in {known.id for known in self.enqueued}:
            self.enqueued.append(job)

    def of(self, name: str) -> list[Job]:
        return [job for job in self.enqueued if job.name == name]

    def delays(self, name: str) -> list[timedelta]:
        return [job.delay for job in self.of(name)]
