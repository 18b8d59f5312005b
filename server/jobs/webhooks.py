"""The jobs that bring events to receivers: one finds out whom an event concerns, one makes one attempt.

At least once: an attempt whose answer a crash swallowed is made again, with the same id, by which receivers know it.
Each attempt is a row of the delivery log; the next one is written down, and promised, when one has failed.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from domain.webhooks.events import (
    DeliveryStatus,
    EventEnvelope,
    Outcome,
    Posting,
    WebhookSender,
    failing_since,
    must_disable,
    valid_secrets,
    wait_before,
)
from server.jobs.promising import JobQueue
from storage.delivery import webhooks
from storage.engine.ids import new_id
from storage.schema.tables import Delivery

log = logging.getLogger(__name__)

GIVEN_UP = "nothing got through for five days"


class AnnounceJob:
    """Gives an event to every endpoint that wants it. Running it again adds nothing."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime], jobs: JobQueue) -> None:
        self._engine = engine
        self._clock = clock
        self._jobs = jobs

    def __call__(self, event_id: str) -> None:
        with self._engine.begin() as db:
            event = webhooks.event(db, UUID(event_id))
            if event is None:
                return  # the person it told of was erased
            for endpoint in webhooks.subscribed(db, event["workspace_id"], event["event"]):
                delivery = queued(event["workspace_id"], event["id"], endpoint, now=self._clock())
                if webhooks.add_first_delivery(db, delivery):
                    self._jobs.enqueue(db, delivery_job(delivery.id))


class DeliverJob:
    """Makes one attempt at delivering and writes down what became of it, and when the next one is due."""

    def __init__(
        self,
        engine: sa.Engine,
        sender: WebhookSender,
        unseal: Callable[[str], str],
        clock: Callable[[], datetime],
        jobs: JobQueue,
        gave_up: Callable[[sa.Connection, dict[str, Any]], None],
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._unseal = unseal
        self._clock = clock
        self._jobs = jobs
        self._gave_up = gave_up

    def __call__(self, delivery_id: str) -> None:
        with self._engine.connect() as db:
            parcel = webhooks.parcel(db, UUID(delivery_id))
        if parcel is None or parcel["status"] != DeliveryStatus.queued:
            return
        outcome = self._sender.send(self._posting(parcel))
        with self._engine.begin() as db:
            self._settle(db, parcel, outcome)

    def _posting(self, parcel: dict[str, Any]) -> Posting:
        now = self._clock()
        previous = parcel["previous_secret"]
        secrets = valid_secrets(parcel["secret"], previous, parcel["previous_until"], now)
        envelope = EventEnvelope(
            id=parcel["wire_id"],
            event=parcel["event"],
            occurred_at=parcel["occurred_at"],
            data=parcel["data"],
        )
        return Posting(
            url=parcel["url"],
            event=parcel["wire_id"],
            body=envelope.body(),
            sent_at=now,
            secrets=tuple(self._unseal(sealed) for sealed in secrets),
        )

    def _settle(self, db: sa.Connection, parcel: dict[str, Any], outcome: Outcome) -> None:
        now = self._clock()
        status = DeliveryStatus.delivered if outcome.delivered else DeliveryStatus.failed
        values = {
            "status": status.value,
            "http_status": outcome.status,
            "error": outcome.trouble.sentence if outcome.trouble else None,
            "snippet": outcome.snippet or None,
            "duration_ms": round(outcome.duration / timedelta(milliseconds=1)),
            "finished_at": now,
        }
        if not webhooks.settle(db, parcel["id"], values):
            return  # withdrawn meanwhile, or another worker was first
        self._judge(db, parcel, delivered=outcome.delivered, now=now)
        if not outcome.delivered:
            self._try_again(db, parcel, now)

    def _judge(self, db: sa.Connection, parcel: dict[str, Any], *, delivered: bool, now: datetime) -> None:
        """Note how the endpoint is doing; give it up when it has been silent for too long."""
        endpoint = webhooks.endpoint(db, parcel["workspace_id"], parcel["endpoint_id"])
        if endpoint is None:
            return
        since = failing_since(endpoint["failing_since"], delivered=delivered, now=now)
        values: dict[str, Any] = {"failing_since": since}
        gives_up = endpoint["enabled"] and must_disable(since, now, parcel["attempt"])
        if gives_up:
            values |= {"enabled": False, "disabled_reason": GIVEN_UP, "updated_at": now}
        if since != endpoint["failing_since"] or gives_up:
            webhooks.change_endpoint(db, parcel["workspace_id"], endpoint["id"], values)
        if gives_up:
            webhooks.withdraw_deliveries(db, parcel["workspace_id"], endpoint["id"], now)
            log.warning("a webhook endpoint was given up", extra={"endpoint": str(endpoint["id"])})
            self._gave_up(db, endpoint | values)

    def _try_again(self, db: sa.Connection, parcel: dict[str, Any], now: datetime) -> None:
        attempt = parcel["attempt"] + 1
        wait = wait_before(attempt, f"{parcel['event_id']}:{parcel['endpoint_id']}:{parcel['round']}")
        endpoint = webhooks.endpoint(db, parcel["workspace_id"], parcel["endpoint_id"])
        if wait is None or endpoint is None or not endpoint["enabled"]:
            return
        after = queued(
            parcel["workspace_id"],
            parcel["event_id"],
            parcel["endpoint_id"],
            now=now,
            wait=wait,
            round=parcel["round"],
            attempt=attempt,
        )
        webhooks.add_delivery(db, after)
        self._jobs.enqueue(db, delivery_job(after.id, wait))


def queued(
    workspace: UUID,
    event: UUID,
    endpoint: UUID,
    *,
    now: datetime,
    wait: timedelta = timedelta(),
    round: int = 0,
    attempt: int = 1,
) -> Delivery:
    """An attempt that is due."""
    return Delivery(
        id=new_id(),
        workspace_id=workspace,
        event_id=event,
        endpoint_id=endpoint,
        round=round,
        attempt=attempt,
        status=DeliveryStatus.queued.value,
        due_at=now + wait,
        created_at=now,
    )


def delivery_job(delivery: UUID, wait: timedelta = timedelta()) -> Job:
    """The promise to make an attempt."""
    return Job("deliver", f"deliver:{delivery}", (str(delivery),), wait)
