"""Pages of a list, newest first, with an exact total.

The total of an unfiltered list is a counter row. A filtered list is counted in a thread; a page far from the start
is read in one too.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.engine import counters
from storage.engine.prepared import PreparedQuery
from storage.engine.records import R, Records
from storage.engine.store import heavy

Filters = Mapping[str, Any]

# The database reads and drops every row that an offset skips, so a page beyond this belongs in a thread.
_MAX_QUICK_OFFSET = 1_000

_FIRST_PAGES: dict[str, PreparedQuery[Any]] = {}


def page(
    db: sa.Connection,
    records: Records[R],
    table: sa.Table,
    workspace: UUID,
    conditions: Sequence[sa.ColumnElement[bool]],
    *,
    counter: str,
    limit: int,
    offset: int,
    order: Sequence[sa.ColumnElement[Any]] = (),
    counted: bool = False,
    prebuilt: PreparedQuery[R] | None = None,
) -> tuple[Sequence[R], int]:
    """One page of a workspace's rows and the total.

    `counter` names the counter row with the total when there are no `conditions`. `counted` says that this row
    counts exactly the rows that meet the conditions. `prebuilt` is the page without conditions.
    """
    if conditions and not counted:
        heavy(db)
        total = count_rows(db, table, table.c.workspace_id == workspace, *conditions)
    else:
        total = counters.read(db, workspace, counter)
    if offset >= total:
        return [], total
    if offset > _MAX_QUICK_OFFSET:
        heavy(db)
    if not conditions and (prebuilt is not None or not order):
        query = prebuilt or _unfiltered(records, table)
        return query.all(db, workspace=workspace, limit=limit, offset=offset), total
    statement = (
        records.select()
        .where(table.c.workspace_id == workspace, *conditions)
        .order_by(*(order or newest_first(table)))
        .limit(limit)
        .offset(offset)
    )
    return records.all(db, statement), total


def newest_first(table: sa.Table) -> Sequence[sa.ColumnElement[Any]]:
    """Descending order of creation, ties by id."""
    return (table.c.created_at.desc(), table.c.id.desc())


def _unfiltered(records: Records[R], table: sa.Table) -> PreparedQuery[R]:
    """The query for a page without conditions, built once a table."""
    if table.name not in _FIRST_PAGES:
        _FIRST_PAGES[table.name] = PreparedQuery(
            records.select()
            .where(table.c.workspace_id == sa.bindparam("workspace"))
            .order_by(*newest_first(table))
            .limit(sa.bindparam("limit", type_=sa.Integer()))
            .offset(sa.bindparam("offset", type_=sa.Integer())),
            records.record,
        )
    return _FIRST_PAGES[table.name]


def count_rows(db: sa.Connection, source: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> int:
    """How many rows of a table or join meet the conditions, which name the workspace."""
    return db.execute(sa.select(sa.func.count()).select_from(source).where(*conditions)).scalar_one()
