"""The address of a session's report: signed, good for a week, for whoever holds it."""

from datetime import datetime, time, timedelta
from uuid import UUID

from tools.operation import Call

LASTS = timedelta(days=7)


def report_page(call: Call, session: UUID) -> tuple[str, datetime]:
    """The address of the page and when it ends: at the end of a day, so that it is the same all day long."""
    until = datetime.combine((call.now + LASTS).date(), time.max, call.now.tzinfo).replace(microsecond=0)
    secret = call.services.report_secret(call.workspace, session, until)
    return f"{call.services.policy.public_url}/reports/{secret}", until
