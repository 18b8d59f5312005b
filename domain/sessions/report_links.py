"""How long an address that needs no key may be used."""

from datetime import datetime, time, timedelta

REPORT_LASTS = timedelta(days=7)


def report_ends(now: datetime) -> datetime:
    """When a report's address that is made now ends: at the end of a day, so that it is the same all day long."""
    return datetime.combine((now + REPORT_LASTS).date(), time.max, now.tzinfo).replace(microsecond=0)
