"""Finds records of a workspace by the names that people type, for completion; `references` finds what is meant."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from domain.text.folding import fold
from storage.engine.store import heavy
from storage.schema.tables import AgentProfile, EvaluationStage, EvaluationTemplate, Participant, Session

# kind → (table, the columns that name it)
_NAMED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "agent_profile": (AgentProfile, (col(AgentProfile.name),)),
    "evaluation_template": (EvaluationTemplate, (col(EvaluationTemplate.template_name),)),
    "evaluation_stage": (EvaluationStage, (col(EvaluationStage.stage_name), col(EvaluationStage.type))),
    "participant": (
        Participant,
        (col(Participant.name), col(Participant.email), col(Participant.external_id)),
    ),
}


def starting(db: sa.Connection, workspace: UUID, kind: str, text: str, limit: int) -> Sequence[str]:
    """Names of records with a name that contains `text`, for completion."""
    heavy(db)
    table, columns = _NAMED[kind]
    rows = db.execute(
        sa.select(*columns)
        .where(
            table.workspace_id == workspace,
            _names_hold(kind, text),
            # a copy of another workspace's profile has their text for a name: it is found by id
            col(AgentProfile.forked_from).is_(None) if kind == "agent_profile" else sa.true(),
        )
        .order_by(table.created_at.desc(), table.id.desc())
        .limit(limit)
    ).all()
    named = (next((name for name in row if name), None) for row in rows)
    return list(dict.fromkeys(name for name in named if name))


def _names_hold(kind: str, text: str) -> sa.ColumnElement[bool]:
    """Whether a name contains `text`, whatever the case of its letters."""
    if kind == "participant":
        return col(Participant.search_text).contains(fold(text), autoescape=True)
    return sa.or_(*(column.icontains(text, autoescape=True) for column in _NAMED[kind][1]))


def ids_starting(db: sa.Connection, workspace: UUID, kind: str, text: str, limit: int) -> Sequence[UUID]:
    """Ids of the workspace's records that start with `text`, newest first; for completion."""
    heavy(db)
    table: Any = Session if kind == "session" else _NAMED[kind][0]
    bounds = _bounds(text)
    if bounds is None:
        return []
    return list(
        db.execute(
            sa.select(table.id)
            .where(table.workspace_id == workspace, table.id >= bounds[0], table.id <= bounds[1])
            .order_by(table.created_at.desc(), table.id.desc())
            .limit(limit)
        ).scalars()
    )


def _bounds(text: str) -> tuple[UUID, UUID] | None:
    """The smallest and the greatest id that start with these hex digits; None for other text."""
    digits = text.replace("-", "").lower()
    if len(digits) > 32 or any(digit not in "0123456789abcdef" for digit in digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
