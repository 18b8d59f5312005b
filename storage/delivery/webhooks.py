"""Webhook endpoints, events and deliveries. Every query names a workspace, except the jobs' reads by id."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.webhooks.events import DeliveryStatus
from storage.engine import counters
from storage.engine.paging import count_rows, page
from storage.engine.records import Records, values_of
from storage.engine.store import heavy
from storage.engine.upsert import insert_or_ignore
from storage.schema.columns import has_element
from storage.schema.records import DeliveryRecord, EventRecord, WebhookEndpointRecord
from storage.schema.tables import Delivery, Event, WebhookEndpoint, WorkspaceNotice, table

ENDPOINTS = table(WebhookEndpoint)
EVENTS = table(Event)
DELIVERIES = table(Delivery)
_NOTICES = table(WorkspaceNotice)
_ENDPOINT = Records(WebhookEndpointRecord, ENDPOINTS.c)
_EVENT = Records(EventRecord, EVENTS.c)
_DELIVERY = Records(DeliveryRecord, DELIVERIES.c)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLogRecord(DeliveryRecord):
    """A row of the delivery log: an attempt and the event that it delivers."""

    event: str
    wire_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryContextRecord(DeliveryLogRecord):
    """An attempt with all that is needed to send it."""

    occurred_at: dt.datetime
    data: dict[str, Any]
    url: str
    secret: str
    previous_secret: str | None
    previous_until: dt.datetime | None


def endpoint(db: sa.Connection, workspace: UUID, endpoint: UUID) -> WebhookEndpointRecord | None:
    ours = ENDPOINTS.c.workspace_id == workspace, ENDPOINTS.c.id == endpoint
    return _ENDPOINT.one(db, _ENDPOINT.select().where(*ours))


def add_endpoint(db: sa.Connection, endpoint: WebhookEndpointRecord) -> None:
    db.execute(sa.insert(ENDPOINTS), values_of(endpoint))
    counters.bump(db, endpoint.workspace_id, {"webhook_endpoints": 1})


def change_endpoint(db: sa.Connection, workspace: UUID, endpoint: UUID, values: Mapping[str, Any]) -> None:
    db.execute(
        sa.update(ENDPOINTS)
        .where(ENDPOINTS.c.workspace_id == workspace, ENDPOINTS.c.id == endpoint)
        .values(**values)
    )


def remove_endpoint(db: sa.Connection, workspace: UUID, endpoint: UUID) -> None:
    """Delete an endpoint with its delivery log and the notices about it."""
    db.execute(
        sa.delete(DELIVERIES).where(
            DELIVERIES.c.workspace_id == workspace, DELIVERIES.c.endpoint_id == endpoint
        )
    )
    db.execute(
        sa.delete(_NOTICES).where(_NOTICES.c.workspace_id == workspace, _NOTICES.c.endpoint_id == endpoint)
    )
    result = db.execute(
        sa.delete(ENDPOINTS).where(ENDPOINTS.c.workspace_id == workspace, ENDPOINTS.c.id == endpoint)
    )
    counters.bump(db, workspace, {"webhook_endpoints": -result.rowcount})


def count_endpoints(db: sa.Connection, workspace: UUID) -> int:
    """How many endpoints the workspace has."""
    return counters.read(db, workspace, "webhook_endpoints")


def list_endpoints(
    db: sa.Connection, workspace: UUID, limit: int, offset: int
) -> tuple[Sequence[WebhookEndpointRecord], int]:
    """One page, newest first, and the total."""
    return page(
        db,
        _ENDPOINT,
        ENDPOINTS,
        workspace,
        [],
        counter="webhook_endpoints",
        limit=limit,
        offset=offset,
    )


def subscribed(db: sa.Connection, event: EventRecord) -> Sequence[UUID]:
    """The endpoints of the event's workspace that are subscribed to it and were enabled when it happened."""
    # an endpoint that a server of the version before 0007 made has no moment until it is enabled again
    created = ENDPOINTS.c.created_at
    enabled_at = sa.func.coalesce(ENDPOINTS.c.enabled_at, created, type_=created.type)
    return list(
        db.execute(
            sa.select(ENDPOINTS.c.id).where(
                ENDPOINTS.c.workspace_id == event.workspace_id,
                ENDPOINTS.c.enabled,
                enabled_at <= event.occurred_at,
                has_element(ENDPOINTS.c.events, event.event),
            )
        ).scalars()
    )


def has_endpoints(db: sa.Connection, workspace: UUID) -> bool:
    """Whether the workspace has an endpoint that events may go to."""
    return count_endpoints(db, workspace) > 0


def add_event(db: sa.Connection, event: EventRecord) -> None:
    db.execute(sa.insert(EVENTS), values_of(event))


def event(db: sa.Connection, event: UUID) -> EventRecord | None:
    """An event by its id; for the job, whose id comes from the workspace's own call."""
    return _EVENT.one(db, _EVENT.select().where(EVENTS.c.id == event))


