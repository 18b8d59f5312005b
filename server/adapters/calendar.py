"""The calendar entry of a session: one event with a stable UID. Its SEQUENCE is the session's generation."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from domain.mail.addresses import wire_form
from domain.mail.text import one_line

# Characters that RFC 5545 forbids in texts: controls other than tab and line break, and lone surrogates.
_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Clock changes within this distance of the event are included: at least one before it and one after it.
_TIMEZONE_MARGIN = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a calendar entry says."""

    session: UUID
    generation: int
    start: datetime
    timezone: str
    minutes: int
    summary: str
    description: str
    url: str
    organizer_name: str
    organizer_address: str
    attendee_name: str
    attendee_address: str
    cancelled: bool
    stamped_at: datetime


def uid_of(session: UUID, host: str) -> str:
    """The UID of the event, the same in all its versions."""
    return f"session-{session}@{host}"


def calendar_of(appointment: Appointment, host: str) -> str:
    """An iTIP message: REQUEST, or CANCEL for a cancelled session."""
    calendar = Calendar()
    calendar.add("prodid", "-//Viva//Interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if appointment.cancelled else "REQUEST")
    calendar.add_component(_event(appointment, host))
    # By default the library writes the clock changes from 1970 to 2037, and none for later events.
    calendar.add_missing_timezones(*_timezone_range(appointment.start))
    return str(calendar.to_ical(), "utf-8")


def _timezone_range(start: datetime) -> tuple[date, date]:
    return (start - _TIMEZONE_MARGIN).date(), (start + _TIMEZONE_MARGIN).date()


def _event(appointment: Appointment, host: str) -> Event:
    start, end = _times(appointment)
    event = Event()
    event.add("uid", uid_of(appointment.session, host))
    event.add("sequence", appointment.generation)
    event.add("dtstamp", appointment.stamped_at)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", one_line(appointment.summary, 250))
    event.add("description", _FORBIDDEN_CHARACTERS.sub(" ", appointment.description))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    # The event holds the participant's own link, which others with access to the calendar must not see.
    event.add("class", "PRIVATE")
    if not appointment.cancelled:
        event.add("url", appointment.url)
        event.add("location", appointment.url)
    event.add("organizer", _person(appointment.organizer_name, appointment.organizer_address))
    attendee = _person(appointment.attendee_name, appointment.attendee_address)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    event.add("attendee", attendee)
    return event


def _times(appointment: Appointment) -> tuple[datetime, datetime]:
    """Start and end in the participant's zone, or in UTC when either is in the hour that a clock change repeats.

    RFC 5545 reads a repeated local time as the first of the two, so only UTC can name the second.
    """
    zone = ZoneInfo(appointment.timezone)
    # Added in absolute time, so that an interview keeps its length when the clock changes during it.
    end = appointment.start + timedelta(minutes=appointment.minutes)
    local = appointment.start.astimezone(zone), end.astimezone(zone)
    if any(_is_ambiguous(moment) for moment in local):
        return appointment.start.astimezone(UTC), end.astimezone(UTC)
    return local


def _is_ambiguous(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{wire_form(address)}")
    # A double quote would end the parameter.
    if common_name := one_line(name, 80).replace('"', "'"):
        person.params["cn"] = vText(common_name)
    return person
