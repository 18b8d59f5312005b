"""Interviews that nobody came to, or came back to: they fail after a while, and say so."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.sessions.lifecycle import SessionStatus
from server.jobs.failing import fail
from server.jobs.promising import JobQueue
from storage.interviews import event_log, sessions

_AT_ONCE = 200


class Expire:
    """Ends what is overdue: it gives its credit back, and is not scored."""

    def __init__(
        self,
        engine: sa.Engine,
        jobs: JobQueue,
        clock: Callable[[], datetime],
        public_url: str,
        after: timedelta,
    ) -> None:
        self._engine = engine
        self._jobs = jobs
        self._clock = clock
        self._public_url = public_url
        self._after = after

    def __call__(self) -> int:
        """How many interviews were ended."""
        before = self._clock() - self._after
        with self._engine.connect() as db:
            overdue = sessions.overdue(db, before, _AT_ONCE)
        return sum(self._end(row) for row in overdue)

    def _end(self, found: dict[str, Any]) -> bool:
        with self._engine.begin() as db:
            row = sessions.for_change(db, found["workspace_id"], found["id"])
            if row is None or row["status"] != found["status"] or row["generation"] != found["generation"]:
                return False
            now = self._clock()
            begun = row["status"] == SessionStatus.in_progress
            kept = event_log.frozen(db, row["workspace_id"], row["id"]) if begun else None
            if kept is not None and kept["seen_at"] >= now - self._after:
                return False
            return fail(db, self._jobs, self._public_url, row, "expired", now)
