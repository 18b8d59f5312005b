"""Webhook endpoints, events and deliveries. Every query names a workspace, but for the worker's own by id."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.webhooks.events import DeliveryStatus
from storage.engine import counters
from storage.engine.paging import page
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
    """A line of the delivery log: an attempt, and which event it is about."""

    event: str
    wire_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryContextRecord(DeliveryLogRecord):
    """An attempt with what is sent and where to."""

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
    """Delete an endpoint with its delivery log and what was said about it."""
    db.execute(
        sa.delete(DELIVERIES).where(
            DELIVERIES.c.workspace_id == workspace, DELIVERIES.c.endpoint_id == endpoint
        )
    )
    db.execute(
        sa.delete(_NOTICES).where(_NOTICES.c.workspace_id == workspace, _NOTICES.c.endpoint_id == endpoint)
    )
    gone = db.execute(
        sa.delete(ENDPOINTS).where(ENDPOINTS.c.workspace_id == workspace, ENDPOINTS.c.id == endpoint)
    )
    counters.bump(db, workspace, {"webhook_endpoints": -gone.rowcount})


def how_many_endpoints(db: sa.Connection, workspace: UUID) -> int:
    return counters.read(db, workspace, "webhook_endpoints")


def list_endpoints(
    db: sa.Connection, workspace: UUID, limit: int, offset: int
) -> tuple[Sequence[WebhookEndpointRecord], int]:
    """One page, newest first, and how many there are."""
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


def subscribed(db: sa.Connection, workspace: UUID, event: str) -> Sequence[UUID]:
    """The enabled endpoints that want this event."""
    return list(
        db.execute(
            sa.select(ENDPOINTS.c.id).where(
                ENDPOINTS.c.workspace_id == workspace,
                ENDPOINTS.c.enabled,
                has_element(ENDPOINTS.c.events, event),
            )
        ).scalars()
    )


def has_endpoints(db: sa.Connection, workspace: UUID) -> bool:
    """Whether anything in the workspace may want to hear of events."""
    return how_many_endpoints(db, workspace) > 0


def add_event(db: sa.Connection, event: EventRecord) -> None:
    db.execute(sa.insert(EVENTS), values_of(event))


def event(db: sa.Connection, event: UUID) -> EventRecord | None:
    """An event by its id; for the job that was given the id by the workspace's own call."""
    return _EVENT.one(db, _EVENT.select().where(EVENTS.c.id == event))


def events_between(
    db: sa.Connection,
    workspace: UUID,
    events: Sequence[str],
    since: dt.datetime,
    until: dt.datetime,
    limit: int,
) -> Sequence[EventRecord]:
    """Which of these events happened in a stretch of time, oldest first."""
    heavy(db)
    found = (
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
    return _EVENT.all(db, found)


def add_delivery(db: sa.Connection, delivery: DeliveryRecord) -> bool:
    """Insert an attempt, unless the event was given to this endpoint in this round before; whether it was."""
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
    """A delivery with what is sent and where to, by its id; for the job that makes the attempt."""
    found = _CONTEXT.select().select_from(_WITH_ENDPOINT).where(DELIVERIES.c.id == delivery)
    return _CONTEXT.one(db, found)


def delivery_of(db: sa.Connection, workspace: UUID, delivery: UUID) -> DeliveryRecord | None:
    """A delivery of the workspace."""
    ours = DELIVERIES.c.workspace_id == workspace, DELIVERIES.c.id == delivery
    return _DELIVERY.one(db, _DELIVERY.select().where(*ours))


def settle(db: sa.Connection, delivery: UUID, values: Mapping[str, Any]) -> bool:
    """Write down what became of an attempt that was still due; False when it was settled before."""
    done = db.execute(
        sa.update(DELIVERIES)
        .where(DELIVERIES.c.id == delivery, DELIVERIES.c.status == DeliveryStatus.queued.value)
        .values(**values)
    )
    return done.rowcount == 1


def withdraw_deliveries(db: sa.Connection, workspace: UUID, endpoint: UUID, now: dt.datetime) -> None:
    """Take back every attempt at the endpoint that is still due."""
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
    """One page of the delivery log with each event's name, newest first, and how many there are."""
    heavy(db)
    conditions = [
        DELIVERIES.c.workspace_id == workspace,
        *((EVENTS if name == "event" else DELIVERIES).c[name] == value for name, value in filters.items()),
    ]
    total = db.execute(sa.select(sa.func.count()).select_from(_WITH_EVENT).where(*conditions)).scalar_one()
    found = (
        _LOG.select()
        .select_from(_WITH_EVENT)
        .where(*conditions)
        .order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return _LOG.all(db, found), total


def overdue(db: sa.Connection, before: dt.datetime, limit: int) -> Sequence[UUID]:
    """Deliveries of any workspace that should have been attempted before then: for the reconcile job."""
    found = (
        sa.select(DELIVERIES.c.id)
        .where(DELIVERIES.c.status == "queued", DELIVERIES.c.due_at < before)
        .order_by(DELIVERIES.c.due_at)
        .limit(limit)
    )
    return db.execute(found).scalars().all()


def forget(db: sa.Connection, before: dt.datetime) -> int:
    """Let go of events of any workspace that happened before then, with their deliveries; how many there were."""
    old = sa.select(EVENTS.c.id).where(EVENTS.c.occurred_at < before)
    db.execute(sa.delete(DELIVERIES).where(DELIVERIES.c.event_id.in_(old)))
    return db.execute(sa.delete(EVENTS).where(EVENTS.c.occurred_at < before)).rowcount
