"""How many rows a list has: kept exact in the transaction that changes it, so that a total costs one read.

A counter's name is the resource, or `resource:status`. Bumped in name order: transactions that bump several
then never wait for each other in a circle.
"""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.engine.prepared import PreparedStatement
from storage.schema.tables import Counter

_READ = PreparedStatement(
    sa.select(col(Counter.n)).where(
        col(Counter.workspace_id) == sa.bindparam("workspace"), col(Counter.name) == sa.bindparam("counter")
    )
)


def _bump(insert: type[sqlite.Insert] | type[postgresql.Insert]) -> PreparedStatement:
    statement = insert(Counter).values(
        workspace_id=sa.bindparam("workspace"), name=sa.bindparam("counter"), n=sa.bindparam("by")
    )
    return PreparedStatement(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "name"],
            set_={"n": Counter.__table__.c.n + statement.excluded.n},  # type: ignore[attr-defined]
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
    row = _READ.one(db, workspace=workspace, counter=name)
    return row["n"] if row else 0
