"""Ends interviews that nobody came to, or came back to: they fail after a while, and are not scored."""

from datetime import timedelta

import sqlalchemy as sa

from domain.errors import Conflict
from domain.sessions.lifecycle import SessionStatus
from storage.interviews import plans, sessions
from storage.interviews.sessions import OverdueRecord
from storage.schema.records import SessionRecord
from tools.kernel.unit import Unit, Units
from tools.sessions import transitions

_AT_ONCE = 200


class Expire:
    """Ends what is overdue: it gives its credit back, and is not scored."""

    def __init__(self, engine: sa.Engine, units: Units, after: timedelta) -> None:
        self._engine = engine
        self._units = units
        self._after = after

    def __call__(self) -> int:
        """How many interviews were ended."""
        before = self._units.clock() - self._after
        with self._engine.connect() as db:
            overdue = sessions.overdue(db, before, _AT_ONCE)
        return sum(self._expire(found) for found in overdue)

    def _expire(self, found: OverdueRecord) -> bool:
        """Whether it was ended: not when it went on since it was found."""
        try:
            with self._units.begin(self._engine) as unit:
                row = sessions.for_change(unit.db, found.workspace_id, found.id)
                if row is None or (row.status, row.generation) != (found.status, found.generation):
                    return False
                if self._seen_since(unit, row):
                    return False
                transitions.expire(unit, row)
        except Conflict:
            return False
        return True

    def _seen_since(self, unit: Unit, row: SessionRecord) -> bool:
        if row.status != SessionStatus.in_progress:
            return False
        kept = plans.get_frozen(unit.db, row.workspace_id, row.id)
        return kept is not None and kept.seen_at >= unit.now - self._after
