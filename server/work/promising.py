"""What jobs and rooms do in a transaction of theirs: keep a promise, and tell receivers of a session."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from domain.announcements import session_told
from domain.promises import Promise
from domain.webhooks import WebhookEvent
from storage.announcing import announced


class Keeper(Protocol):
    """Whoever keeps promises."""

    def keep(self, db: sa.Connection, promise: Promise) -> None: ...


def announce_session(
    db: sa.Connection,
    promises: Keeper,
    public_url: str,
    event: WebhookEvent,
    row: Mapping[str, Any],
    now: datetime,
) -> None:
    """Tell of a session as it is now; `row` is its row after the change."""
    data = session_told(row, public_url)
    promise = announced(db, row["workspace_id"], event, row["candidate_id"], data, now)
    if promise is not None:
        promises.keep(db, promise)
