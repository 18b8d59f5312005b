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
        key = next(iter(sa.inspect(table).local_table.primary_key))
        # RETURNING tells whether there is a new row; rowcount is -1 with some drivers
        statement = insert(table).on_conflict_do_nothing().returning(key)
        _INSERTS[dialect, name] = statement
    return db.execute(statement, row).first() is not None
