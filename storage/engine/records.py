"""Rows as frozen records: a class for each set of columns, checked once against what the statement selects.

A record is a dataclass (frozen, slots, keyword-only) that mypy checks, so a misspelt column is a type error.
`RecordError` at import says where a class and its columns differ.
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
    """A record class does not match the selected columns. Correct the class or the statement."""


class Records(Generic[R]):
    """Reads rows of these columns as records. `outer` names the members that an outer join may leave null."""

    def __init__(self, record: type[R], columns: Iterable[Any], *, outer: Iterable[str] = ()) -> None:
        self.record = record
        self.columns: Columns = tuple(columns)
        check_columns(record, self.columns, outer)
        self._build = builder(record, [str(column.key) for column in self.columns], [])

    def select(self) -> sa.Select[Any]:
        """A statement that selects exactly these columns."""
        return sa.select(*self.columns)

    def one(self, db: sa.Connection, statement: sa.Executable) -> R | None:
        """The first row of a statement made by `select`, or None."""
        row = db.execute(statement).first()
        return None if row is None else self._build(row)

    def all(self, db: sa.Connection, statement: sa.Executable) -> list[R]:
        """Every row of a statement made by `select`."""
        return [self._build(row) for row in db.execute(statement)]


def values_of(record: Record) -> dict[str, Any]:
    """A record's members by name, for an insert."""
    names = _names(type(record))
    return dict(zip(names, attrgetter(*names)(record), strict=True))


def changed(before: R, after: R) -> dict[str, Any]:
    """The values that an update writes to turn one record into the other."""
    old = values_of(before)
    return {name: value for name, value in values_of(after).items() if value != old[name]}


_NAMES: dict[type[Any], tuple[str, ...]] = {}


def _names(record: type[Any]) -> tuple[str, ...]:
    if record not in _NAMES:
        _NAMES[record] = tuple(field.name for field in dataclasses.fields(record))
    return _NAMES[record]


def builder(
    record: type[R], names: Sequence[str], converters: Sequence[tuple[int, Convert]]
) -> Callable[[Sequence[Any]], R]:
    """A function that builds a record from a row. The row's values are in the order of `names`, some converted.

    The constructor of a frozen dataclass is slower than a dict. So a twin class with the same slots is filled by
    plain assignment, in generated code as in `dataclasses`, and its `__class__` is then set to the record.
    """
    convert = dict(converters)
    values = [f"c{place}(v{place})" if place in convert else f"v{place}" for place in range(len(names))]
    lines = [
        "def build(row):",
        f"    {', '.join(f'v{place}' for place in range(len(names)))}, = row",
        "    filled = twin()",
        *(f"    filled.{name} = {value}" for name, value in zip(names, values, strict=True)),
        "    filled.__class__ = record",
        "    return filled",
    ]
    # Python requires the same layout: the same bases, the same names in the same order
    members = {
        "__slots__": record.__slots__,  # type: ignore[attr-defined]
        "__init__": object.__init__,
        "__setattr__": object.__setattr__,
    }
    twin = type(f"_{record.__name__}", record.__bases__, members)
    scope: dict[str, Any] = {"twin": twin, "record": record, **{f"c{p}": each for p, each in convert.items()}}
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
    """The Python types of a column's values."""
    if isinstance(kind, sa.TypeDecorator):
        return _python_types(kind.impl_instance)
    return {dict, list} if isinstance(kind, sa.JSON) else {kind.python_type}


def _nullable(column: sa.ColumnElement[Any]) -> bool | None:
    """Whether the column may be null; None for an expression that does not say."""
    element = column.element if isinstance(column, sa.Label) else column
    return bool(element.nullable) if isinstance(element, sa.Column) else None
