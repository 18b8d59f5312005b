"""When a participant is reminded, and which queued mail is out of date. No clock, no database."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import TO_WORKSPACE, MailKind

# A reminder this soon after another mail would only repeat it.
MIN_GAP = timedelta(minutes=30)


def reminders(start: datetime, leads: Iterable[int], now: datetime) -> tuple[datetime, ...]:
    """When reminders are due, earliest first. `leads` are minutes before the start.

    A reminder is left out when its moment is past, or less than `MIN_GAP` after now, when another mail is sent.
    """
    due = sorted({start - timedelta(minutes=lead) for lead in leads})
    return tuple(moment for moment in due if now + MIN_GAP <= moment < start)


def next_reminder(start: datetime, leads: Iterable[int], now: datetime) -> datetime | None:
    """When the first reminder after a mail that is sent now is due, or None."""
    return next(iter(reminders(start, leads, now)), None)


def is_still_wanted(
    kind: MailKind,
    *,
    mail_generation: int,
    generation: int,
    status: SessionStatus,
    start: datetime,
    now: datetime,
) -> bool:
    """Whether a queued mail is still correct and should be sent.

    Mails to the workspace always are. A mail of an older generation is not: the session was rescheduled or cancelled
    since. Nor is a reminder after the start.
    """
    if kind in TO_WORKSPACE:
        return True
    if mail_generation != generation:
        return False
    if kind is MailKind.cancelled:
        return status is SessionStatus.cancelled
    return status is SessionStatus.scheduled and (kind is not MailKind.reminder or now < start)
