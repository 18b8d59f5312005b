"""The log of an interview: entries are only ever added. Every query names the workspace."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine.prepared import PreparedQuery, PreparedStatement
from storage.schema.tables import InterviewEvent, table

LOG = table(InterviewEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """One entry of the log."""

    seq: int
    at: dt.datetime
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpRecord:
    """A request for help from a person: its time, and `kind` and `text` in its body."""

    at: dt.datetime
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seq:
    seq: int


_OURS = (LOG.c.workspace_id == sa.bindparam("workspace"), LOG.c.session_id == sa.bindparam("session"))
_AFTER = PreparedQuery(
    sa.select(LOG.c.seq, LOG.c.at, LOG.c.kind, LOG.c.body)
    .where(*_OURS, LOG.c.seq > sa.bindparam("after", type_=sa.Integer()))
    .order_by(LOG.c.seq),
    EntryRecord,
)
_LAST = PreparedQuery(sa.select(LOG.c.seq).where(*_OURS).order_by(LOG.c.seq.desc()).limit(1), _Seq)
_BY_CLIENT = PreparedQuery(
    sa.select(LOG.c.seq).where(*_OURS, LOG.c.client_id == sa.bindparam("client")), _Seq
)
_ADD = PreparedStatement(sa.insert(LOG))


def entries(db: sa.Connection, workspace: UUID, session: UUID, after: int = 0) -> Sequence[EntryRecord]:
    """The entries with a higher number than `after`."""
    return _AFTER.all(db, workspace=workspace, session=session, after=after)


def last_seq(db: sa.Connection, workspace: UUID, session: UUID, kinds: Iterable[str] = ()) -> int:
    """The number of the last entry, or of the last one of these kinds; 0 when there is none."""
    wanted = list(kinds)
    if not wanted:
        row = _LAST.one(db, workspace=workspace, session=session)
        return row.seq if row else 0
    statement = sa.select(sa.func.max(LOG.c.seq)).where(
        LOG.c.workspace_id == workspace, LOG.c.session_id == session, LOG.c.kind.in_(wanted)
    )
    return db.execute(statement).scalar() or 0


def seq_of(db: sa.Connection, workspace: UUID, session: UUID, client: str) -> int | None:
    """The number of the entry with this client id, if the log has one."""
    row = _BY_CLIENT.one(db, workspace=workspace, session=session, client=client)
    return row.seq if row else None


_HELP = PreparedQuery(
    sa.select(LOG.c.at, LOG.c.body).where(*_OURS, LOG.c.kind == "help").order_by(LOG.c.seq), HelpRecord
)


def help_requests(db: sa.Connection, workspace: UUID, session: UUID) -> list[HelpRecord]:
    """The candidate's requests for help from a person, in order."""
    return _HELP.all(db, workspace=workspace, session=session)


def append(
    db: sa.Connection,
    workspace: UUID,
    session: UUID,
    kind: str,
    body: Mapping[str, Any],
    at: dt.datetime,
    *,
    client: str | None = None,
) -> int:
    """Add an entry; its number. The caller has locked the session's row, so numbers have no gap and no duplicate."""
    seq = last_seq(db, workspace, session) + 1
    entry = {"seq": seq, "at": at, "kind": kind, "body": dict(body)}
    _ADD.run(db, session_id=session, workspace_id=workspace, client_id=client, **entry)
    return seq
