"""Queries about agent profiles. Every one names a workspace. All workspaces see public profiles."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.text.folding import reference_key
from storage.engine import counters
from storage.engine.paging import count_rows, newest_first, page
from storage.engine.prepared import PreparedQuery
from storage.engine.records import Records, values_of
from storage.engine.store import heavy
from storage.schema.records import AgentProfileRecord
from storage.schema.tables import AgentProfile, EvaluationStage, Session, table

TABLE = table(AgentProfile)
_STAGES = table(EvaluationStage)
_SESSIONS = table(Session)

_PROFILES = Records(AgentProfileRecord, TABLE.c)
_OURS = TABLE.c.workspace_id == sa.bindparam("workspace")
_GET = PreparedQuery(sa.select(TABLE).where(_OURS, TABLE.c.id == sa.bindparam("profile")), AgentProfileRecord)
_VISIBLE = PreparedQuery(
    sa.select(TABLE).where(
        sa.or_(_OURS, TABLE.c.is_public.is_(sa.true())), TABLE.c.id == sa.bindparam("profile")
    ),
    AgentProfileRecord,
)


def get(db: sa.Connection, workspace: UUID, profile: UUID) -> AgentProfileRecord | None:
    """A profile of the workspace's own."""
    return _GET.one(db, workspace=workspace, profile=profile)


def for_change(db: sa.Connection, workspace: UUID, profile: UUID) -> AgentProfileRecord | None:
    """The same row, locked until the transaction ends, so that changes come one after the other."""
    statement = _PROFILES.select().where(TABLE.c.workspace_id == workspace, TABLE.c.id == profile)
    return _PROFILES.one(db, statement.with_for_update())


def visible(db: sa.Connection, workspace: UUID, profile: UUID) -> AgentProfileRecord | None:
    """A profile of the workspace's own, or a public one."""
    return _VISIBLE.one(db, workspace=workspace, profile=profile)


def foreign(db: sa.Connection, workspace: UUID, profiles: Collection[UUID]) -> frozenset[UUID]:
    """Those of these profiles that another workspace wrote, and the workspace's own copies of such profiles.

    A copy whose source is gone counts as one.
    """
    source = TABLE.alias("source")
    written_elsewhere = sa.and_(
        TABLE.c.forked_from.is_not(None),
        sa.or_(source.c.id.is_(None), source.c.workspace_id != workspace),
    )
    statement = (
        sa.select(TABLE.c.id)
        .select_from(TABLE.outerjoin(source, source.c.id == TABLE.c.forked_from))
        .where(TABLE.c.id.in_(profiles), sa.or_(TABLE.c.workspace_id != workspace, written_elsewhere))
    )
    return frozenset(db.execute(statement).scalars())


def add(db: sa.Connection, profile: AgentProfileRecord) -> None:
    db.execute(sa.insert(TABLE), values_of(profile) | {"name_key": reference_key(profile.name)})
    counters.bump(db, profile.workspace_id, {"profiles": 1})


def change(db: sa.Connection, workspace: UUID, profile: UUID, values: Mapping[str, Any]) -> None:
    derived = {"name_key": reference_key(values["name"])} if "name" in values else {}
    ours = sa.update(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == profile)
    db.execute(ours.values(**values, **derived))


def remove(db: sa.Connection, workspace: UUID, profile: UUID) -> None:
    result = db.execute(sa.delete(TABLE).where(TABLE.c.workspace_id == workspace, TABLE.c.id == profile))
    counters.bump(db, workspace, {"profiles": -result.rowcount})


def users(db: sa.Connection, profile: UUID) -> frozenset[UUID]:
    """The workspaces whose stages or sessions use the profile; a public one may be used by others."""
    using = sa.union(
        *(
            sa.select(user.c.workspace_id).where(user.c.agent_profile_id == profile)
            for user in (_STAGES, _SESSIONS)
        )
    )
    return frozenset(db.execute(using).scalars())


def highest_threshold(db: sa.Connection, profile: UUID) -> float | None:
    """The highest pass mark of the stages that use the profile; its scale must include it."""
    highest: float | None = db.execute(
        sa.select(sa.func.max(_STAGES.c.pass_threshold)).where(_STAGES.c.agent_profile_id == profile)
    ).scalar_one()
    return highest


def list_page(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[AgentProfileRecord], int]:
    """One page of the workspace's own profiles, newest first, and the total."""
    conditions = [TABLE.c[name] == value for name, value in filters.items()]
    return page(db, _PROFILES, TABLE, workspace, conditions, counter="profiles", limit=limit, offset=offset)


def library(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[AgentProfileRecord], int]:
    """One page of the workspace's own and all public profiles, newest first, and the total."""
    heavy(db)
    conditions = [
        sa.or_(TABLE.c.workspace_id == workspace, TABLE.c.is_public.is_(sa.true())),
        *(TABLE.c[name] == value for name, value in filters.items()),
    ]
    total = count_rows(db, TABLE, *conditions)
    statement = (
        _PROFILES.select().where(*conditions).order_by(*newest_first(TABLE)).limit(limit).offset(offset)
    )
    return _PROFILES.all(db, statement), total
