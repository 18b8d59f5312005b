"""A Core statement compiled once and run on the raw driver: as fast as hand-written SQL.

For the few reads and writes that every request makes. Anything else goes through the connection as usual.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, SafeUUID

import sqlalchemy as sa

from storage.schema.columns import Utc

Convert = Callable[[Any], Any]


def _columns(statement: sa.Executable) -> Sequence[Any]:
    """What a row of the answer holds: the selected columns, or those of RETURNING."""
    if isinstance(statement, sa.Select):
        return list(statement.selected_columns)
    return list(getattr(statement, "_returning", ()))


def _reader(kind: Any, dialect: sa.Dialect) -> Convert | None:
    """What turns the driver's value of this type into ours; None where the driver does that itself."""
    if isinstance(kind, (sa.Numeric, sa.Float)) and dialect.name == "postgresql":
        return None
    if isinstance(kind, sa.Uuid) and dialect.name == "sqlite":
        return _uuid
    if isinstance(kind, Utc) and dialect.name == "sqlite":
        return _moment
    reader: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return reader


_set = object.__setattr__


def _uuid(text: str | None) -> UUID | None:
    """A UUID from the 32 hex digits that we stored: a third of the time that `UUID(hex)` takes to check them."""
    if text is None:
        return None
    value = UUID.__new__(UUID)
    _set(value, "int", int(text, 16))
    _set(value, "is_safe", SafeUUID.unknown)
    return value


def _moment(text: str | None) -> datetime | None:
    """A moment as we stored it, in UTC, in one step instead of the type's two."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class _Compiled:
    """One statement in one dialect: SQL text, how to bind, how to read a row."""

    def __init__(self, statement: sa.Executable, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self.defaults: dict[str, Any] = dict(compiled.params)
        self.positions: Sequence[str] | None = compiled.positiontup
        self.binds: dict[str, Convert] = {
            name: processor
            for name, bind in compiled.binds.items()
            if (processor := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        columns = _columns(statement)
        self.names = [column.key for column in columns]
        self.reads: list[tuple[int, Convert]] = [
            (place, reader)
            for place, column in enumerate(columns)
            if (reader := _reader(column.type, dialect)) is not None
        ]

    def arguments(self, given: Mapping[str, Any]) -> Any:
        values = {**self.defaults, **given}
        for name, convert in self.binds.items():
            values[name] = convert(values[name])
        if self.positions is None:
            return values
        return [values[name] for name in self.positions]

    def row(self, raw: Sequence[Any]) -> dict[str, Any]:
        row = list(raw)
        for place, convert in self.reads:
            row[place] = convert(row[place])
        return dict(zip(self.names, row, strict=True))


class PreparedStatement:
    """A prebuilt statement for a request path; parameters are its bindparams, rows come as dicts.

    Works on any open connection and inside its transaction. A statement that lists or changes rows of a
    workspace must name the workspace, as everywhere.
    """

    def __init__(self, statement: sa.Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def _in(self, db: sa.Connection) -> _Compiled:
        dialect = db.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self.statement, dialect)
        return compiled

    def _run(self, db: sa.Connection, given: Mapping[str, Any]) -> tuple[_Compiled, Any]:
        compiled = self._in(db)
        driver = db.connection.driver_connection
        assert driver is not None
        try:
            return compiled, driver.execute(compiled.sql, compiled.arguments(given))
        except db.dialect.loaded_dbapi.IntegrityError as broken:
            # the same error that SQLAlchemy would raise, so that callers know only one
            raise sa.exc.IntegrityError(compiled.sql, None, broken) from broken
        except db.dialect.loaded_dbapi.OperationalError as broken:
            raise sa.exc.OperationalError(compiled.sql, None, broken) from broken

    def one(self, db: sa.Connection, **given: Any) -> dict[str, Any] | None:
        """The first row, or None."""
        compiled, cursor = self._run(db, given)
        raw = cursor.fetchone()
        return None if raw is None else compiled.row(raw)

    def all(self, db: sa.Connection, **given: Any) -> list[dict[str, Any]]:
        """Every row."""
        compiled, cursor = self._run(db, given)
        return [compiled.row(raw) for raw in cursor.fetchall()]

    def run(self, db: sa.Connection, **given: Any) -> int:
        """Carry out a change; the number of rows it touched."""
        _, cursor = self._run(db, given)
        return int(cursor.rowcount)
