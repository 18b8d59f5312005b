"""Scorecards: every assessment is one more version, and the session shows the latest. Queries name the workspace."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from domain.scoring.findings import Findings
from domain.scoring.scorecard import Scorecard
from storage.engine.ids import new_id
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
    """Keep an assessment as the session's next version. The caller holds the session's row."""
    version = count(db, workspace, session) + 1
    kept = ScorecardVersionRecord(
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
    db.execute(sa.insert(CARDS), values_of(kept))


def count(db: sa.Connection, workspace: UUID, session: UUID, author: str | None = None) -> int:
    """How many scorecards a session has, or has by one author; without reading them."""
    ours = [CARDS.c.workspace_id == workspace, CARDS.c.session_id == session]
    if author is not None:
        ours.append(CARDS.c.author == author)
    return db.execute(sa.select(sa.func.count()).select_from(CARDS).where(*ours)).scalar_one()


def of_session(db: sa.Connection, workspace: UUID, session: UUID) -> Sequence[ScorecardVersionRecord]:
    """Every scorecard of a session, the first one first."""
    found = _CARDS.select().where(CARDS.c.workspace_id == workspace, CARDS.c.session_id == session)
    return _CARDS.all(db, found.order_by(CARDS.c.version))
