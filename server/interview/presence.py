"""Whether a candidate is there, as the log says it: pauses, and that they are over.

Each function works in the caller's transaction. The caller holds the session's row, and the interview is in progress.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from domain.interview.log import Entry
from storage.interviews import event_log, plans

# How often open rooms note who is connected.
BEAT_SECONDS = 10.0


def is_paused(db: sa.Connection, workspace: UUID, session: UUID) -> bool:
    """Whether the clock of this interview stands."""
    last = event_log.last_seq(db, workspace, session, ("paused",))
    return last > event_log.last_seq(db, workspace, session, ("resumed",))


def pause(db: sa.Connection, workspace: UUID, session: UUID, since: datetime, now: datetime) -> None:
    """Let the clock stand from `since`, which may be past, unless it stands already."""
    if not is_paused(db, workspace, session):
        event_log.append(db, workspace, session, "paused", {"since": since.isoformat()}, now)


def resume(db: sa.Connection, workspace: UUID, session: UUID, now: datetime) -> None:
    """Let the clock go on if it stands, and note that the candidate was seen."""
    if is_paused(db, workspace, session):
        event_log.append(db, workspace, session, "resumed", {}, now)
        plans.note_presence(db, [(workspace, session)], now)


def pause_if_left(db: sa.Connection, workspace: UUID, session: UUID, now: datetime, *, shared: bool) -> None:
    """Let the clock stand from when the candidate was last seen, if nobody has a line to them."""
    kept = plans.get_frozen(db, workspace, session)
    if kept is None:
        return
    last = event_log.entries(db, workspace, session, event_log.last_seq(db, workspace, session) - 1)
    since = left_since(kept.seen_at, last[-1].at if last else kept.seen_at, now, shared=shared)
    if since is not None:
        pause(db, workspace, session, since, now)


def left_since(seen: datetime, last_entry: datetime, now: datetime, *, shared: bool) -> datetime | None:
    """Since when the candidate of a room that this process just opened is away; None when they may be elsewhere.

    Where other processes hold lines, `shared`, a candidate who was seen a moment ago is at one of them.
    """
    stale = now - seen > timedelta(seconds=2 * BEAT_SECONDS)
    return max(seen, last_entry) if stale or not shared else None


def away(entries: list[Entry], seen: datetime, now: datetime, *, shared: bool) -> datetime | None:
    """The same for a log that was read."""
    return left_since(seen, entries[-1].at, now, shared=shared) if entries else None
