"""When a participant is reminded, and which promised mail is out of date. Pure: no clock, no database."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import TO_WORKSPACE, MailKind

# Two mails closer together than this say the same thing twice.
APART = timedelta(minutes=30)


def reminders(start: datetime, leads: Iterable[int], now: datetime) -> tuple[datetime, ...]:
    """When the reminders that still make sense are due, earliest first.

    One that is past, or so soon after the mail that leaves now that it would only repeat it, makes none.
    """
    due = sorted({start - timedelta(minutes=lead) for lead in leads})
    return tuple(moment for moment in due if now + APART <= moment < start)


def next_reminder(start: datetime, leads: Iterable[int], now: datetime) -> datetime | None:
    """The first reminder that still makes sense after a mail that leaves now."""
    return next(iter(reminders(start, leads, now)), None)


def still_true(
    kind: MailKind,
    *,
    promised_generation: int,
    generation: int,
    status: SessionStatus,
    start: datetime,
    now: datetime,
) -> bool:
    """Whether a promised mail still says what is the case.

    Work for an older generation is stale: the session was moved or cancelled since. What the workspace is
    told stays so. A reminder that was held up past the start reminds of nothing.
    """
    if kind in TO_WORKSPACE:
        return True
    if promised_generation != generation:
        return False
    if kind is MailKind.cancelled:
        return status is SessionStatus.cancelled
    return status is SessionStatus.scheduled and (kind is not MailKind.reminder or now < start)
