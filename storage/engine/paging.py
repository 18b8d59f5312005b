"""Pages of a list, newest first, with an exact total.

An unfiltered total is a counter row; a filtered one is counted, in a thread. So is a page far from the start.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.engine.prepared import PreparedStatement
from storage.engine.store import heavy

Filters = Mapping[str, Any]

# an offset walks over what it skips
_NEAR = 1_000

_FIRST_PAGES: dict[str, PreparedStatement] = {}


def page(
    db: sa.Connection,
    table: sa.Table,
    workspace: UUID,
    conditions: Sequence[sa.ColumnElement[bool]],
    *,
    counter: str,
    limit: int,
    offset: int,
    order: Sequence[sa.ColumnElement[Any]] = (),
    columns: Sequence[sa.ColumnElement[Any]] = (),
    counted: bool = False,
    prebuilt: PreparedStatement | None = None,
) -> tuple[Sequence[dict[str, Any]], int]:
    """One page of a workspace's rows and how many there are.

    `counter` names the counter row that holds the total when there are no `conditions`, or when `counted`
    says that the row counts exactly what the conditions leave. `prebuilt` is the page without conditions.
    """
    if conditions and not counted:
        heavy(db)
        total = _counted(db, table, workspace, conditions)
    else:
        total = counters.read(db, workspace, counter)
    if offset >= total:
        return [], total
    if offset > _NEAR:
        heavy(db)
    if not conditions and (prebuilt is not None or not (order or columns)):
        return (prebuilt or _plain(table)).all(db, workspace=workspace, limit=limit, offset=offset), total
    shown = list(columns) or list(table.c)
    statement = (
        sa.select(*shown)
        .where(table.c.workspace_id == workspace, *conditions)
        .order_by(*(order or newest_first(table)))
        .limit(limit)
        .offset(offset)
    )
    return [dict(row) for row in db.execute(statement).mappings()], total


def newest_first(table: sa.Table) -> Sequence[sa.ColumnElement[Any]]:
    return (table.c.created_at.desc(), table.c.id.desc())


def _plain(table: sa.Table) -> PreparedStatement:
    """The page that everybody asks for, prebuilt."""
    if table.name not in _FIRST_PAGES:
        _FIRST_PAGES[table.name] = PreparedStatement(
            sa.select(table)
            .where(table.c.workspace_id == sa.bindparam("workspace"))
            .order_by(*newest_first(table))
            .limit(sa.bindparam("limit", type_=sa.Integer()))
            .offset(sa.bindparam("offset", type_=sa.Integer()))
        )
    return _FIRST_PAGES[table.name]


def _counted(
    db: sa.Connection, table: sa.Table, workspace: UUID, conditions: Sequence[sa.ColumnElement[bool]]
) -> int:
    return db.execute(
        sa.select(sa.func.count()).select_from(table).where(table.c.workspace_id == workspace, *conditions)
    ).scalar_one()
