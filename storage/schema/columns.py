"""Column types that mean the same on SQLite and PostgreSQL."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement


class Utc(sa.TypeDecorator[dt.datetime]):
    """An aware time in UTC. Storing a naive datetime raises `ValueError`."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


# To change a document, assign a new one: edits in place are not saved.
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class has_element(ColumnElement[bool]):
    """Whether a JSON array column contains a string: `has_element(table.c.tags, "backend")`."""

    inherit_cache = True
    type = sa.Boolean()

    def __init__(self, column: Any, value: str) -> None:
        self.column = column
        self.value: sa.BindParameter[str] = sa.bindparam(None, value, sa.String())
        self.clauses = sa.tuple_(self.column, self.value)

    def self_group(self, against: Any = None) -> ColumnElement[Any]:
        return self


@compiles(has_element, "sqlite")
def _sqlite(element: has_element, compiler: Any, **kw: Any) -> str:
    column, value = compiler.process(element.column, **kw), compiler.process(element.value, **kw)
    return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE json_each.value = {value})"


@compiles(has_element, "postgresql")
def _postgresql(element: has_element, compiler: Any, **kw: Any) -> str:
    column, value = compiler.process(element.column, **kw), compiler.process(element.value, **kw)
    return f"jsonb_exists({column}, {value})"
