"""A Core statement compiled once and run on the raw driver: as fast as hand-written SQL.

For the few reads and writes that every request makes. Other statements go through the connection as usual, and
`storage.engine.records.Records` reads their rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Generic
from uuid import UUID, SafeUUID

import sqlalchemy as sa

from storage.engine.records import Convert, R, builder, check_columns
from storage.schema.columns import Utc


def _columns(statement: sa.Executable) -> Sequence[Any]:
    """The columns of a result row: those selected, or those of RETURNING."""
    if isinstance(statement, sa.Select):
        return list(statement.selected_columns)
    return list(getattr(statement, "_returning", ()))


def _reader(kind: Any, dialect: sa.Dialect) -> Convert | None:
    """The function that converts the driver's value of this type; None when the driver converts it."""
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
    """A UUID from 32 hex digits that need no check: three times as fast as `UUID(hex)`."""
    if text is None:
        return None
    value = UUID.__new__(UUID)
    _set(value, "int", int(text, 16))
    _set(value, "is_safe", SafeUUID.unknown)
    return value


def _moment(text: str | None) -> datetime | None:
    """A stored time in UTC: one step instead of the two of the column type."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class _Compiled:
    """One statement in one dialect: its SQL and how to bind its parameters."""

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

    def arguments(self, given: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        values = {**self.defaults, **given}
        for name, convert in self.binds.items():
            values[name] = convert(values[name])
        if self.positions is None:
            return values
        return [values[name] for name in self.positions]


class PreparedStatement:
    """A prebuilt statement for a request path; parameters are its bindparams.

    Works on any open connection, inside its transaction. A statement on rows of a workspace must name the
    workspace, as everywhere.
    """

    def __init__(self, statement: sa.Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def _in(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self.statement, dialect)
        return compiled

    def _execute(self, db: sa.Connection, given: Mapping[str, Any]) -> Any:
        compiled = self._in(db.dialect)
        driver = db.connection.driver_connection
        assert driver is not None
        try:
            return driver.execute(compiled.sql, compiled.arguments(given))
        except db.dialect.loaded_dbapi.IntegrityError as error:
            # the error that SQLAlchemy raises, so that callers handle only one
            raise sa.exc.IntegrityError(compiled.sql, None, error) from error
        except db.dialect.loaded_dbapi.OperationalError as error:
            raise sa.exc.OperationalError(compiled.sql, None, error) from error

    def run(self, db: sa.Connection, **given: Any) -> int:
        """Execute a change; the number of rows it changed."""
        return int(self._execute(db, given).rowcount)


class PreparedQuery(PreparedStatement, Generic[R]):
    """A prepared statement that returns rows, as records of the given class.

    `RecordError` when the class and the selected columns differ. `outer` names the members that an outer join may
    leave null.
    """

    def __init__(self, statement: sa.Executable, record: type[R], *, outer: Iterable[str] = ()) -> None:
        super().__init__(statement)
        self._record = record
        self._selected = _columns(statement)
        check_columns(record, self._selected, outer)
        self._builders: dict[str, Callable[[Sequence[Any]], R]] = {}

    def _builder(self, dialect: sa.Dialect) -> Callable[[Sequence[Any]], R]:
        build = self._builders.get(dialect.name)
        if build is None:
            readers = [(place, _reader(column.type, dialect)) for place, column in enumerate(self._selected)]
            converters = [(place, reader) for place, reader in readers if reader is not None]
            names = [str(column.key) for column in self._selected]
            build = self._builders[dialect.name] = builder(self._record, names, converters)
        return build

    def one(self, db: sa.Connection, **given: Any) -> R | None:
        """The first row, or None."""
        raw = self._execute(db, given).fetchone()
        return None if raw is None else self._builder(db.dialect)(raw)

    def all(self, db: sa.Connection, **given: Any) -> list[R]:
        """Every row."""
        rows = self._execute(db, given).fetchall()
        build = self._builder(db.dialect)
        return [build(raw) for raw in rows]
