"""Writes the ends of the audit logs where the database's writer cannot change them: the log, and an address.

`viva audit verify --anchor` compares the audit logs with them later.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from domain.audit_chain import Anchor, AuditKey
from storage.access import audit

log = logging.getLogger(__name__)

_PER_POST = 500


class Anchors:
    """A chore: every so often, the end of each audit log that has grown since. Also exports at start and stop."""

    def __init__(
        self,
        engine: sa.Engine,
        key: AuditKey,
        clock: Callable[[], datetime],
        every: timedelta,
        post: Callable[[Sequence[Anchor]], bool] | None = None,
    ) -> None:
        self._engine = engine
        self._key = key
        self._clock = clock
        self._every = every
        self._post = post
        self._due = clock()
        self._logged: dict[UUID, Anchor] = {}
        self._posted: dict[UUID, Anchor] = {}
        self._one_at_a_time = threading.Lock()

    def __call__(self) -> int:
        """Export what has grown, when it is time; how many anchors were written."""
        return self.export() if self._clock() >= self._due else 0

    def export(self) -> int:
        """Export what has grown, now. An address that cannot be reached is tried again with the next export."""
        with self._one_at_a_time:
            self._due = self._clock() + self._every
            with self._engine.connect() as db:
                ends = audit.heads(db)
            anchors = {workspace: self._key.anchor(workspace, end) for workspace, end in ends.items()}
            grown = _new(anchors, self._logged)
            for anchor in grown:
                log.info(
                    "audit log anchored",
                    extra={"anchor": str(anchor), "workspace": str(anchor.workspace), "seq": anchor.seq},
                )
            self._logged = anchors
            self._post_all(anchors)
            return len(grown)

    def _post_all(self, anchors: Mapping[UUID, Anchor]) -> None:
        if self._post is None:
            return
        waiting = _new(anchors, self._posted)
        for start in range(0, len(waiting), _PER_POST):
            some = waiting[start : start + _PER_POST]
            if not self._post(some):
                return
            self._posted |= {anchor.workspace: anchor for anchor in some}


def _new(now: Mapping[UUID, Anchor], before: Mapping[UUID, Anchor]) -> list[Anchor]:
    return [anchor for workspace, anchor in now.items() if before.get(workspace) != anchor]
