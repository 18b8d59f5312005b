"""Writing down that something happened, in the transaction in which it did.

One row and one promise, and only where a workspace has endpoints at all; whom it concerns is found out by the job, so
that a caller's transaction does not grow with the number of receivers.
"""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from domain.webhooks.events import WebhookEvent, event_id
from storage.delivery import webhooks
from storage.engine.ids import new_id
from storage.schema.tables import Event


def enqueue_event(
    db: sa.Connection,
    workspace: UUID,
    event: WebhookEvent,
    participant: UUID | None,
    data: dict[str, Any],
    now: dt.datetime,
) -> Job | None:
    """The promise to tell receivers, for the caller to keep in the same transaction; None when nobody listens.

    `data` comes from `domain.webhooks.payloads`. `participant` is whose personal data it holds: erasing them finds it.
    """
    if not webhooks.has_endpoints(db, workspace):
        return None
    made = new_id()
    webhooks.add_event(
        db,
        Event(
            id=made,
            workspace_id=workspace,
            wire_id=event_id(made),
            event=event.value,
            participant_id=participant,
            data=data,
            occurred_at=now,
        ),
    )
    return Job("announce", f"announce:{made}", (str(made),))
