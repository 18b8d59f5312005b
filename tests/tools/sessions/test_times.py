"""Starts that are past, times that are none, and zones that are none: refused on every door."""

from typing import Any
from uuid import UUID

import mcp_types as types
import pytest
from pydantic import TypeAdapter, ValidationError

from domain.errors import Invalid
from domain.moments import Moment, known_zone
from server.app import House
from tests.contract.promise import promise
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, "screen", "technical")


@pytest.fixture
async def ada(house: House, grace: Tenant) -> UUID:
    return await add_participant(house, grace.id, "Ada")


def one(role: Pipeline, who: UUID, **more: Any) -> dict[str, Any]:
    return {
        "candidate_id": str(who),
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        **more,
    }


def many(role: Pipeline, *people: UUID, **more: Any) -> dict[str, Any]:
    return {
        "candidate_ids": [str(who) for who in people],
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        **more,
    }


def assert_past(answer: Any) -> None:
    body = answer.json()
    assert answer.status_code == 400, body
    assert [(issue["path"], issue["code"]) for issue in body["issues"]] == [(["scheduled_at"], "past")]
    assert "Monday, 2026-06-01T09:00:00Z" in body["hint"]


@promise("sessions.past-on-create")
@pytest.mark.parametrize(
    "start", ["2025-01-28T01:30:00Z", "2026-06-01T08:44:59Z", "2026-05-31T23:00:00-05:00"]
)
async def test_a_start_of_last_year_is_refused_and_says_what_today_is(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs, start: str
) -> None:
    assert_past(await face.send("schedule_session", **one(role, ada, scheduled_at=start)))
    assert_past(await face.send("schedule_sessions", **many(role, ada, scheduled_at=start)))
    assert jobs.enqueued == []
    assert (await face.ask("list_sessions"))["meta"]["total"] == 0


