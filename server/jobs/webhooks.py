"""The jobs that deliver events: one finds the endpoints that want an event, one makes one attempt.

At least once: after a crash an attempt without a recorded outcome is made again, with the same event id.
Each attempt is a row of the delivery log; a failed attempt enqueues the next one.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from domain.webhooks.events import (
    DeliveryStatus,
    DisabledReason,
    EventEnvelope,
    Outcome,
    WebhookRequest,
    WebhookSender,
    delay_before,
    failing_since,
    must_disable,
    says_gone,
    valid_secrets,
)
from storage.delivery import webhooks
from storage.delivery.webhooks import DeliveryContextRecord
from storage.engine.records import changed
from storage.schema.records import WebhookEndpointRecord
from tools.kernel.events import enqueue_delivery
from tools.kernel.unit import Unit, Units

log = logging.getLogger(__name__)


class AnnounceJob:
    """Gives an event to every endpoint that wants it. Running it again adds nothing."""

    def __init__(self, engine: sa.Engine, units: Units) -> None:
        self._engine = engine
        self._units = units

    def __call__(self, event_id: str) -> None:
        with self._units.begin(self._engine) as unit:
            event = webhooks.event(unit.db, UUID(event_id))
            if event is None:
                return  # the participant was erased
            for endpoint in webhooks.subscribed(unit.db, event):
                enqueue_delivery(unit, event.workspace_id, event.id, endpoint)


class DeliverJob:
    """Makes one attempt at delivering and writes down what became of it, and when the next one is due.

    `report` is called, in the same transaction, when an endpoint is given up.
    """

    def __init__(
        self,
        engine: sa.Engine,
        units: Units,
        sender: WebhookSender,
        unseal: Callable[[str], str],
        report: Callable[[Unit, WebhookEndpointRecord], None],
    ) -> None:
        self._engine = engine
        self._units = units
        self._sender = sender
        self._unseal = unseal
        self._report = report

    def __call__(self, delivery_id: str) -> None:
        with self._engine.connect() as db:
            delivery = webhooks.delivery_context(db, UUID(delivery_id))
        if delivery is None or delivery.status != DeliveryStatus.queued:
            return
        outcome = self._sender.send(self._posting(delivery, self._units.clock()))
        with self._units.begin(self._engine) as unit:
            self._settle(unit, delivery, outcome)

    def _posting(self, delivery: DeliveryContextRecord, now: datetime) -> WebhookRequest:
        previous = delivery.previous_secret
        secrets = valid_secrets(delivery.secret, previous, delivery.previous_until, now)
        envelope = EventEnvelope(
            id=delivery.wire_id,
            event=delivery.event,
            occurred_at=delivery.occurred_at,
            data=delivery.data,
        )
        return WebhookRequest(
            url=delivery.url,
            event=delivery.wire_id,
            body=envelope.body(),
            sent_at=now,
            secrets=tuple(self._unseal(sealed) for sealed in secrets),
        )

    def _settle(self, unit: Unit, delivery: DeliveryContextRecord, outcome: Outcome) -> None:
        status = DeliveryStatus.delivered if outcome.delivered else DeliveryStatus.failed
        values = {
            "status": status.value,
            "http_status": outcome.status,
            "error": outcome.error.message if outcome.error else None,
            "snippet": outcome.snippet or None,
            "duration_ms": round(outcome.duration / timedelta(milliseconds=1)),
            "finished_at": unit.now,
        }
        if not webhooks.settle(unit.db, delivery.id, values):
            return  # withdrawn meanwhile, or settled by another worker
        self._rate_endpoint(unit, delivery, outcome)
        if not outcome.delivered:
            _enqueue_next(unit, delivery)

    def _rate_endpoint(self, unit: Unit, delivery: DeliveryContextRecord, outcome: Outcome) -> None:
        """Note how the endpoint is doing; disable it when its receiver is gone or was silent for too long."""
        before = webhooks.endpoint(unit.db, delivery.workspace_id, delivery.endpoint_id)
        if before is None:
            return
        since = failing_since(before.failing_since, delivered=outcome.delivered, now=unit.now)
        reason = _reason_to_disable(before, since, delivery, outcome, unit.now)
        after = replace(before, failing_since=since)
        if reason:
            after = replace(after, enabled=False, disabled_reason=reason.value, updated_at=unit.now)
        if after != before:
            webhooks.change_endpoint(unit.db, before.workspace_id, before.id, changed(before, after))
        if reason:
            webhooks.withdraw_deliveries(unit.db, before.workspace_id, before.id, unit.now)
            log.warning(
                "a webhook endpoint was disabled", extra={"endpoint": str(before.id), "reason": reason}
            )
            self._report(unit, after)


def _reason_to_disable(
    endpoint: WebhookEndpointRecord,
    since: datetime | None,
    delivery: DeliveryContextRecord,
    outcome: Outcome,
    now: datetime,
) -> DisabledReason | None:
    """Why the endpoint is disabled after this attempt; None when it stays as it is."""
    if not endpoint.enabled:
        return None
    # the answer of an address that was replaced meanwhile says nothing of the new one
    if says_gone(outcome.status) and endpoint.url == delivery.url:
        return DisabledReason.gone
    return DisabledReason.given_up if must_disable(since, now, delivery.attempt) else None


def _enqueue_next(unit: Unit, delivery: DeliveryContextRecord) -> None:
    """Enqueue the next attempt, unless there are none left or the endpoint is disabled."""
    attempt = delivery.attempt + 1
    wait = delay_before(attempt, f"{delivery.event_id}:{delivery.endpoint_id}:{delivery.round}")
    endpoint = webhooks.endpoint(unit.db, delivery.workspace_id, delivery.endpoint_id)
    if wait is None or endpoint is None or not endpoint.enabled:
        return
    enqueue_delivery(
        unit,
        delivery.workspace_id,
        delivery.event_id,
        delivery.endpoint_id,
        wait=wait,
        round=delivery.round,
        attempt=attempt,
    )
