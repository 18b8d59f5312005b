"""Webhook endpoints, events and deliveries. Every query names a workspace, but for the worker's own by id."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.webhooks.events import DeliveryStatus
from storage.engine import counters
from storage.engine.paging import page
from storage.engine.store import heavy
from storage.engine.upsert import insert_or_ignore
from storage.schema.columns import has_element
from storage.schema.tables import Delivery, Event, WebhookEndpoint, WorkspaceNotice

ENDPOINTS: sa.Table = WebhookEndpoint.__table__  # type: ignore[attr-defined]
EVENTS: sa.Table = Event.__table__  # type: ignore[attr-defined]
DELIVERIES: sa.Table = Delivery.__table__  # type: ignore[attr-defined]
_NOTICES: sa.Table = WorkspaceNotice.__table__  # type: ignore[attr-defined]


def endpoint(db: sa.Connection, workspace: UUID, endpoint: UUID) -> dict[str, Any] | None:
    found = db.execute(
        sa.select(ENDPOINTS).where(ENDPOINTS.c.workspace_id == workspace, ENDPOINTS.c.id == endpoint)
    )
    row = found.mappings().one_or_none()
    return dict(row) if row else None


def add_endpoint(db: sa.Connection, made: WebhookEndpoint) -> None:
    db.execute(sa.insert(ENDPOINTS), made.model_dump())
    counters.bump(db, made.workspace_id, {"webhook_endpoints": 1})


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


def endpoints_listed(
    db: sa.Connection, workspace: UUID, limit: int, offset: int
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page, newest first, and how many there are."""
    return page(db, ENDPOINTS, workspace, [], counter="webhook_endpoints", limit=limit, offset=offset)


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


def add_event(db: sa.Connection, event: Event) -> None:
    db.execute(sa.insert(EVENTS), event.model_dump())


def event(db: sa.Connection, event: UUID) -> dict[str, Any] | None:
    """An event by its id; for the job that was given the id by the workspace's own call."""
    row = db.execute(sa.select(EVENTS).where(EVENTS.c.id == event)).mappings().one_or_none()
    return dict(row) if row else None


def events_between(
    db: sa.Connection,
    workspace: UUID,
    events: Sequence[str],
    since: dt.datetime,
    until: dt.datetime,
    limit: int,
) -> Sequence[dict[str, Any]]:
    """Which of these events happened in a stretch of time, oldest first."""
    heavy(db)
    rows = db.execute(
        sa.select(EVENTS)
        .where(
            EVENTS.c.workspace_id == workspace,
            EVENTS.c.event.in_(events),
            EVENTS.c.occurred_at >= since,
            EVENTS.c.occurred_at <= until,
        )
        .order_by(EVENTS.c.occurred_at, EVENTS.c.id)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def add_delivery(db: sa.Connection, delivery: Delivery) -> None:
    db.execute(sa.insert(DELIVERIES), delivery.model_dump())


def add_first_delivery(db: sa.Connection, delivery: Delivery) -> bool:
    """The same, unless the event was given to this endpoint before; whether it was added."""
    return insert_or_ignore(db, Delivery, delivery.model_dump())


_PARCEL = sa.select(
    *DELIVERIES.c,
    *(EVENTS.c[name] for name in ("wire_id", "event", "occurred_at", "data")),
    *(ENDPOINTS.c[name] for name in ("url", "secret", "previous_secret", "previous_until")),
).select_from(
    DELIVERIES.join(EVENTS, EVENTS.c.id == DELIVERIES.c.event_id).join(
        ENDPOINTS, ENDPOINTS.c.id == DELIVERIES.c.endpoint_id
    )
)


def parcel(db: sa.Connection, delivery: UUID) -> dict[str, Any] | None:
    """A delivery with what is sent and where to, by its id; for the job that makes the attempt."""
    row = db.execute(_PARCEL.where(DELIVERIES.c.id == delivery)).mappings().one_or_none()
    return dict(row) if row else None


def delivery_of(db: sa.Connection, workspace: UUID, delivery: UUID) -> dict[str, Any] | None:
    """A delivery of the workspace."""
    found = db.execute(
        sa.select(DELIVERIES).where(DELIVERIES.c.workspace_id == workspace, DELIVERIES.c.id == delivery)
    )
    row = found.mappings().one_or_none()
    return dict(row) if row else None


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


_LOG = (*DELIVERIES.c, EVENTS.c.event, EVENTS.c.wire_id)


def deliveries_listed(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page of the delivery log with each event's name, newest first, and how many there are."""
    heavy(db)
    joined = DELIVERIES.join(EVENTS, EVENTS.c.id == DELIVERIES.c.event_id)
    conditions = [
        DELIVERIES.c.workspace_id == workspace,
        *((EVENTS if name == "event" else DELIVERIES).c[name] == value for name, value in filters.items()),
    ]
    total = db.execute(sa.select(sa.func.count()).select_from(joined).where(*conditions)).scalar_one()
    rows = db.execute(
        sa.select(*_LOG)
        .select_from(joined)
        .where(*conditions)
        .order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [dict(row) for row in rows.mappings()], total


def overdue(db: sa.Connection, before: dt.datetime, limit: int) -> Sequence[dict[str, Any]]:
    """Deliveries of any workspace that should have been attempted before then: for the reconcile job."""
    rows = db.execute(
        sa.select(DELIVERIES)
        .where(DELIVERIES.c.status == "queued", DELIVERIES.c.due_at < before)
        .order_by(DELIVERIES.c.due_at)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def forget(db: sa.Connection, before: dt.datetime) -> int:
    """Let go of events of any workspace that happened before then, with their deliveries; how many there were."""
    old = sa.select(EVENTS.c.id).where(EVENTS.c.occurred_at < before)
    db.execute(sa.delete(DELIVERIES).where(DELIVERIES.c.event_id.in_(old)))
    return db.execute(sa.delete(EVENTS).where(EVENTS.c.occurred_at < before)).rowcount
