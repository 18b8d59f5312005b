"""What people said about scored sessions. Every query names the workspace."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.schema.tables import Participant, Session, SessionReview

TABLE: sa.Table = SessionReview.__table__  # type: ignore[attr-defined]
_SESSIONS: sa.Table = Session.__table__  # type: ignore[attr-defined]
_PEOPLE: sa.Table = Participant.__table__  # type: ignore[attr-defined]


def add(db: sa.Connection, review: SessionReview) -> None:
    db.execute(sa.insert(TABLE), review.model_dump())


def of_session(db: sa.Connection, workspace: UUID, session: UUID) -> Sequence[dict[str, Any]]:
    """Every review, the first one first."""
    found = (
        sa.select(TABLE)
        .where(TABLE.c.workspace_id == workspace, TABLE.c.session_id == session)
        .order_by(TABLE.c.created_at, TABLE.c.id)
    )
    return [dict(row) for row in db.execute(found).mappings()]


def reviewed(db: sa.Connection, workspace: UUID, template: UUID) -> frozenset[UUID]:
    """The sessions of a template about which a person has decided."""
    found = (
        sa.select(TABLE.c.session_id)
        .join(_SESSIONS, _SESSIONS.c.id == TABLE.c.session_id)
        .where(TABLE.c.workspace_id == workspace, _SESSIONS.c.evaluation_template_id == template)
    )
    return frozenset(db.execute(found).scalars())


def scored(
    db: sa.Connection, workspace: UUID, template: UUID, stage: UUID | None, most: int
) -> Sequence[dict[str, Any]]:
    """Completed sessions of a template with their participant's name, newest first."""
    wanted = [
        _SESSIONS.c.workspace_id == workspace,
        _SESSIONS.c.evaluation_template_id == template,
        _SESSIONS.c.status == "completed",
    ]
    if stage is not None:
        wanted.append(_SESSIONS.c.interview_id == stage)
    joined = _SESSIONS.join(_PEOPLE, _PEOPLE.c.id == _SESSIONS.c.candidate_id)
    found = (
        sa.select(_SESSIONS, _PEOPLE.c.name.label("candidate_name"))
        .select_from(joined)
        .where(*wanted)
        .order_by(_SESSIONS.c.ended_at.desc(), _SESSIONS.c.id.desc())
        .limit(most)
    )
    return [dict(row) for row in db.execute(found).mappings()]
