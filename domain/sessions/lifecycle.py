"""The life of a session: which status may follow which (contract 4.1, C6). No clock, no database."""

from enum import StrEnum

from domain.errors import SessionOver


class SessionStatus(StrEnum):
    scheduled = "scheduled"
    in_progress = "in_progress"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"


# A scheduled session may also fail: a technical fault before the candidate was in, or a link that expired.
NEXT: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.scheduled: frozenset(
        {SessionStatus.in_progress, SessionStatus.cancelled, SessionStatus.failed}
    ),
    SessionStatus.in_progress: frozenset({SessionStatus.completed, SessionStatus.failed}),
}

OPEN: frozenset[SessionStatus] = frozenset({SessionStatus.scheduled, SessionStatus.in_progress})
TERMINAL: frozenset[SessionStatus] = frozenset(SessionStatus) - OPEN


def move(now: SessionStatus, to: SessionStatus) -> SessionStatus:
    """The status after this step, or `SessionOver` when no such step exists."""
    if to not in NEXT.get(now, frozenset()):
        raise SessionOver(session_status=now.value)
    return to


def may_reschedule(now: SessionStatus) -> None:
    """Only a scheduled session can be moved (contract 9.16); anything else is `SessionOver`."""
    if now is not SessionStatus.scheduled:
        raise SessionOver(session_status=now.value)


def blocks(status: SessionStatus, allow_retake: bool) -> bool:
    """Whether a session of this status stands in the way of another for the same stage (contract 9.12).

    Failed and cancelled ones never do; a completed one does unless the stage allows a retake.
    """
    return status in OPEN or (status is SessionStatus.completed and not allow_retake)
