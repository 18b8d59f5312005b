"""Workspaces: the tenants."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from storage.schema.tables import Workspace

_BY_ID = sa.select(Workspace).where(col(Workspace.id) == sa.bindparam("workspace"))
_BY_SLUG = sa.select(Workspace).where(col(Workspace.slug) == sa.bindparam("slug"))
_ALL = sa.select(Workspace).order_by(col(Workspace.created_at), col(Workspace.id))


def get(db: sa.Connection, workspace: UUID) -> sa.RowMapping | None:
    return db.execute(_BY_ID, {"workspace": workspace}).mappings().one_or_none()


def by_slug(db: sa.Connection, slug: str) -> sa.RowMapping | None:
    return db.execute(_BY_SLUG, {"slug": slug}).mappings().one_or_none()


def every(db: sa.Connection) -> Sequence[sa.RowMapping]:
    """All workspaces of this server, for the operator's commands only."""
    return db.execute(_ALL).mappings().all()


def add(db: sa.Connection, workspace: Workspace) -> None:
    db.execute(sa.insert(Workspace).values(workspace.model_dump()))


def change(db: sa.Connection, workspace: UUID, values: dict[str, Any]) -> None:
    db.execute(sa.update(Workspace).where(col(Workspace.id) == workspace).values(**values))
