"""What scheduling has to know about a participant, a template and a workspace: one quick read each."""

import datetime as dt
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine.prepared import PreparedStatement
from storage.schema.tables import AgentProfile, EvaluationTemplate, Participant, Workspace

_PEOPLE: sa.Table = Participant.__table__  # type: ignore[attr-defined]
_TEMPLATES: sa.Table = EvaluationTemplate.__table__  # type: ignore[attr-defined]
_PROFILES: sa.Table = AgentProfile.__table__  # type: ignore[attr-defined]
_WORKSPACES: sa.Table = Workspace.__table__  # type: ignore[attr-defined]

# Held until the transaction ends: two calls that book the same person come one after the other.
_PARTICIPANT = PreparedStatement(
    sa.select(
        _PEOPLE.c.id,
        _PEOPLE.c.name,
        _PEOPLE.c.email_key,
        _PEOPLE.c.evaluation_template_id,
        _PEOPLE.c.external_id,
        _PEOPLE.c.status,
    )
    .where(_PEOPLE.c.workspace_id == sa.bindparam("workspace"), _PEOPLE.c.id == sa.bindparam("participant"))
    .with_for_update()
)
_TEMPLATE = PreparedStatement(
    sa.select(_TEMPLATES.c.id, _TEMPLATES.c.status, _TEMPLATES.c.language, _TEMPLATES.c.template_name).where(
        _TEMPLATES.c.workspace_id == sa.bindparam("workspace"), _TEMPLATES.c.id == sa.bindparam("template")
    )
)
_LIMIT = PreparedStatement(
    sa.select(_WORKSPACES.c.credit_limit).where(_WORKSPACES.c.id == sa.bindparam("workspace"))
)
# A stage may use a public profile of another workspace; that it may was checked when it was attached.
_SCORING = PreparedStatement(sa.select(_PROFILES.c.scoring).where(_PROFILES.c.id == sa.bindparam("profile")))


def participant(db: sa.Connection, workspace: UUID, participant: UUID) -> dict[str, Any] | None:
    return _PARTICIPANT.one(db, workspace=workspace, participant=participant)


def template(db: sa.Connection, workspace: UUID, template: UUID) -> dict[str, Any] | None:
    return _TEMPLATE.one(db, workspace=workspace, template=template)


def credit_limit(db: sa.Connection, workspace: UUID) -> int | None:
    row = _LIMIT.one(db, workspace=workspace)
    return row["credit_limit"] if row else None


def scale_of(db: sa.Connection, profile: UUID | None) -> str:
    """The scale on which a profile scores; the contract's default without one."""
    row = _SCORING.one(db, profile=profile) if profile else None
    scale: str | None = row["scoring"].get("scale") if row else None
    return scale or "0-10"


def adopt(
    db: sa.Connection, workspace: UUID, person: dict[str, Any], template: UUID, now: dt.datetime
) -> None:
    """Put a participant without a template into this one, unless the address is in it already."""
    taken = sa.exists().where(
        _PEOPLE.c.workspace_id == workspace,
        _PEOPLE.c.email_key == person["email_key"],
        _PEOPLE.c.evaluation_template_id == template,
    )
    if db.execute(sa.select(taken)).scalar_one():
        return
    db.execute(
        sa.update(_PEOPLE)
        .where(_PEOPLE.c.workspace_id == workspace, _PEOPLE.c.id == person["id"])
        .values(evaluation_template_id=template, updated_at=now)
    )
