"""When things happen: moments and zones, reminders, the hold window, and which promise is out of date.

How a wall clock's time becomes a moment, also on the day the clocks change:

- A time with an offset (`Z`, `+02:00`) names one moment and is converted. The zone of a session decides only how
  that moment is shown, so neither an hour that is left out nor one that comes twice can be meant by mistake.
- A time without an offset is refused, with the offsets that it could have in the zone: none for an hour that the
  clocks leave out, two for one that they repeat. Nothing is guessed.

Pure: no clock, no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.errors import Invalid, Issue
from domain.lifecycle import SessionStatus
from domain.moments import to_second
from domain.outgoing import MailKind
from domain.zones import known_zone

# How long before the start a participant is reminded, where the workspace says nothing else.
DEFAULT_REMINDERS: tuple[int, ...] = (24 * 60, 60)
MOST_REMINDERS = 5
LONGEST_LEAD = timedelta(days=30)
# Two mails closer together than this say the same thing twice.
APART = timedelta(minutes=30)

# In the list of zones, but no zone: what they mean depends on the machine, or is nothing at all.
_NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time: from `opens` up to, not including, `closes`."""

    opens: datetime
    closes: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.opens <= moment < self.closes


def hold_window(promised_at: datetime, hold: timedelta) -> Window:
    """While it is open, a mail can be taken back without a trace; it leaves when the window closes."""
    return Window(promised_at, promised_at + max(hold, timedelta()))


def interview_window(start: datetime, minutes: int) -> Window:
    """The time set aside for an interview, in absolute time: a clock change in its middle takes nothing away."""
    return Window(start.astimezone(UTC), start.astimezone(UTC) + timedelta(minutes=minutes))


def zone_of_place(name: str, *, field: str) -> ZoneInfo:
    """The IANA zone of this name, meaning the same on every machine; otherwise a refusal that names the field."""
    if name in _NO_PLACE:
        raise Invalid.field(
            field, message="Give an IANA zone name such as Europe/Berlin.", code="unknown_zone"
        )
    return known_zone(name, field=field)


def instant(moment: datetime, zone: ZoneInfo, *, field: str) -> datetime:
    """The moment in UTC, whole seconds. One without an offset is refused, with the offsets it could have."""
    if moment.tzinfo is not None:
        return to_second(moment)
    raise Invalid.field(field, message=_no_offset(readings(moment, zone), zone), code="timezone_missing")


def readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments at which clocks in `zone` show this time, earliest first: one, none in a gap, two in a fold."""
    shown = wall.replace(tzinfo=None, fold=0)
    candidates = {shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(m for m in candidates if m.astimezone(zone).replace(tzinfo=None, fold=0) == shown))


def offset_of(moment: datetime, zone: ZoneInfo) -> str:
    """`+02:00`: what to write behind a local time to name this moment."""
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    minutes = round(abs(offset).total_seconds() / 60)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def lead_times(minutes: Iterable[int], *, field: str) -> tuple[int, ...]:
    """A workspace's reminders in minutes before the start, longest first, each once; none at all is fine."""
    given = list(minutes)
    if len(given) > MOST_REMINDERS:
        raise Invalid.field(field, message=f"Give at most {MOST_REMINDERS} reminders.", code="too_long")
    longest = int(LONGEST_LEAD.total_seconds() // 60)
    wrong = [place for place, lead in enumerate(given) if not 1 <= lead <= longest]
    if wrong:
        message = f"Give minutes before the start, from 1 to {longest}."
        raise Invalid([Issue(path=[field, place], message=message, code="out_of_range") for place in wrong])
    return tuple(sorted(set(given), reverse=True))


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

    Work for an older generation is stale: the session was moved or cancelled since. A result stays a result. A
    reminder that was held up past the start reminds of nothing.
    """
    if kind is MailKind.result:
        return True
    if promised_generation != generation:
        return False
    if kind is MailKind.cancelled:
        return status is SessionStatus.cancelled
    return status is SessionStatus.scheduled and (kind is not MailKind.reminder or now < start)


def _no_offset(possible: tuple[datetime, ...], zone: ZoneInfo) -> str:
    """What to do about a time without an offset, in words that repeat nothing of it."""
    if not possible:
        return f"Give the offset too. On that day the clocks in {zone.key} leave this hour out: choose another time."
    offsets = " or ".join(offset_of(moment, zone) for moment in possible)
    if len(possible) == 1:
        return f"Give the offset too: in {zone.key} it is {offsets} then."
    return f"Give the offset too: in {zone.key} this hour comes twice that day, with {offsets}."
