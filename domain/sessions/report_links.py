"""How long a link to a report works. Whoever has the link needs no key."""

from datetime import datetime, time, timedelta

REPORT_LINK_LIFETIME = timedelta(days=7)


def report_link_expiry(now: datetime) -> datetime:
    """When a link made now expires: at the end of a day, so that all links made on one day are the same."""
    return datetime.combine((now + REPORT_LINK_LIFETIME).date(), time.max, now.tzinfo).replace(microsecond=0)
