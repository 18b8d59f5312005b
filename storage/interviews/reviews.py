"""People's reviews of scored sessions. Every query names the workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from storage.engine.records import Records, values_of
from storage.schema.records import SessionRecord, SessionReviewRecord
from storage.schema.tables import Participant, Session, SessionReview, table

TABLE = table(SessionReview)
_SESSIONS = table(Session)
_PEOPLE = table(Participant)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRecord(SessionRecord):
    """A scored session and its participant's name."""

    candidate_name: str


_REVIEWS = Records(SessionReviewRecord, TABLE.c)
_COMPARED = Records(ComparedRecord, (*_SESSIONS.c, _PEOPLE.c.name.label("candidate_name")))


def add(db: sa.Connection, review: SessionReviewRecord) -> None:
    db.execute(sa.insert(TABLE), values_of(review))


def of_session(db: sa.Connection, workspace: UUID, session: UUID) -> Sequence[SessionReviewRecord]:
    """Every review of a session, oldest first."""
    statement = _REVIEWS.select().where(TABLE.c.workspace_id == workspace, TABLE.c.session_id == session)
    return _REVIEWS.all(db, statement.order_by(TABLE.c.created_at, TABLE.c.id))


def reviewed(db: sa.Connection, workspace: UUID, template: UUID) -> frozenset[UUID]:
    """The sessions of a template that have a review."""
    statement = (
        sa.select(TABLE.c.session_id)
        .join(_SESSIONS, _SESSIONS.c.id == TABLE.c.session_id)
        .where(TABLE.c.workspace_id == workspace, _SESSIONS.c.evaluation_template_id == template)
    )
    return frozenset(db.execute(statement).scalars())


def scored(
    db: sa.Connection, workspace: UUID, template: UUID, stage: UUID | None, limit: int
) -> Sequence[ComparedRecord]:
    """Completed sessions of a template with their participant's name, newest first."""
    conditions = [
        _SESSIONS.c.workspace_id == workspace,
        _SESSIONS.c.evaluation_template_id == template,
        _SESSIONS.c.status == "completed",
    ]
    if stage is not None:
        conditions.append(_SESSIONS.c.interview_id == stage)
    joined = _SESSIONS.join(_PEOPLE, _PEOPLE.c.id == _SESSIONS.c.candidate_id)
    statement = (
        _COMPARED.select()
        .select_from(joined)
        .where(*conditions)
        .order_by(_SESSIONS.c.ended_at.desc(), _SESSIONS.c.id.desc())
        .limit(limit)
    )
    return _COMPARED.all(db, statement)
