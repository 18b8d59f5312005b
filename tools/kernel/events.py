"""Enqueueing webhook events: one row and one job, in the transaction in which the event happens.

Only where a workspace has endpoints at all. The job finds out which of them want the event, so that the caller's
transaction does not grow with the number of receivers.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.webhooks.events import DeliveryStatus, WebhookEvent, event_id
from domain.webhooks.payloads import participant_payload, session_payload
from storage.delivery import webhooks
from storage.engine.ids import new_id
from storage.engine.records import values_of
from storage.schema.records import DeliveryRecord, EventRecord, ParticipantRecord, SessionRecord
from tools.kernel.unit import Unit


def enqueue_session_event(unit: Unit, event: WebhookEvent, row: SessionRecord) -> None:
    """Send receivers the session as it is now; `row` is its row after the change."""
    data = session_payload(values_of(row), unit.public_url)
    _enqueue(unit, row.workspace_id, event, row.candidate_id, data)


def enqueue_participant_event(unit: Unit, row: ParticipantRecord) -> None:
    """Send receivers a new participant."""
    data = participant_payload(values_of(row))
    _enqueue(unit, row.workspace_id, WebhookEvent.participant_created, row.id, data)


def _enqueue(
    unit: Unit, workspace: UUID, event: WebhookEvent, participant: UUID, data: dict[str, Any]
) -> None:
    """`participant` is whose personal data the event holds: erasing them finds it."""
    if not webhooks.has_endpoints(unit.db, workspace):
        return
    made = new_id()
    record = EventRecord(
        id=made,
        workspace_id=workspace,
        wire_id=event_id(made),
        event=event.value,
        participant_id=participant,
        data=data,
        occurred_at=unit.now,
    )
    webhooks.add_event(unit.db, record)
    unit.enqueue("announce", f"announce:{made}", str(made))


def enqueue_delivery(
    unit: Unit,
    workspace: UUID,
    event: UUID,
    endpoint: UUID,
    *,
    wait: timedelta = timedelta(),
    round: int = 0,
    attempt: int = 1,
) -> DeliveryRecord:
    """Have one attempt made at bringing an event to an endpoint, after `wait`. The same attempt twice is one."""
    delivery = DeliveryRecord(
        id=new_id(),
        workspace_id=workspace,
        event_id=event,
        endpoint_id=endpoint,
        round=round,
        attempt=attempt,
        status=DeliveryStatus.queued.value,
        due_at=unit.now + wait,
        created_at=unit.now,
    )
    if webhooks.add_delivery(unit.db, delivery):
        unit.enqueue("deliver", f"deliver:{delivery.id}", str(delivery.id), delay=wait)
    return delivery
