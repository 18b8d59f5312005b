"""The life of a session: which status may follow which (contract 4.1, C6). No clock, no database."""

from enum import StrEnum

from domain.errors import SessionOver


class SessionStatus(StrEnum):
    scheduled = "scheduled"
    in_progress = "in_progress"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"


# A scheduled session fails when a technical fault stops it before the candidate joins, or when its link expires.
NEXT: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.scheduled: frozenset(
        {SessionStatus.in_progress, SessionStatus.cancelled, SessionStatus.failed}
    ),
    SessionStatus.in_progress: frozenset({SessionStatus.completed, SessionStatus.failed}),
}
# Nobody joins a manual review: a person completes it straight from `scheduled`.
MANUAL_REVIEW_NEXT: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.scheduled: frozenset({SessionStatus.completed}),
}

OPEN: frozenset[SessionStatus] = frozenset({SessionStatus.scheduled, SessionStatus.in_progress})
TERMINAL: frozenset[SessionStatus] = frozenset(SessionStatus) - OPEN


def move(now: SessionStatus, to: SessionStatus, *, manual_review: bool = False) -> SessionStatus:
    """The status after this step. Every change of a status asks here. Raises `SessionOver` when it is not allowed.

    `manual_review` says that the session's mode is `manual_review`; it adds the steps of `MANUAL_REVIEW_NEXT`.
    """
    allowed = NEXT.get(now, frozenset())
    if manual_review:
        allowed |= MANUAL_REVIEW_NEXT.get(now, frozenset())
    if to not in allowed:
        raise SessionOver(session_status=now.value)
    return to


def may_reschedule(now: SessionStatus) -> None:
    """Raise `SessionOver` unless the session is scheduled: only then can its time change (contract 9.16)."""
    if now is not SessionStatus.scheduled:
        raise SessionOver(session_status=now.value)


def blocks(status: SessionStatus, allow_retake: bool) -> bool:
    """Whether a session of this status prevents another one for the same stage (contract 9.12).

    Open sessions always do. A completed one does unless the stage allows a retake. Failed and cancelled ones never do.
    """
    return status in OPEN or (status is SessionStatus.completed and not allow_retake)
