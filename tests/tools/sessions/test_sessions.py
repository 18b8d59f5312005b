"""Sessions over the faces: scheduling, replay, duplicates, moving, cancelling, credits."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from server.app import House
from tests.contract.promise import promise
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant, create_tenant


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, "screen", "technical")


@pytest.fixture
async def ada(house: House, grace: Tenant) -> UUID:
    return await add_participant(house, grace.id, "Ada", external_id="ats-1")


def asked(role: Pipeline, who: UUID, **more: Any) -> dict[str, Any]:
    return {
        "candidate_id": str(who),
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        **more,
    }


@promise("sessions.create", "sessions.invite", "sessions.stage-by-type", "sessions.starts-now")
async def test_scheduling_books_the_stage_and_enqueues_one_invitation(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    made = await face.ask("schedule_session", **asked(role, ada))
    session = made["data"]
    assert made["idempotent"] is False
    assert session["status"] == "scheduled"
    assert session["interview_id"] == str(role.stages["screen"])
    assert session["external_id"] == "ats-1"
    assert session["invite_status"] == "queued"
    assert session["join_url"].startswith("https://viva.example/join/")
    assert session["scheduled_at"] == "2026-06-01T09:00:00Z"
    assert session["score"] is None
    assert len(jobs.of("mail")) == 1
    assert (await face.ask("get_session", id=session["id"]))["data"] == session


@promise("sessions.replay", "sessions.replay-flag")
async def test_the_same_key_again_answers_with_the_first_session(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    first = await face.ask("schedule_session", **asked(role, ada, idempotency_key="k1"))
    again = await face.ask("schedule_session", **asked(role, ada, idempotency_key="k1"))
    assert again == first | {"idempotent": True}
    assert len(jobs.enqueued) == 1


async def test_the_same_key_twice_at_once_makes_one_session(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    answers = await asyncio.gather(
        *(face.ask("schedule_session", **asked(role, ada, idempotency_key="k1")) for _ in range(8))
    )
    assert len({answer["data"]["id"] for answer in answers}) == 1
    assert sum(not answer["idempotent"] for answer in answers) == 1
    assert len(jobs.enqueued) == 1


@promise("sessions.duplicate-409", "sessions.force", "sessions.duplicate-open", "sessions.duplicate-named")
async def test_a_second_open_session_for_the_stage_is_refused_and_named(
    face: Face, role: Pipeline, ada: UUID
) -> None:
    first = await face.ask("schedule_session", **asked(role, ada))
    again = await face.send("schedule_session", **asked(role, ada))
    assert again.status_code == 409
    assert again.json()["existing_session_id"] == first["data"]["id"]
    forced = await face.send("schedule_session", **asked(role, ada, force=True))
    assert forced.status_code == 201


async def test_two_calls_at_once_book_one_session(face: Face, role: Pipeline, ada: UUID) -> None:
    answers = await asyncio.gather(*(face.send("schedule_session", **asked(role, ada)) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]


@promise("sessions.stage-by-name")
async def test_a_stage_label_finds_the_stage_it_names(face: Face, role: Pipeline, ada: UUID) -> None:
    # what only resembles a stage's name is enough over REST
    for label in ("TECHNICAL", "technical round", *(["Tech"] if face.name == "rest" else [])):
        made = await face.ask("schedule_session", **asked(role, ada, stage=label, force=True))
        assert made["data"]["interview_id"] == str(role.stages["technical"]), label


async def test_over_mcp_a_label_that_resembles_a_stage_is_refused_with_the_stages(
    assistant: McpFace, role: Pipeline, ada: UUID
) -> None:
    refused = await assistant.refused("schedule_session", **asked(role, ada, stage="Tech"))
    assert refused["code"] == "no_such_name"
    assert {each["name"] for each in refused["candidates"]} == {"Screen round", "Technical round"}


async def test_over_mcp_a_label_of_two_stages_is_refused(
    assistant: McpFace, rest: RestFace, role: Pipeline, ada: UUID
) -> None:
    await rest.ask("create_evaluation_stage", evaluation_template_id=str(role.template), type="Screen")
    refused = await assistant.refused("schedule_session", **asked(role, ada, stage="screen"))
    assert (refused["code"], len(refused["candidates"])) == ("ambiguous_name", 2)
    one = await assistant.ask(
        "schedule_session", **asked(role, ada, stage="screen", interview_id=str(role.stages["screen"]))
    )
    assert one["data"]["interview_id"] == str(role.stages["screen"])


async def test_an_unknown_label_falls_back_to_the_first_stage_not_passed(
    rest: RestFace, role: Pipeline, ada: UUID
) -> None:
    made = await rest.ask("schedule_session", **asked(role, ada, stage="whatever"))
    assert made["data"]["interview_id"] == str(role.stages["screen"])
    assert made["data"]["stage"] == "whatever"


async def test_a_participant_of_another_workspace_does_not_exist(
    face: Face, house: House, mallory: Tenant, role: Pipeline, ada: UUID
) -> None:
    session = (await face.ask("schedule_session", **asked(role, ada)))["data"]["id"]
    for operation, args in (
        ("schedule_session", asked(role, ada)),
        ("get_session", {"id": session}),
        ("reschedule_session", {"id": session, "scheduled_at": "2027-01-01T00:00:00Z"}),
        ("cancel_session", {"id": session}),
    ):
        answer = await face.send(operation, mallory.key, **args)
        assert answer.status_code == 404, operation
    assert (await face.ask("list_sessions", mallory.key))["meta"]["total"] == 0
    theirs = await add_pipeline(house, mallory.id)
    mixed = await face.send("schedule_session", mallory.key, **asked(theirs, ada))
    assert mixed.status_code == 404


@promise(
    "sessions.reschedule", "sessions.reschedule-answer", "sessions.reschedule-invite", "sessions.offsets"
)
async def test_moving_a_session_replaces_an_invitation_that_has_not_left(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    session = (await face.ask("schedule_session", **asked(role, ada)))["data"]["id"]
    moved = await face.ask("reschedule_session", id=session, scheduled_at="2026-06-02T10:00:00+02:00")
    assert moved["success"] is True
    assert moved["data"]["scheduled_at"] == "2026-06-02T08:00:00Z"
    assert moved["data"]["invite_status"] == "queued"
    assert len(jobs.of("mail")) == 2


@promise("sessions.cancel-delete", "credits.reserved")
async def test_cancelling_withdraws_the_invitation_and_gives_the_credit_back(
    house: House, face: Face, jobs: RecordedJobs
) -> None:
    limited = await create_tenant(house, "limited", credit_limit=1)
    role = await add_pipeline(house, limited.id)
    ada, bob = (
        await add_participant(house, limited.id, "Ada"),
        await add_participant(house, limited.id, "Bob"),
    )
    session = (await face.ask("schedule_session", limited.key, **asked(role, ada)))["data"]["id"]
    refused = await face.send("schedule_session", limited.key, **asked(role, bob))
    assert refused.status_code == 402
    assert (await face.send("cancel_session", limited.key, id=session)).status_code == 204
    shown = (await face.ask("get_session", limited.key, id=session))["data"]
    assert (shown["status"], shown["invite_status"]) == ("cancelled", "withdrawn")
    assert (await face.send("schedule_session", limited.key, **asked(role, bob))).status_code == 201
    assert len(jobs.of("mail")) == 2


async def test_a_cancelled_session_changes_no_more(face: Face, role: Pipeline, ada: UUID) -> None:
    session = (await face.ask("schedule_session", **asked(role, ada)))["data"]["id"]
    await face.ask("cancel_session", id=session)
    for operation, args in (
        ("cancel_session", {}),
        ("reschedule_session", {"scheduled_at": "2027-01-01T00:00:00Z"}),
        ("reschedule_session", {"status": "cancelled"}),
    ):
        answer = await face.send(operation, id=session, **args)
        assert (answer.status_code, answer.json()["code"]) == (409, "session_over")


@promise("sessions.cancel-patch", "sessions.cancel-post")
async def test_patching_the_status_and_posting_to_cancel_cancel_too(
    rest: RestFace, role: Pipeline, ada: UUID
) -> None:
    one = (await rest.ask("schedule_session", **asked(role, ada)))["data"]["id"]
    patched = await rest.ask("reschedule_session", id=one, status="cancelled")
    assert patched["data"]["status"] == "cancelled"
    two = (await rest.ask("schedule_session", **asked(role, ada)))["data"]["id"]
    posted = await rest.http.post(f"/api/v1/sessions/{two}/cancel", headers={"x-api-key": rest.key})
    assert (posted.status_code, posted.json()["data"]["status"]) == (200, "cancelled")


@promise("sessions.list-short", "sessions.filters")
async def test_lists_are_filtered_and_totals_are_exact(
    face: Face, house: House, grace: Tenant, role: Pipeline, ada: UUID, clock: ManualClock
) -> None:
    bob = await add_participant(house, grace.id, "Bob")
    first = (await face.ask("schedule_session", **asked(role, ada)))["data"]["id"]
    clock.forward(hours=1)
    await face.ask("schedule_session", **asked(role, bob))
    await face.ask("cancel_session", id=first)
    everything = await face.ask("list_sessions", pageSize=1)
    assert everything["meta"] == {"page": 1, "pageSize": 1, "total": 2, "totalPages": 2}
    assert everything["data"][0]["candidate_id"] == str(bob)
    assert "evaluation_breakdown" not in everything["data"][0]
    for filters, total in (
        ({"status": "cancelled"}, 1),
        ({"status": "completed"}, 0),
        ({"candidate_id": str(ada)}, 1),
        ({"stage": "screen", "external_id": "ats-1"}, 1),
        ({"from": "2026-06-01T09:30:00Z"}, 1),
        ({"to": "2026-06-01T09:30:00Z"}, 1),
        ({"interview_id": str(role.stages["technical"])}, 0),
    ):
        assert (await face.ask("list_sessions", **filters))["meta"]["total"] == total, filters


async def test_many_are_booked_in_one_call_each_on_their_own(
    face: Face, house: House, grace: Tenant, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    bob = await add_participant(house, grace.id, "Bob")
    await face.ask("schedule_session", **asked(role, bob))
    wanted = asked(role, ada)
    del wanted["candidate_id"]
    many = await face.ask(
        "schedule_sessions",
        **wanted,
        candidate_ids=[str(ada), str(bob)],
        scheduled_at="2026-06-03T09:00:00Z",
        every_minutes=45,
    )
    assert (many["scheduled"], many["refused"]) == (1, 1)
    assert many["data"][0]["session"]["scheduled_at"] == "2026-06-03T09:00:00Z"
    assert many["data"][1]["problem"]["code"] == "duplicate_session"
    assert len(jobs.enqueued) == 2


@promise("sessions.timezone-400", "sessions.notes", "sessions.key-255")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"scheduled_at": "2026-06-01T09:00:00"}, "scheduled_at"),
        ({"scheduled_at": "soon"}, "scheduled_at"),
        ({"notes": "x" * 1001}, "notes"),
        ({"idempotency_key": "x" * 256}, "idempotency_key"),
        ({"stage": ""}, "stage"),
        ({"stage": "a\x00b"}, "stage"),
        ({"candidate_id": 5}, "candidate_id"),
        ({"interview_id": "00000000-0000-0000-0000-000000000000"}, "interview_id"),
    ],
)
async def test_bad_input_names_its_field(
    face: Face, role: Pipeline, ada: UUID, change: dict[str, Any], field: str
) -> None:
    answer = await face.send("schedule_session", **asked(role, ada, **change))
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"][0] == field


async def test_a_stage_for_manual_review_sends_no_invitation(
    face: Face, house: House, grace: Tenant, ada: UUID, jobs: RecordedJobs
) -> None:
    role = await add_pipeline(house, grace.id, "screen", stage_type="manual_review")
    made = await face.ask("schedule_session", **asked(role, ada))
    assert (made["data"]["session_mode"], made["data"]["invite_status"]) == ("manual_review", "none")
    assert jobs.enqueued == []


async def test_the_hold_window_of_a_face_delays_the_mail(
    face: Face, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    await face.ask("schedule_session", **asked(role, ada))
    assert jobs.delays("mail") == [timedelta(seconds=60 if face.name == "mcp" else 0)]


@promise("sessions.key-scope")
async def test_a_key_of_one_workspace_means_nothing_in_another(
    face: Face, house: House, mallory: Tenant, role: Pipeline, ada: UUID
) -> None:
    theirs = await add_pipeline(house, mallory.id)
    eve = await add_participant(house, mallory.id, "Eve")
    first = await face.ask("schedule_session", **asked(role, ada, idempotency_key="same"))
    other = await face.ask("schedule_session", mallory.key, **asked(theirs, eve, idempotency_key="same"))
    assert first["data"]["id"] != other["data"]["id"]
    assert other["idempotent"] is False


@promise("sessions.replay", "sessions.notes")
async def test_notes_are_kept_and_never_in_the_mail(
    face: Face, house: House, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    made = await face.ask("schedule_session", **asked(role, ada, notes="only for us"))
    assert made["data"]["notes"] == "only for us"
    [promise_] = jobs.of("mail")
    mail = await house.store.read(lambda db: house.services.mail_previews.preview(db, promise_))
    assert mail is not None
    assert "only for us" not in str(mail)
