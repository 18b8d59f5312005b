"""The calendar entry of a session: one event with a stable UID, whose SEQUENCE is the session's generation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText


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
    calendar.add("method", "CANCEL" if appointment.cancelled else "REQUEST")
    calendar.add_component(_event(appointment, host))
    calendar.add_missing_timezones()
    return str(calendar.to_ical(), "utf-8")


def _event(appointment: Appointment, host: str) -> Event:
    start = appointment.start.astimezone(ZoneInfo(appointment.timezone))
    event = Event()
    event.add("uid", uid_of(appointment.session, host))
    event.add("sequence", appointment.generation)
    event.add("dtstamp", appointment.stamped_at)
    event.add("dtstart", start)
    # in absolute time: an interview keeps its length when the clock changes in the middle of it
    end = appointment.start + timedelta(minutes=appointment.minutes)
    event.add("dtend", end.astimezone(ZoneInfo(appointment.timezone)))
    event.add("summary", appointment.summary)
    event.add("description", appointment.description)
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if not appointment.cancelled:
        event.add("url", appointment.url)
        event.add("location", appointment.url)
    event.add("organizer", _person(appointment.organizer_name, appointment.organizer_address))
    attendee = _person(appointment.attendee_name, appointment.attendee_address)
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    event.add("attendee", attendee)
    return event


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    # a quote would end the parameter
    person.params["cn"] = vText(name.replace('"', "'"))
    return person
