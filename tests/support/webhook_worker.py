"""Runs the jobs of webhooks in the test, under its manual clock and with a stub that sends nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from domain.webhooks.events import DeliveryError, Outcome, WebhookRequest
from server.app import House
from server.jobs.webhooks import AnnounceJob, DeliverJob
from storage.schema.records import WebhookEndpointRecord
from tests.support.clock import ManualClock
from tests.support.recorded_jobs import RecordedJobs
from tools.kernel.unit import Unit
from tools.webhooks.endpoints import SEALED_FOR

OK = Outcome(timedelta(milliseconds=5), status=204)
BROKEN = Outcome(timedelta(milliseconds=5), status=500, snippet="oh no")
GONE = Outcome(timedelta(milliseconds=5), status=410)
SILENT = Outcome(timedelta(seconds=10), error=DeliveryError.timed_out)


@dataclass
class StubSender:
    """Keeps what it should send. Answers the next of `answers`, and `always` when there is none left.

    `answer_at` are answers of single addresses; `meanwhile` happens while a request is on its way.
    """

    answers: list[Outcome] = field(default_factory=list)
    always: Outcome = OK
    sent: list[WebhookRequest] = field(default_factory=list)
    answer_at: dict[str, Outcome] = field(default_factory=dict)
    meanwhile: Callable[[WebhookRequest], None] | None = None

    def send(self, request: WebhookRequest) -> Outcome:
        self.sent.append(request)
        if self.meanwhile is not None:
            self.meanwhile(request)
        if request.url in self.answer_at:
            return self.answer_at[request.url]
        return self.answers.pop(0) if self.answers else self.always


class WebhookWorker:
    """Runs enqueued webhook jobs in their order; the clock moves on by the delay of each."""

    def __init__(self, house: House, jobs: RecordedJobs, clock: ManualClock) -> None:
        self.sender = StubSender()
        self.disabled: list[WebhookEndpointRecord] = []
        self._jobs, self._clock, self._done = jobs, clock, 0
        engine = house.store.engine

        def unseal(sealed: str) -> str:
            return house.secrets.unseal(sealed, SEALED_FOR)

        units = replace(house.units, clock=clock, jobs=jobs)
        self._announce = AnnounceJob(engine, units)
        self._deliver = DeliverJob(engine, units, self.sender, unseal, self._disable)

    def _disable(self, _unit: Unit, endpoint: WebhookEndpointRecord) -> None:
        self.disabled.append(endpoint)

    def run_jobs(self) -> list[WebhookRequest]:
        """Run every job that is new, and those that follow from it. Returns what was sent."""
        before = len(self.sender.sent)
        while self._done < len(self._jobs.enqueued):
            job = self._jobs.enqueued[self._done]
            self._done += 1
            if job.name not in ("announce", "deliver"):
                continue
            self._clock.now += job.delay
            run = self._announce if job.name == "announce" else self._deliver
            run(str(job.args[0]))
        return self.sender.sent[before:]

    def run_jobs_again(self) -> list[WebhookRequest]:
        """Run all jobs a second time, as after a crash before they were marked as done."""
        self._done = 0
        return self.run_jobs()
