"""Rows as frozen records: a class for each set of columns, checked once against what the statement selects.

A record is a dataclass (frozen, slots, keyword-only) that mypy sees, so a misspelt column is an error before
anything runs. `RecordError` at import says where a class and its columns differ.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from types import NoneType
from typing import Any, ClassVar, Generic, Protocol, TypeVar, get_args, get_origin, get_type_hints

import sqlalchemy as sa


class Record(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


R = TypeVar("R", bound=Record)
Convert = Callable[[Any], Any]
Columns = Sequence[sa.ColumnElement[Any]]


class RecordError(TypeError):
    """A record class and the columns that fill it do not fit. Mend the class, or what the statement selects."""


class Records(Generic[R]):
    """Reads rows of these columns as records. `outer` names the members that an outer join may leave empty."""

    def __init__(self, record: type[R], columns: Iterable[Any], *, outer: Iterable[str] = ()) -> None:
        self.record = record
        self.columns: Columns = tuple(columns)
        check_columns(record, self.columns, outer)
        self._build = builder(record, [str(column.key) for column in self.columns], [])

    def select(self) -> sa.Select[Any]:
        """A statement that selects exactly these columns."""
        return sa.select(*self.columns)

    def one(self, db: sa.Connection, statement: sa.Executable) -> R | None:
        """The first row that a statement made by `select` finds, or None."""
        row = db.execute(statement).first()
        return None if row is None else self._build(row)

    def all(self, db: sa.Connection, statement: sa.Executable) -> list[R]:
        """Every row that a statement made by `select` finds."""
        return [self._build(row) for row in db.execute(statement)]


def values_of(record: Record) -> dict[str, Any]:
    """A record's members by name, as an insert takes them."""
    names = _names(type(record))
    return dict(zip(names, attrgetter(*names)(record), strict=True))


def changed(before: R, after: R) -> dict[str, Any]:
    """What an update has to write to turn one record into the other."""
    then = values_of(before)
    return {name: value for name, value in values_of(after).items() if value != then[name]}


_NAMES: dict[type[Any], tuple[str, ...]] = {}


def _names(record: type[Any]) -> tuple[str, ...]:
    if record not in _NAMES:
        _NAMES[record] = tuple(field.name for field in dataclasses.fields(record))
    return _NAMES[record]


def builder(
    record: type[R], names: Sequence[str], converters: Sequence[tuple[int, Convert]]
) -> Callable[[Sequence[Any]], R]:
    """What makes a record of a row whose values stand in the order of `names`, some of them converted.

    A frozen dataclass's own constructor costs more than a dict. So a twin with the same slots is filled by plain
    assignment, in code made once as `dataclasses` makes its own, and then becomes the record.
    """
    own = dict(converters)
    given = [f"c{place}(v{place})" if place in own else f"v{place}" for place in range(len(names))]
    lines = [
        "def build(row):",
        f"    {', '.join(f'v{place}' for place in range(len(names)))}, = row",
        "    made = twin()",
        *(f"    made.{name} = {value}" for name, value in zip(names, given, strict=True)),
        "    made.__class__ = record",
        "    return made",
    ]
    # the layout must be that of the record: the same bases, the same names in the same order
    plain = {
        "__slots__": record.__slots__,  # type: ignore[attr-defined]
        "__init__": object.__init__,
        "__setattr__": object.__setattr__,
    }
    twin = type(f"_{record.__name__}", record.__bases__, plain)
    scope: dict[str, Any] = {"twin": twin, "record": record, **{f"c{p}": each for p, each in own.items()}}
    exec("\n".join(lines), scope)
    build: Callable[[Sequence[Any]], R] = scope["build"]
    return build


def check_columns(record: type[Any], columns: Columns, outer: Iterable[str] = ()) -> None:
    """`RecordError` unless the record has exactly these columns, each with its type and whether it may be null."""
    hints: Mapping[str, Any] = get_type_hints(record)
    keys = [str(column.key) for column in columns]
    if sorted(keys) != sorted(_names(record)) or len(set(keys)) != len(keys):
        differ = sorted(set(keys) ^ set(_names(record)))
        raise RecordError(f"{record.__name__} and its columns differ in: {', '.join(differ)}")
    for column in columns:
        _check_column(record, column, hints[str(column.key)], column.key in set(outer))


def _check_column(record: type[Any], column: sa.ColumnElement[Any], hint: Any, outer: bool) -> None:
    place = f"{record.__name__}.{column.key}"
    members = get_args(hint) if NoneType in get_args(hint) else (hint,)
    kinds = {get_origin(member) or member for member in members} - {NoneType}
    nullable = _nullable(column)
    if nullable is not None and (nullable or outer) != (NoneType in get_args(hint)):
        raise RecordError(f"{place} {'may' if nullable or outer else 'can not'} be null")
    wanted = _python_types(column.type)
    if Any not in kinds and not kinds <= wanted:
        raise RecordError(f"{place} is not {' or '.join(sorted(kind.__name__ for kind in wanted))}")


def _python_types(kind: Any) -> set[type[Any]]:
    """What values of a column's type are in Python."""
    if isinstance(kind, sa.TypeDecorator):
        return _python_types(kind.impl_instance)
    return {dict, list} if isinstance(kind, sa.JSON) else {kind.python_type}


def _nullable(column: sa.ColumnElement[Any]) -> bool | None:
    """Whether the column may be null; None of an expression that does not say."""
    element = column.element if isinstance(column, sa.Label) else column
    return bool(element.nullable) if isinstance(element, sa.Column) else None
