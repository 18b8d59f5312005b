"""Time on the wire: aware UTC inside, ISO 8601 with `Z` and whole seconds outside (contract 2.9)."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# Far enough for any calendar, near enough that adding a day to it never overflows.
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """`2026-06-02T08:21:47Z`."""
    # a quarter of the time that strftime takes, and every answer has several of them
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def to_second(moment: datetime) -> datetime:
    """The same moment in UTC without its fraction: what is stored is what is shown."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _text_only(value: Any) -> Any:
    # a bare number would be read as unix time, and 20260602 as a moment in 1970
    if isinstance(value, (str, datetime)):
        return value
    raise PydanticCustomError("datetime_type", "Give an ISO 8601 date and time such as 2026-06-02T08:21:47Z.")


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PydanticCustomError("timezone_missing", "Give the offset too: end with Z, or with +02:00.")
    try:
        moment = to_second(moment)
    except OverflowError:
        raise PydanticCustomError("datetime_range", "This date is out of range.") from None
    if not _EARLIEST <= moment <= _LATEST:
        raise PydanticCustomError("datetime_range", "This date is out of range.")
    return moment


# A moment in a request: with an offset, converted to UTC, whole seconds.
Moment = Annotated[
    datetime,
    BeforeValidator(_text_only),
    AfterValidator(_aware),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

# A moment in an answer.
Stamp = Annotated[
    datetime,
    PlainSerializer(stamp, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
