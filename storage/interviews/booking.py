"""What scheduling needs to know about a participant, a template and a workspace: one quick read each."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine.prepared import PreparedQuery
from storage.schema.tables import AgentProfile, EvaluationTemplate, Participant, Workspace, table

_PEOPLE = table(Participant)
_TEMPLATES = table(EvaluationTemplate)
_PROFILES = table(AgentProfile)
_WORKSPACES = table(Workspace)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedParticipant:
    """What scheduling needs of a participant."""

    id: UUID
    name: str
    email_key: str
    evaluation_template_id: UUID | None
    external_id: str | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedTemplate:
    """What scheduling needs of a template."""

    id: UUID
    status: str
    language: str
    template_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    credit_limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scoring:
    scoring: dict[str, Any]


# Locked until the transaction ends: two calls that book the same person run one after the other.
_PARTICIPANT = PreparedQuery(
    sa.select(
        _PEOPLE.c.id,
        _PEOPLE.c.name,
        _PEOPLE.c.email_key,
        _PEOPLE.c.evaluation_template_id,
        _PEOPLE.c.external_id,
        _PEOPLE.c.status,
    )
    .where(_PEOPLE.c.workspace_id == sa.bindparam("workspace"), _PEOPLE.c.id == sa.bindparam("participant"))
    .with_for_update(),
    BookedParticipant,
)
_TEMPLATE = PreparedQuery(
    sa.select(_TEMPLATES.c.id, _TEMPLATES.c.status, _TEMPLATES.c.language, _TEMPLATES.c.template_name).where(
        _TEMPLATES.c.workspace_id == sa.bindparam("workspace"), _TEMPLATES.c.id == sa.bindparam("template")
    ),
    BookedTemplate,
)
_LIMIT = PreparedQuery(
    sa.select(_WORKSPACES.c.credit_limit).where(_WORKSPACES.c.id == sa.bindparam("workspace")),
    _Limit,
)
# A stage may use a public profile of another workspace; this was checked when the profile was attached.
_SCORING = PreparedQuery(
    sa.select(_PROFILES.c.scoring).where(_PROFILES.c.id == sa.bindparam("profile")),
    _Scoring,
)


def participant(db: sa.Connection, workspace: UUID, participant: UUID) -> BookedParticipant | None:
    return _PARTICIPANT.one(db, workspace=workspace, participant=participant)


def template(db: sa.Connection, workspace: UUID, template: UUID) -> BookedTemplate | None:
    return _TEMPLATE.one(db, workspace=workspace, template=template)


def credit_limit(db: sa.Connection, workspace: UUID) -> int | None:
    row = _LIMIT.one(db, workspace=workspace)
    return row.credit_limit if row else None


def scale_of(db: sa.Connection, profile: UUID | None) -> str:
    """The scale on which a profile scores; without a profile the contract's default."""
    row = _SCORING.one(db, profile=profile) if profile else None
    scale: str | None = row.scoring.get("scale") if row else None
    return scale or "0-10"


def adopt(
    db: sa.Connection, workspace: UUID, person: BookedParticipant, template: UUID, now: dt.datetime
) -> None:
    """Give a participant without a template this one, unless another participant of it has the address."""
    duplicate = sa.exists().where(
        _PEOPLE.c.workspace_id == workspace,
        _PEOPLE.c.email_key == person.email_key,
        _PEOPLE.c.evaluation_template_id == template,
    )
    if db.execute(sa.select(duplicate)).scalar_one():
        return
    db.execute(
        sa.update(_PEOPLE)
        .where(_PEOPLE.c.workspace_id == workspace, _PEOPLE.c.id == person.id)
        .values(evaluation_template_id=template, updated_at=now)
    )
