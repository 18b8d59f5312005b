"""The envelopes of every answer and the parts that requests share (contract 2.4, 2.5, 9.3)."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, get_args
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from domain import json_codec
from domain.errors import EmptyChange, Invalid
from domain.mail.addresses import parse_address
from domain.text.languages import language_tag
from domain.text.names import NOT_BLANK

T = TypeVar("T", bound=BaseModel)

MAX_PAGE_SIZE = 100
MAX_DOCUMENT_BYTES = 65_536


def _no_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


def _no_boolean_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    return value


# `true` is not 1. Bounds stand before these, else the schema does not show them as such:
# `Annotated[int, Field(ge=1), NO_BOOLEAN]`.
NO_BOOLEAN = BeforeValidator(_no_boolean)
NO_BOOLEAN_NUMBER = BeforeValidator(_no_boolean_number)
Minutes = Annotated[int, Field(ge=1, le=480), NO_BOOLEAN]


def _as_written(value: float) -> int | float:
    return int(value) if value.is_integer() else value


# A number in an answer: 60 and not 60.0, as whoever sent it wrote it.
Shown = Annotated[float, PlainSerializer(_as_written, when_used="json"), WithJsonSchema({"type": "number"})]


def documented(**limits: Any) -> dict[str, Any]:
    """Extra of a field for the OpenAPI document: limits that hold and that its type cannot say.

    Assistants get schemas without them, since some models' interfaces refuse a schema with keywords they do not know.
    """
    return {"x-openapi": limits}


Email = Annotated[
    str,
    Field(max_length=320, json_schema_extra=documented(format="email", minLength=3)),
    AfterValidator(parse_address),
]
Language = Annotated[str, Field(max_length=50), AfterValidator(language_tag)]

# Text, by how much of it there may be.
# White space around a name does not count.
_NOT_BLANK = Field(json_schema_extra=documented(pattern=NOT_BLANK))
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _NOT_BLANK]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), _NOT_BLANK]
Line = Annotated[str, StringConstraints(max_length=500)]
Prose = Annotated[str, StringConstraints(max_length=20_000)]


def _storable(document: dict[str, Any]) -> dict[str, Any]:
    if len(json_codec.dumps(document)) > MAX_DOCUMENT_BYTES:
        raise PydanticCustomError("too_long", "Give at most 64 KiB of JSON.")
    return document


# A free JSON object: its members are the caller's own and are never renamed.
Document = Annotated[dict[str, Any], AfterValidator(_storable)]


class Refers:
    """Marks an id that an assistant may also give by name; see `tools.kernel.references`."""

    def __init__(self, what: str) -> None:
        self.what = what


class KeepsEmpty:
    """Marks an optional text for which "" says something else than leaving it out, over MCP too."""


ProfileId = Annotated[UUID, Refers("agent_profile")]
TemplateId = Annotated[UUID, Refers("evaluation_template")]
StageId = Annotated[UUID, Refers("evaluation_stage")]
ParticipantId = Annotated[UUID, Refers("participant")]


def two_spellings(field: str) -> PydanticCustomError:
    """The error for a member that is given in two spellings with different values (contract C1)."""
    return PydanticCustomError(
        "two_spellings",
        "{field} is given in two spellings with different values; send one.",
        {"field": field},
    )


class OneSpelling(BaseModel):
    """A group that refuses two spellings of one member with different values."""

    @model_validator(mode="before")
    @classmethod
    def _one_spelling(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            for name, alias in _aliased(cls):
                if name in raw and alias in raw and raw[name] != raw[alias]:
                    raise two_spellings(alias)
        return raw


class Part(OneSpelling):
    """A part of a request. Unknown members are ignored; null for a member that cannot be null is left out."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    # Further spellings that are understood, by their canonical one; of a `Part`, its own validator reads them.
    other_spellings: ClassVar[dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, raw: Any) -> Any:
        # many clients send null for whatever they were not given
        if not isinstance(raw, dict) or None not in raw.values():
            return raw
        solid = _never_null(cls)
        return {name: value for name, value in raw.items() if value is not None or name not in solid}


