"""Interviews around the two nights on which clocks change, and zones and times that do not exist."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar

from server.app import House
from storage.delivery import mails
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.workspaces import Tenant
from tests.tools.sessions.test_resending import MailWorker

# local time with its offset → what the participant reads, and the instant that is meant
NIGHTS = {
    # the hour that comes twice on 25 October 2026, first and second time
    "2026-10-25T02:30:00+02:00": ("25 October 2026, 02:30 (Europe/Berlin, UTC+2)", "2026-10-25T00:30:00"),
    "2026-10-25T02:30:00+01:00": ("25 October 2026, 02:30 (Europe/Berlin, UTC+1)", "2026-10-25T01:30:00"),
    # the hour that does not come on 28 March 2027: the offset says which instant is meant
    "2027-03-28T02:30:00+01:00": ("28 March 2027, 03:30 (Europe/Berlin, UTC+2)", "2027-03-28T01:30:00"),
    "2027-03-28T02:30:00+02:00": ("28 March 2027, 01:30 (Europe/Berlin, UTC+1)", "2027-03-28T00:30:00"),
    # the morning after each change
    "2026-10-25T09:00:00+01:00": ("25 October 2026, 09:00 (Europe/Berlin, UTC+1)", "2026-10-25T08:00:00"),
    "2027-03-28T09:00:00+02:00": ("28 March 2027, 09:00 (Europe/Berlin, UTC+2)", "2027-03-28T07:00:00"),
}


async def order(house: House, grace: Tenant, **values: Any) -> dict[str, Any]:
    made = await add_pipeline(house, grace.id)
    ada = await add_participant(house, grace.id)
    return {
        "candidate_id": str(ada),
        "evaluation_template_id": str(made.template),
        "stage": "screen",
        "timezone": "Europe/Berlin",
        **values,
    }


@pytest.mark.parametrize("start", NIGHTS)
async def test_mail_and_calendar_mean_the_same_instant_however_the_clocks_stand(
    rest: RestFace, house: House, grace: Tenant, clock: ManualClock, jobs: RecordedJobs, start: str
) -> None:
    read, instant = NIGHTS[start]
    mail_worker = MailWorker(house, clock, jobs)
    answer = await rest.ask("schedule_session", **await order(house, grace, scheduled_at=start))
    assert answer["data"]["scheduled_at"] == instant + "Z"
    mail_worker.run_jobs()
    (mail,) = mail_worker.mailer.sent
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert read in body.get_content()
    files = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    event: Any = Calendar.from_ical(files[0].get_content()).walk("VEVENT")[0]
    assert event["DTSTART"].dt.astimezone(UTC).replace(tzinfo=None).isoformat() == instant
    assert (event["DTEND"].dt.astimezone(UTC) - event["DTSTART"].dt.astimezone(UTC)).total_seconds() == 1800


@pytest.mark.parametrize("start", ["2026-10-25T09:00:00+01:00", "2027-03-28T09:00:00+02:00"])
async def test_the_reminder_comes_24_hours_before_also_when_that_night_is_longer_or_shorter(
    rest: RestFace, house: House, grace: Tenant, clock: ManualClock, jobs: RecordedJobs, start: str
) -> None:
    mail_worker = MailWorker(house, clock, jobs)
    session = (await rest.ask("schedule_session", **await order(house, grace, scheduled_at=start)))["data"]
    mail_worker.run_jobs()
    rows = await house.store.read(lambda db: mails.of_session(db, grace.id, UUID(session["id"])))
    (due,) = [row.due_at for row in rows if row.kind == "reminder"]
    assert (datetime.fromisoformat(start) - due).total_seconds() == 24 * 3600


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Europe/Atlantis"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "CEST"),
        ("scheduled_at", "2026-10-25T02:30:00"),
        ("scheduled_at", "2026-02-30T10:00:00Z"),
        ("scheduled_at", "2026-10-25T25:00:00+02:00"),
    ],
)
async def test_zones_and_times_that_do_not_exist_are_refused_by_their_field(
    face: Face, house: House, grace: Tenant, field: str, value: str
) -> None:
    refused = await face.refused("schedule_session", **{**await order(house, grace), field: value})
    assert refused["issues"][0]["path"] == [field]
