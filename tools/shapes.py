"""The envelopes of every answer and the parts that requests share (contract 2.4, 2.5, 9.3)."""

from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.errors import EmptyChange, Invalid

T = TypeVar("T", bound=BaseModel)

PAGE_SIZE_MOST = 100


def _no_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


def _no_boolean_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", "Input should be a valid number")
    return value


# A whole number: `true` is not 1.
Whole = Annotated[int, BeforeValidator(_no_boolean)]
Number = Annotated[float, BeforeValidator(_no_boolean_number), Field(allow_inf_nan=False)]

# Text, by how much of it there may be.
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Line = Annotated[str, StringConstraints(max_length=500)]
Prose = Annotated[str, StringConstraints(max_length=20_000)]


class Refers:
    """Marks an id that an assistant may also give by name; see `tools.references`."""

    def __init__(self, what: str) -> None:
        self.what = what


ProfileId = Annotated[UUID, Refers("agent_profile")]
TemplateId = Annotated[UUID, Refers("evaluation_template")]
StageId = Annotated[UUID, Refers("evaluation_stage")]
ParticipantId = Annotated[UUID, Refers("participant")]


class Request(BaseModel):
    """What an operation takes. Unknown members are ignored; `other_spellings` are accepted (C1, C2, 9.8)."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    other_spellings: ClassVar[dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or not cls.other_spellings:
            return raw
        known = dict(raw)
        for other, canonical in cls.other_spellings.items():
            if other not in known:
                continue
            value = known.pop(other)
            if canonical in known and known[canonical] != value:
                raise PydanticCustomError(
                    "two_spellings",
                    "{field} is given in two spellings with different values; send one.",
                    {"field": canonical},
                )
            known[canonical] = value
        return known


class ById(Request):
    """A request about one record."""

    id: UUID = Field(description="The record's id.")


class Paged(Request):
    """A request for one page of a list."""

    page: Whole = Field(default=1, ge=1, le=1_000_000_000, description="1-based page number.")
    page_size: Whole = Field(
        default=20, ge=1, le=PAGE_SIZE_MOST, alias="pageSize", description="Rows a page, at most 100."
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


def changes(request: ById, like: type[BaseModel]) -> dict[str, Any]:
    """What a PATCH really sends, by field name, without the id; `EmptyChange` when that is nothing.

    null clears an optional field: it gets the default it has in `like`, the request that creates. A field
    that creation requires cannot be cleared.
    """
    sent = request.model_fields_set - {"id"}
    if not sent:
        raise EmptyChange()
    return {name: _or_default(name, getattr(request, name), like) for name in sent}


def _or_default(name: str, value: Any, like: type[BaseModel]) -> Any:
    if value is not None:
        return value
    field = like.model_fields[name]
    if field.is_required():
        raise Invalid.field(field.alias or name, message="This field cannot be cleared.", code="required")
    return field.get_default(call_default_factory=True)
