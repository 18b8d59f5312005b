"""The address of a session's report: signed, good for a week, for whoever holds it."""

from datetime import datetime
from uuid import UUID

from domain.sessions.report_links import report_link_expiry
from tools.kernel.operation import Call


def report_page(call: Call, session: UUID) -> tuple[str, datetime]:
    """The address and when it ends."""
    until = report_link_expiry(call.now)
    secret = call.services.report_secret(call.workspace, session, until)
    return f"{call.services.policy.public_url}/reports/{secret}", until
