"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.errors import Invalid


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: str, *, field: str) -> ZoneInfo:
    """The zone of this name, or a refusal that names the field."""
    if name not in _known():
        raise Invalid.field(
            field, message="Give an IANA zone name such as Europe/Berlin.", code="unknown_zone"
        )
    return ZoneInfo(name)
