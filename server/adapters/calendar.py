"""The calendar entry of a session: one event with a stable UID, whose SEQUENCE is the session's generation."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from domain.mail.addresses import wire_form
from domain.mail.text import one_line

# What RFC 5545 allows in no text: controls other than tab and line break; and halves of a character.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Clock changes this far around the event are written down: always one before it and one after it.
_AROUND = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a calendar needs to know."""

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
    """The event's identity over all its versions."""
    return f"session-{session}@{host}"


def calendar_of(appointment: Appointment, host: str) -> str:
    """An iTIP message: REQUEST, or CANCEL for a session that was called off."""
    calendar = Calendar()
    calendar.add("prodid", "-//Viva//Interviews//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if appointment.cancelled else "REQUEST")
    calendar.add_component(_event(appointment, host))
    # left to itself the library writes the changes from 1970 to 2037 and none for later events
    calendar.add_missing_timezones(*_years_around(appointment.start))
    return str(calendar.to_ical(), "utf-8")


def _years_around(start: datetime) -> tuple[date, date]:
    return (start - _AROUND).date(), (start + _AROUND).date()


def _event(appointment: Appointment, host: str) -> Event:
    start, end = _times(appointment)
    event = Event()
    event.add("uid", uid_of(appointment.session, host))
    event.add("sequence", appointment.generation)
    event.add("dtstamp", appointment.stamped_at)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", one_line(appointment.summary, 250))
    event.add("description", _FORBIDDEN.sub(" ", appointment.description))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    # it holds the participant's own link: not for everybody with whom a calendar is shared
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
    """Start and end in the participant's zone; in UTC where either is in the hour that comes twice.

    There RFC 5545 takes a local time for the first of the two, so only UTC can say which one is meant.
    """
    zone = ZoneInfo(appointment.timezone)
    # in absolute time: an interview keeps its length when the clock changes in the middle of it
    end = appointment.start + timedelta(minutes=appointment.minutes)
    local = appointment.start.astimezone(zone), end.astimezone(zone)
    if any(_comes_twice(moment) for moment in local):
        return appointment.start.astimezone(UTC), end.astimezone(UTC)
    return local


def _comes_twice(moment: datetime) -> bool:
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{wire_form(address)}")
    # a quote would end the parameter
    if shown := one_line(name, 80).replace('"', "'"):
        person.params["cn"] = vText(shown)
    return person
