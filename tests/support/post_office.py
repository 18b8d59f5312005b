"""The jobs of webhooks, worked off by hand under a hand-set clock."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from domain.webhooks.events import Outcome, Posting, Trouble
from server.app import House
from server.jobs.webhooks import AnnounceJob, DeliverJob
from tests.support.clock import HandClock
from tests.support.house import RecordedJobs
from tools.webhooks.endpoints import SEALED_FOR

OK = Outcome(timedelta(milliseconds=5), status=204)
BROKEN = Outcome(timedelta(milliseconds=5), status=500, snippet="oh no")
SILENT = Outcome(timedelta(seconds=10), trouble=Trouble.timed_out)


@dataclass
class Post:
    """A sender that keeps what it was given and answers as it was told, `OK` when it was told nothing."""

    answers: list[Outcome] = field(default_factory=list)
    always: Outcome = OK
    posted: list[Posting] = field(default_factory=list)

    def send(self, posting: Posting) -> Outcome:
        self.posted.append(posting)
        return self.answers.pop(0) if self.answers else self.always


class PostOffice:
    """Does what was promised, in order, moving the clock on to when each was due."""

    def __init__(self, house: House, book: RecordedJobs, clock: HandClock) -> None:
        self.post = Post()
        self.given_up: list[dict[str, Any]] = []
        self._book, self._clock, self._done = book, clock, 0
        engine = house.store.engine

        def unseal(sealed: str) -> str:
            return house.secrets.unseal(sealed, SEALED_FOR)

        self._announce = AnnounceJob(engine, clock, book)
        self._deliver = DeliverJob(engine, self.post, unseal, clock, book, self._gave_up)

    def _gave_up(self, _db: sa.Connection, endpoint: dict[str, Any]) -> None:
        self.given_up.append(endpoint)

    def work(self) -> list[Posting]:
        """Keep every promise about webhooks, and those that follow from them; what was posted by it."""
        before = len(self.post.posted)
        while self._done < len(self._book.kept):
            job = self._book.kept[self._done]
            self._done += 1
            if job.name not in ("announce", "deliver"):
                continue
            self._clock.now += job.delay
            run = self._announce if job.name == "announce" else self._deliver
            run(str(job.args[0]))
        return self.post.posted[before:]

    def again(self) -> list[Posting]:
        """Do everything a second time, as after a crash that forgot that it had been done."""
        self._done = 0
        return self.work()
