"""The credit ledger: an entry for each credit taken or returned. A counter row holds how many are in use."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.engine.ids import new_id
from storage.engine.prepared import PreparedStatement
from storage.engine.upsert import insert_or_ignore
from storage.schema.tables import Counter, CreditEntry, table

USED = "credits.used"

_COUNTERS = table(Counter)
_ADD = PreparedStatement(sa.insert(table(CreditEntry)))
_TAKE = PreparedStatement(
    sa.update(_COUNTERS)
    .where(
        _COUNTERS.c.workspace_id == sa.bindparam("workspace"),
        _COUNTERS.c.name == USED,
        _COUNTERS.c.n < sa.bindparam("limit", type_=sa.BigInteger()),
    )
    .values(n=_COUNTERS.c.n + 1)
)


def reserve(db: sa.Connection, workspace: UUID, session: UUID, limit: int | None, now: dt.datetime) -> bool:
    """Take one credit for a session; False when the plan's limit is reached. None is no limit."""
    if limit is None:
        counters.bump(db, workspace, {USED: 1})
    elif not _take_below(db, workspace, limit):
        return False
    _ADD.run(
        db,
        id=new_id(),
        workspace_id=workspace,
        session_id=session,
        reason="session",
        delta=-1,
        created_at=now,
    )
    return True


def give_back(db: sa.Connection, workspace: UUID, session: UUID, now: dt.datetime) -> None:
    """Return the session's credit, at most once: the session was cancelled or failed."""
    row = {
        "id": new_id(),
        "workspace_id": workspace,
        "session_id": session,
        "reason": "returned",
        "delta": 1,
        "created_at": now,
    }
    if insert_or_ignore(db, CreditEntry, row):
        counters.bump(db, workspace, {USED: -1})


def count_used(db: sa.Connection, workspace: UUID) -> int:
    """Credits in use."""
    return counters.read(db, workspace, USED)


def _take_below(db: sa.Connection, workspace: UUID, limit: int) -> bool:
    if _TAKE.run(db, workspace=workspace, limit=limit) == 1:
        return True
    if limit > 0 and insert_or_ignore(db, Counter, {"workspace_id": workspace, "name": USED, "n": 1}):
        return True
    # another process may have inserted the row between the two statements
    return _TAKE.run(db, workspace=workspace, limit=limit) == 1
