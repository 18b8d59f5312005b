"""How many rows a list has. The transaction that changes a list changes its counter, so a total costs one read.

A counter's name is the resource, or `resource:status`. A transaction changes its counters in the order of their
names, so two of them cannot deadlock.
"""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.engine.prepared import PreparedQuery, PreparedStatement
from storage.schema.records import CounterRecord
from storage.schema.tables import Counter, table

_READ = PreparedQuery(
    sa.select(table(Counter)).where(
        col(Counter.workspace_id) == sa.bindparam("workspace"), col(Counter.name) == sa.bindparam("counter")
    ),
    CounterRecord,
)


def _bump(insert: type[sqlite.Insert] | type[postgresql.Insert]) -> PreparedStatement:
    statement = insert(Counter).values(
        workspace_id=sa.bindparam("workspace"), name=sa.bindparam("counter"), n=sa.bindparam("by")
    )
    return PreparedStatement(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "name"],
            set_={"n": table(Counter).c.n + statement.excluded.n},
        )
    )


_BUMP = {"sqlite": _bump(sqlite.Insert), "postgresql": _bump(postgresql.Insert)}


def bump(db: sa.Connection, workspace: UUID, by: Mapping[str, int]) -> None:
    """Add to counters; a counter that does not exist yet starts at zero."""
    statement = _BUMP[db.dialect.name]
    for name in sorted(by):
        if by[name]:
            statement.run(db, workspace=workspace, counter=name, by=by[name])


def read(db: sa.Connection, workspace: UUID, name: str) -> int:
    """The counter's value; 0 when it does not exist yet."""
    row = _READ.one(db, workspace=workspace, counter=name)
    return row.n if row else 0