def events_between(
    db: sa.Connection,
    workspace: UUID,
    events: Sequence[str],
    since: dt.datetime,
    until: dt.datetime,
    limit: int,
) -> Sequence[EventRecord]:
    """Events of these kinds between two times, both included; oldest first."""
    heavy(db)
    statement = (
        _EVENT.select()
        .where(
            EVENTS.c.workspace_id == workspace,
            EVENTS.c.event.in_(events),
            EVENTS.c.occurred_at >= since,
            EVENTS.c.occurred_at <= until,
        )
        .order_by(EVENTS.c.occurred_at, EVENTS.c.id)
        .limit(limit)
    )
    return _EVENT.all(db, statement)


def add_delivery(db: sa.Connection, delivery: DeliveryRecord) -> bool:
    """Insert an attempt unless this round of the event and endpoint has it already; whether it was inserted."""
    return insert_or_ignore(db, Delivery, values_of(delivery))


_CONTEXT = Records(
    DeliveryContextRecord,
    (
        *DELIVERIES.c,
        *(EVENTS.c[name] for name in ("wire_id", "event", "occurred_at", "data")),
        *(ENDPOINTS.c[name] for name in ("url", "secret", "previous_secret", "previous_until")),
    ),
)
_WITH_EVENT = DELIVERIES.join(EVENTS, EVENTS.c.id == DELIVERIES.c.event_id)
_WITH_ENDPOINT = _WITH_EVENT.join(ENDPOINTS, ENDPOINTS.c.id == DELIVERIES.c.endpoint_id)


def delivery_context(db: sa.Connection, delivery: UUID) -> DeliveryContextRecord | None:
    """A delivery by its id with its event and endpoint; for the job that makes the attempt."""
    statement = _CONTEXT.select().select_from(_WITH_ENDPOINT).where(DELIVERIES.c.id == delivery)
    return _CONTEXT.one(db, statement)


def delivery_of(db: sa.Connection, workspace: UUID, delivery: UUID) -> DeliveryRecord | None:
    """A delivery of the workspace."""
    ours = DELIVERIES.c.workspace_id == workspace, DELIVERIES.c.id == delivery
    return _DELIVERY.one(db, _DELIVERY.select().where(*ours))


def settle(db: sa.Connection, delivery: UUID, values: Mapping[str, Any]) -> bool:
    """Write the result of an attempt that was queued; False when it was settled before."""
    result = db.execute(
        sa.update(DELIVERIES)
        .where(DELIVERIES.c.id == delivery, DELIVERIES.c.status == DeliveryStatus.queued.value)
        .values(**values)
    )
    return result.rowcount == 1


def withdraw_deliveries(db: sa.Connection, workspace: UUID, endpoint: UUID, now: dt.datetime) -> None:
    """Withdraw every attempt at the endpoint that is queued."""
    db.execute(
        sa.update(DELIVERIES)
        .where(
            DELIVERIES.c.workspace_id == workspace,
            DELIVERIES.c.endpoint_id == endpoint,
            DELIVERIES.c.status == DeliveryStatus.queued.value,
        )
        .values(status=DeliveryStatus.withdrawn.value, finished_at=now)
    )


def next_round(db: sa.Connection, event: UUID, endpoint: UUID) -> int:
    """The number of the next round of attempts of an event at an endpoint."""
    last = db.execute(
        sa.select(sa.func.max(DELIVERIES.c.round)).where(
            DELIVERIES.c.event_id == event, DELIVERIES.c.endpoint_id == endpoint
        )
    ).scalar_one()
    return 0 if last is None else last + 1


_LOG = Records(DeliveryLogRecord, (*DELIVERIES.c, EVENTS.c.event, EVENTS.c.wire_id))


def list_deliveries(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[DeliveryLogRecord], int]:
    """One page of the delivery log with each event's name, newest first, and the total."""
    heavy(db)
    conditions = [
        DELIVERIES.c.workspace_id == workspace,
        *((EVENTS if name == "event" else DELIVERIES).c[name] == value for name, value in filters.items()),
    ]
    total = count_rows(db, _WITH_EVENT, *conditions)
    statement = (
        _LOG.select()
        .select_from(_WITH_EVENT)
        .where(*conditions)
        .order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return _LOG.all(db, statement), total


def overdue(db: sa.Connection, before: dt.datetime, limit: int) -> Sequence[UUID]:
    """Deliveries of every workspace that were due before then and are queued: for the reconcile job."""
    statement = (
        sa.select(DELIVERIES.c.id)
        .where(DELIVERIES.c.status == "queued", DELIVERIES.c.due_at < before)
        .order_by(DELIVERIES.c.due_at)
        .limit(limit)
    )
    return db.execute(statement).scalars().all()


def forget(db: sa.Connection, before: dt.datetime) -> int:
    """Delete events of every workspace that happened before then, with their deliveries; how many there were."""
    old = sa.select(EVENTS.c.id).where(EVENTS.c.occurred_at < before)
    db.execute(sa.delete(DELIVERIES).where(DELIVERIES.c.event_id.in_(old)))
    return db.execute(sa.delete(EVENTS).where(EVENTS.c.occurred_at < before)).rowcount
