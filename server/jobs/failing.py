"""Ending an interview that was not held to its end: its credit comes back, and nothing is said about the person."""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from domain.sessions.lifecycle import SessionStatus
from domain.webhooks.events import WebhookEvent
from server.jobs.promising import JobQueue, enqueue_session_event
from storage.access import credits
from storage.delivery import mails
from storage.interviews import event_log, sessions


def fail(
    db: sa.Connection,
    jobs: JobQueue,
    public_url: str,
    row: dict[str, Any],
    reason: Literal["expired", "fault"],
    now: datetime,
) -> bool:
    """End the session in this row, which the caller holds; False when it changed. It is never scored."""
    values = {"status": SessionStatus.failed.value, "ended_at": now, "updated_at": now}
    if not sessions.change(db, row, values):
        return False
    event_log.append(db, row["workspace_id"], row["id"], "ended", {"reason": reason}, now)
    # an interview that failed costs nothing (contract 9.20)
    credits.give_back(db, row["workspace_id"], row["id"], now)
    if row["status"] == SessionStatus.scheduled:
        mails.withdraw(db, row["workspace_id"], row["id"], now)
    enqueue_session_event(db, jobs, public_url, WebhookEvent.session_failed, {**row, **values}, now)
    return True
