"""What jobs and rooms do in a transaction of theirs: keep a promise, tell receivers and the workspace's contact."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from domain.jobs import Job
from domain.mail.addresses import is_address
from domain.sessions.mail_status import MailKind, MailStatus
from domain.webhooks.events import WebhookEvent
from domain.webhooks.payloads import session_payload
from storage.access import workspaces
from storage.delivery import mails
from storage.delivery.events import enqueue_event
from storage.engine.ids import new_id
from storage.schema.tables import Mail


class JobQueue(Protocol):
    """Whoever keeps promises."""

    def enqueue(self, db: sa.Connection, job: Job) -> None: ...


def enqueue_session_event(
    db: sa.Connection,
    jobs: JobQueue,
    public_url: str,
    event: WebhookEvent,
    row: Mapping[str, Any],
    now: datetime,
) -> None:
    """Tell of a session as it is now; `row` is its row after the change."""
    data = session_payload(row, public_url)
    job = enqueue_event(db, row["workspace_id"], event, row["candidate_id"], data, now)
    if job is not None:
        jobs.enqueue(db, job)


def tell_contact(
    db: sa.Connection,
    jobs: JobQueue,
    row: Mapping[str, Any],
    kind: MailKind,
    now: datetime,
    *,
    attempt: int = 0,
) -> None:
    """Write to the workspace's contact about a session, once for each attempt; to nobody where there is none."""
    workspace = workspaces.get(db, row["workspace_id"])
    if workspace is None or not is_address(workspace["contact"] or ""):
        return
    about = {"workspace_id": row["workspace_id"], "session_id": row["id"], "generation": row["generation"]}
    enqueue_mail(db, jobs, about, kind, now, attempt=attempt)


def enqueue_mail(
    db: sa.Connection,
    jobs: JobQueue,
    about: Mapping[str, Any],
    kind: MailKind,
    now: datetime,
    *,
    attempt: int,
    due: datetime | None = None,
) -> None:
    """Promise a mail about a session, unless it is promised already; at once where no other time is named.

    `about` has `workspace_id`, `session_id` and `generation`, as the row of a letter does.
    """
    due = due or now
    mail = Mail(
        id=new_id(),
        workspace_id=about["workspace_id"],
        session_id=about["session_id"],
        kind=kind.value,
        generation=about["generation"],
        attempt=attempt,
        status=MailStatus.queued.value,
        due_at=due,
        created_at=now,
        updated_at=now,
    )
    if mails.add_once(db, mail):
        wait = max(timedelta(), due - now)
        jobs.enqueue(db, Job("mail", f"mail:{mail.id}", (str(mail.id),), wait))
