"""Exceptions as problem bodies, the same for every face: `{error, code, hint, issues?, …facts}`."""

import logging
import secrets
from typing import Any

import sqlalchemy as sa

from domain.errors import Busy, VivaError

log = logging.getLogger(__name__)


class Problem:
    """An error ready to be sent: status, body, headers."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
        self.status = status
        self.body = body
        self.headers = headers


def problem_of(error: BaseException) -> Problem:
    """The problem to send for `error`. An unexpected error is logged under an incident id; only the id is sent."""
    if isinstance(error, VivaError):
        return _expected(error)
    if isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)):
        log.warning("the database did not answer", extra={"error": type(error).__name__})
        return _expected(Busy())
    incident = secrets.token_hex(8)
    log.error("unforeseen error", extra={"incident": incident}, exc_info=error)
    body = {
        "error": "Something went wrong on this server; nothing was changed.",
        "code": "unforeseen",
        "hint": "Try again; if it stays, tell the operator the incident id.",
        "incident": incident,
    }
    return Problem(500, body, {})


def _expected(error: VivaError) -> Problem:
    body = dict(error.facts)
    # The error's own members win over facts of the same name.
    body |= {"error": error.message, "code": error.code, "hint": error.hint}
    if error.issues is not None:
        body["issues"] = [issue.model_dump() for issue in error.issues]
    headers = dict(error.headers)
    if isinstance(error, Busy):
        headers["retry-after"] = "5"
    return Problem(error.status, body, headers)
