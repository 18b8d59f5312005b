"""Scorecards. Every assessment adds a version; the session shows the latest. Queries name the workspace."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from domain.scoring.findings import Findings
from domain.scoring.scorecard import Scorecard
from storage.engine.ids import new_id
from storage.engine.paging import count_rows
from storage.engine.records import Records, values_of
from storage.schema.records import ScorecardVersionRecord
from storage.schema.tables import ScorecardVersion, table

CARDS = table(ScorecardVersion)
_CARDS = Records(ScorecardVersionRecord, CARDS.c)


def add(
    db: sa.Connection,
    workspace: UUID,
    session: UUID,
    findings: Findings,
    card: Scorecard,
    now: dt.datetime,
) -> None:
    """Store an assessment as the session's next version. The caller has locked the session's row."""
    version = count(db, workspace, session) + 1
    record = ScorecardVersionRecord(
        id=new_id(),
        workspace_id=workspace,
        session_id=session,
        version=version,
        method=findings.method.value,
        author=findings.provenance.author,
        findings=findings.model_dump(mode="json"),
        card=card.model_dump(mode="json"),
        created_at=now,
    )
    db.execute(sa.insert(CARDS), values_of(record))


def count(db: sa.Connection, workspace: UUID, session: UUID, author: str | None = None) -> int:
    """How many scorecards a session has, in all or by one author."""
    ours = [CARDS.c.workspace_id == workspace, CARDS.c.session_id == session]
    if author is not None:
        ours.append(CARDS.c.author == author)
    return count_rows(db, CARDS, *ours)


def of_session(db: sa.Connection, workspace: UUID, session: UUID) -> Sequence[ScorecardVersionRecord]:
    """Every scorecard of a session, oldest first."""
    statement = _CARDS.select().where(CARDS.c.workspace_id == workspace, CARDS.c.session_id == session)
    return _CARDS.all(db, statement.order_by(CARDS.c.version))
