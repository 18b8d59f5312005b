"""The log of an interview, its frozen plan and its scorecards. Every query names the workspace."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine.prepared import PreparedStatement
from storage.engine.upsert import insert_or_ignore
from storage.schema.tables import InterviewEvent, InterviewPlan, ScorecardVersion

LOG: sa.Table = InterviewEvent.__table__  # type: ignore[attr-defined]
PLANS: sa.Table = InterviewPlan.__table__  # type: ignore[attr-defined]
CARDS: sa.Table = ScorecardVersion.__table__  # type: ignore[attr-defined]

_OURS = (LOG.c.workspace_id == sa.bindparam("workspace"), LOG.c.session_id == sa.bindparam("session"))
_AFTER = PreparedStatement(
    sa.select(LOG.c.seq, LOG.c.at, LOG.c.kind, LOG.c.body)
    .where(*_OURS, LOG.c.seq > sa.bindparam("after", type_=sa.Integer()))
    .order_by(LOG.c.seq)
)
_LAST = PreparedStatement(sa.select(LOG.c.seq).where(*_OURS).order_by(LOG.c.seq.desc()).limit(1))
_KNOWN = PreparedStatement(sa.select(LOG.c.seq).where(*_OURS, LOG.c.client_id == sa.bindparam("client")))
_ADD = PreparedStatement(sa.insert(LOG))


def entries(db: sa.Connection, workspace: UUID, session: UUID, after: int = 0) -> Sequence[dict[str, Any]]:
    """The log from after this number on: `seq`, `at`, `kind`, `body`."""
    return _AFTER.all(db, workspace=workspace, session=session, after=after)


def last_seq(db: sa.Connection, workspace: UUID, session: UUID, kinds: Iterable[str] = ()) -> int:
    """The number of the last entry, or of the last one of these kinds; 0 when there is none."""
    wanted = list(kinds)
    if not wanted:
        row = _LAST.one(db, workspace=workspace, session=session)
        return row["seq"] if row else 0
    found = sa.select(sa.func.max(LOG.c.seq)).where(
        LOG.c.workspace_id == workspace, LOG.c.session_id == session, LOG.c.kind.in_(wanted)
    )
    return db.execute(found).scalar() or 0


def known(db: sa.Connection, workspace: UUID, session: UUID, client: str) -> int | None:
    """The number under which a message is in the log already."""
    row = _KNOWN.one(db, workspace=workspace, session=session, client=client)
    return row["seq"] if row else None


_HELP = PreparedStatement(
    sa.select(LOG.c.at, LOG.c.body).where(*_OURS, LOG.c.kind == "help").order_by(LOG.c.seq)
)


def helped(db: sa.Connection, workspace: UUID, session: UUID) -> list[tuple[dt.datetime, dict[str, Any]]]:
    """What the candidate asked a person for: when, and `kind` and `text`."""
    return [(row["at"], row["body"]) for row in _HELP.all(db, workspace=workspace, session=session)]


def append(
    db: sa.Connection,
    workspace: UUID,
    session: UUID,
    kind: str,
    body: Mapping[str, Any],
    at: dt.datetime,
    *,
    client: str | None = None,
) -> dict[str, Any]:
    """Add an entry and return it. The caller holds the session's row: that makes the numbers one after another."""
    seq = last_seq(db, workspace, session) + 1
    entry = {"seq": seq, "at": at, "kind": kind, "body": dict(body)}
    _ADD.run(db, session_id=session, workspace_id=workspace, client_id=client, **entry)
    return entry


def freeze(
    db: sa.Connection, workspace: UUID, session: UUID, plan: Mapping[str, Any], now: dt.datetime
) -> None:
    """Keep the plan, once."""
    row = {"session_id": session, "workspace_id": workspace, "body": plan, "seen_at": now, "created_at": now}
    insert_or_ignore(db, InterviewPlan, row)


def frozen(db: sa.Connection, workspace: UUID, session: UUID) -> dict[str, Any] | None:
    """The plan's row, or None before the interview has begun."""
    found = sa.select(PLANS).where(PLANS.c.workspace_id == workspace, PLANS.c.session_id == session)
    row = db.execute(found).mappings().one_or_none()
    return dict(row) if row else None


_SEEN = (
    sa.update(PLANS)
    .where(PLANS.c.workspace_id == sa.bindparam("workspace"), PLANS.c.session_id == sa.bindparam("session"))
    .values(seen_at=sa.bindparam("now"))
)


def seen(db: sa.Connection, present: Iterable[tuple[UUID, UUID]], now: dt.datetime) -> None:
    """Note that the candidates of these sessions, each with its workspace, are connected."""
    rows = [{"workspace": workspace, "session": session, "now": now} for workspace, session in present]
    if rows:
        db.execute(_SEEN, rows)


def add_card(db: sa.Connection, card: ScorecardVersion) -> None:
    """Keep a scorecard as the next version."""
    db.execute(sa.insert(CARDS), card.model_dump())


def how_many_cards(db: sa.Connection, workspace: UUID, session: UUID, author: str | None = None) -> int:
    """How many scorecards a session has, or has by one author; without reading them."""
    ours = [CARDS.c.workspace_id == workspace, CARDS.c.session_id == session]
    if author is not None:
        ours.append(CARDS.c.author == author)
    return db.execute(sa.select(sa.func.count()).select_from(CARDS).where(*ours)).scalar_one()


def cards(db: sa.Connection, workspace: UUID, session: UUID) -> Sequence[dict[str, Any]]:
    """Every scorecard of a session, the first one first."""
    found = (
        sa.select(CARDS)
        .where(CARDS.c.workspace_id == workspace, CARDS.c.session_id == session)
        .order_by(CARDS.c.version)
    )
    return [dict(row) for row in db.execute(found).mappings()]
