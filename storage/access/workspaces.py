"""Queries about workspaces: the tenants."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from storage.engine.records import Records, values_of
from storage.schema.records import WorkspaceRecord
from storage.schema.tables import Workspace, table

_WORKSPACES = Records(WorkspaceRecord, table(Workspace).c)
_BY_ID = _WORKSPACES.select().where(col(Workspace.id) == sa.bindparam("workspace"))
_BY_SLUG = _WORKSPACES.select().where(col(Workspace.slug) == sa.bindparam("slug"))
_ALL = _WORKSPACES.select().order_by(col(Workspace.created_at), col(Workspace.id))


def get(db: sa.Connection, workspace: UUID) -> WorkspaceRecord | None:
    return _WORKSPACES.one(db, _BY_ID.params(workspace=workspace))


def by_slug(db: sa.Connection, slug: str) -> WorkspaceRecord | None:
    return _WORKSPACES.one(db, _BY_SLUG.params(slug=slug))


def every(db: sa.Connection) -> Sequence[WorkspaceRecord]:
    """All workspaces of this server, for the operator's commands only."""
    return _WORKSPACES.all(db, _ALL)


def add(db: sa.Connection, workspace: WorkspaceRecord) -> None:
    db.execute(sa.insert(Workspace), values_of(workspace))


def change(db: sa.Connection, workspace: UUID, values: dict[str, Any]) -> None:
    db.execute(sa.update(Workspace).where(col(Workspace.id) == workspace).values(**values))