class Request(Part):
    """What an operation takes. Top-level members are understood in camelCase and in snake_case (contract C1);
    further `other_spellings` name their canonical one (contract C2, 9.8).
    """

    # for a change: the request that creates such a record, which says what is required and what null resets to
    created_as: ClassVar[type[BaseModel] | None] = None

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, raw: Any) -> Any:
        others = spellings(cls)
        if not isinstance(raw, dict) or others.keys().isdisjoint(raw):
            return raw
        known = {name: value for name, value in raw.items() if name not in others}
        for other in others.keys() & raw.keys():
            canonical = others[other]
            if canonical in known and known[canonical] != raw[other]:
                raise two_spellings(canonical)
            known[canonical] = raw[other]
        return known


@cache
def spellings(model: type[Request]) -> Mapping[str, str]:
    """Every other spelling of a member that is understood, with the documented one."""
    found = {}
    for name, field in model.model_fields.items():
        wire = field.alias or name
        for other in {name, to_camel(name)} - {wire}:
            if to_camel(other) == to_camel(wire):
                found[other] = wire
    for other, wire in model.other_spellings.items():
        found |= {other: wire, to_camel(other): wire}
    return {other: wire for other, wire in found.items() if other != wire}


@cache
def _aliased(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The members that are understood by their own name and by an alias."""
    return tuple(
        (name, field.alias)
        for name, field in model.model_fields.items()
        if field.alias is not None and field.alias != name
    )


@cache
def _never_null(model: type[Part]) -> frozenset[str]:
    """The members, by every name of theirs, that have a default and do not know null."""
    return frozenset(
        spelling
        for name, field in model.model_fields.items()
        if not field.is_required() and not _takes_null(field.annotation)
        for spelling in {name, to_camel(name), field.alias or name}
    )


def _takes_null(annotation: Any) -> bool:
    return annotation is JsonValue or type(None) in get_args(annotation)


class ById(Request):
    """A request about one record."""

    id: UUID = Field(description="The record's id.")


class Paged(Request):
    """A request for one page of a list."""

    page: Annotated[int, Field(ge=1, le=1_000_000_000), NO_BOOLEAN] = Field(
        default=1, description="1-based page number."
    )
    page_size: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE), NO_BOOLEAN] = Field(
        default=20, alias="pageSize", description="Rows a page, at most 100."
    )

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.page_size


class Meta(BaseModel):
    """Where in a list a page stands. `totalPages` is 0 for an empty list."""

    model_config = ConfigDict(populate_by_name=True)

    page: int
    page_size: int = Field(serialization_alias="pageSize")
    total: int
    total_pages: int = Field(serialization_alias="totalPages")


class One(BaseModel, Generic[T]):
    """One record under `data`."""

    data: T


class Many(BaseModel, Generic[T]):
    """A page of records and where it stands."""

    data: list[T]
    meta: Meta


class Deleted(BaseModel):
    """It is gone. REST says the same with 204 and no body."""

    deleted: Literal[True] = True
    id: UUID


def meta_of(asked: Paged, total: int) -> Meta:
    """The `meta` of a page."""
    return Meta(
        page=asked.page,
        page_size=asked.page_size,
        total=total,
        total_pages=-(-total // asked.page_size),
    )


def changes(request: Request) -> dict[str, Any]:
    """What a PATCH really sends, by field name, without the id; `EmptyChange` when that is nothing.

    null clears an optional field: it gets the default it has in `created_as`. A field that creation requires cannot
    be cleared.
    """
    sent = request.model_fields_set - {"id"}
    if not sent:
        raise EmptyChange()
    like = request.created_as or type(request)
    return {name: _or_default(like.model_fields[name], name, getattr(request, name)) for name in sent}


def _or_default(field: FieldInfo, name: str, value: Any) -> Any:
    if value is not None:
        return value
    if field.is_required():
        raise Invalid.field(field.alias or name, message="This field cannot be cleared.", code="required")
    return field.get_default(call_default_factory=True)