@promise("sessions.past-on-create")
async def test_one_start_of_many_that_is_past_refuses_them_all(
    face: Face, house: House, grace: Tenant, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    bob = await add_participant(house, grace.id, "Bob")
    batch = many(role, ada, bob, scheduled_at="2026-06-01T08:30:00Z", every_minutes=60)
    assert_past(await face.send("schedule_sessions", **batch))
    assert jobs.enqueued == []


@promise("sessions.past-on-reschedule")
async def test_a_session_cannot_be_moved_into_the_past(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    session = (await face.ask("schedule_session", **one(role, ada)))["data"]["id"]
    assert_past(await face.send("reschedule_session", id=session, scheduled_at="2025-06-02T10:00:00Z"))
    assert len(jobs.of("mail")) == 1


async def test_a_few_minutes_are_for_clocks_and_slow_people(face: Face, role: Pipeline, ada: UUID) -> None:
    made = await face.ask("schedule_session", **one(role, ada, scheduled_at="2026-06-01T08:46:00Z"))
    assert made["data"]["scheduled_at"] == "2026-06-01T08:46:00Z"
    moved = await face.send("reschedule_session", id=made["data"]["id"], scheduled_at="2026-06-01T08:47:00Z")
    assert moved.status_code == 200


async def test_left_out_is_now(face: Face, role: Pipeline, ada: UUID) -> None:
    made = await face.ask("schedule_sessions", **many(role, ada, scheduled_at=None))
    assert made["data"][0]["session"]["scheduled_at"] == "2026-06-01T09:00:00Z"


NO_TIMES = [
    "1700000000",
    "20260602",
    "1767225600000",
    " 1700000000",
    "-5",
    "1.7e9",
    "1700000000.5",
    "\uff12\uff10\uff12\uff16",
    "2026-06-02",
    "2026-06-02T10:00:00",
    "2026-06-02T10:00",
    "2026-06-02_10:00:00Z",
    "2026-W23-2",
    "tomorrow at 10",
    "02.06.2026 10:00",
    "10:00",
    "",
    1700000000,
    1.5,
    True,
]


@pytest.mark.parametrize("wrong", NO_TIMES, ids=repr)
def test_what_is_no_date_and_time_is_no_moment(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(wrong)


@promise("time.date-and-time")
@pytest.mark.parametrize("wrong", ["1700000000", 1700000000, "2026-06-02"], ids=repr)
async def test_what_is_no_date_and_time_is_refused_wherever_one_is_read(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs, wrong: Any
) -> None:
    for operation, args in (
        ("schedule_session", one(role, ada, scheduled_at=wrong)),
        ("schedule_sessions", many(role, ada, scheduled_at=wrong)),
        ("reschedule_session", {"id": str(ada), "scheduled_at": wrong}),
        ("list_sessions", {"from": wrong}),
        ("list_sessions", {"to": wrong}),
        ("replay_webhook_events", {"id": str(ada), "from": wrong}),
    ):
        answer = await face.send(operation, **args)
        assert answer.status_code == 400, (operation, answer.json())
        assert answer.json()["issues"][0]["path"] in (["scheduled_at"], ["from"], ["to"])
    assert jobs.enqueued == []


@pytest.mark.parametrize(
    "sent",
    ["2026-06-02T10:00:00+02:00", "2026-06-02t08:00:00z", "2026-06-02 08:00:00+00:00", "2026-06-02T08:00Z"],
)
async def test_usual_spellings_of_one_time_are_taken(
    face: Face, role: Pipeline, ada: UUID, sent: str
) -> None:
    made = await face.ask("schedule_session", **one(role, ada, scheduled_at=sent))
    assert made["data"]["scheduled_at"] == "2026-06-02T08:00:00Z"


NO_ZONES = [
    "localtime",
    "Factory",
    "posixrules",
    "posix/Europe/Berlin",
    "right/Europe/Berlin",
    "europe/berlin",
    "EUROPE/BERLIN",
    "utc",
    "CEST",
    "+02:00",
    "UTC+2",
    "",
    "Europe/../Europe/Berlin",
    "/usr/share/zoneinfo/Europe/Berlin",
    "tzdata.zi",
]


@pytest.mark.parametrize("zone", NO_ZONES)
def test_a_zone_that_is_not_on_the_list_is_unknown(zone: str) -> None:
    with pytest.raises(Invalid):
        known_zone(zone, field="timezone")


@promise("sessions.timezone-400")
@pytest.mark.parametrize("zone", ["localtime", "right/Europe/Berlin"])
async def test_a_zone_that_is_not_on_the_list_is_refused(
    face: Face, role: Pipeline, ada: UUID, zone: str
) -> None:
    for operation, args in (
        ("schedule_session", one(role, ada, timezone=zone)),
        ("schedule_sessions", many(role, ada, timezone=zone)),
    ):
        answer = await face.send(operation, **args)
        assert answer.status_code == 400
        assert answer.json()["issues"][0]["path"] == ["timezone"]


def test_zones_of_the_list_are_known() -> None:
    for zone in ("Europe/Berlin", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"):
        assert known_zone(zone, field="timezone").key == zone


async def test_the_sentence_of_a_preview_names_the_interviews_day(
    assistant: McpFace, role: Pipeline, ada: UUID
) -> None:
    batch = many(role, ada, scheduled_at="2026-06-09T08:00:00Z", timezone="Europe/Berlin")
    async with assistant.client() as client:
        previewed = await client.call_tool("schedule_sessions", batch)
    assert isinstance(previewed, types.CallToolResult)
    sentence = previewed.content[0]
    assert isinstance(sentence, types.TextContent)
    assert sentence.text.startswith("Nothing has been done yet.")
    assert "Tuesday, 9 June 2026, 10:00 (Europe/Berlin, UTC+2)" in sentence.text


@promise("sessions.cancel-patch-alone")
@pytest.mark.parametrize(
    "beside",
    [
        {"scheduled_at": "2026-06-09T08:00:00Z"},
        {"scheduledAt": "2026-06-09T08:00:00Z"},
        {"notes": "she is ill"},
        {"timezone": "Europe/Berlin"},
    ],
    ids=str,
)
async def test_one_request_cannot_cancel_and_change(
    rest: RestFace, role: Pipeline, ada: UUID, jobs: RecordedJobs, beside: dict[str, str]
) -> None:
    session = (await rest.ask("schedule_session", **one(role, ada)))["data"]["id"]
    answer = await rest.send("reschedule_session", id=session, status="cancelled", **beside)
    assert answer.status_code == 400
    assert [(issue["path"], issue["code"]) for issue in answer.json()["issues"]] == [
        (list(beside), "contradiction")
    ]
    assert (await rest.ask("get_session", id=session))["data"]["status"] == "scheduled"
    assert len(jobs.of("mail")) == 1


async def test_what_is_not_ours_and_what_is_null_contradicts_nothing(
    rest: RestFace, role: Pipeline, ada: UUID
) -> None:
    session = (await rest.ask("schedule_session", **one(role, ada)))["data"]["id"]
    answer = await rest.send(
        "reschedule_session",
        id=session,
        status="cancelled",
        scheduled_at=None,
        reason="ill",
        accountSlug="grace",
    )
    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "cancelled")


async def test_a_replay_is_answered_when_its_start_has_passed(
    face: Face, role: Pipeline, ada: UUID, clock: ManualClock
) -> None:
    sent = one(role, ada, scheduled_at="2026-06-01T10:00:00Z", idempotency_key="k")
    first = await face.ask("schedule_session", **sent)
    clock.forward(hours=3)
    again = await face.ask("schedule_session", **sent)
    assert (again["idempotent"], again["data"]["id"]) == (True, first["data"]["id"])
