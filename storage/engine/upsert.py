"""INSERT … ON CONFLICT DO NOTHING, the same on SQLite and PostgreSQL."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage.engine.prepared import PreparedStatement

_INSERTS: dict[tuple[str, str], PreparedStatement] = {}


def insert_or_ignore(db: sa.Connection, model: type[SQLModel], row: Mapping[str, Any]) -> bool:
    """Insert unless a unique index says that the row exists; whether it was inserted.

    A column that `row` leaves out becomes null, so give every column that has a default.
    """
    key = (db.dialect.name, str(model.__tablename__))
    statement = _INSERTS.get(key)
    if statement is None:
        insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
        statement = _INSERTS[key] = PreparedStatement(insert(model).on_conflict_do_nothing())
    return statement.run(db, **row) == 1
