"""Has the bytes of what was erased removed from the database's files: one job for all erasures of a minute."""

from datetime import UTC, datetime, timedelta

from storage.engine.scrub import keeps_deleted_bytes
from tools.kernel.unit import Unit

_EVERY = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def enqueue_scrub(unit: Unit) -> None:
    """Enqueue the job for the end of this minute, so that it runs after the commit of each that asked for it."""
    if not keeps_deleted_bytes(unit.db):
        return
    passed = (unit.now - _EPOCH) % _EVERY
    due = unit.now - passed + _EVERY
    # a transaction that began just before the minute's end commits a moment after it
    unit.enqueue("scrub", f"scrub:{int(due.timestamp())}", delay=due - unit.now + timedelta(seconds=5))
