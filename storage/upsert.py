"""INSERT … ON CONFLICT, the same on SQLite and PostgreSQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

_INSERTS: dict[tuple[str, str], Any] = {}


def insert_or_ignore(db: sa.Connection, table: type[SQLModel], row: dict[str, Any]) -> bool:
    """Insert unless a unique index says the row is there already; whether it was inserted."""
    dialect = db.dialect.name
    name = str(table.__tablename__)
    statement = _INSERTS.get((dialect, name))
    if statement is None:
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        statement = _INSERTS[dialect, name] = insert(table).on_conflict_do_nothing()
    return db.execute(statement, row).rowcount == 1
