"""A key that comes back with another request is refused: whoever reuses it by mistake learns so."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.scopes import ALL_SCOPES, Scope
from server.app import House
from storage.interviews.sessions import TABLE
from tests.contract.promise import promise
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant, create_key

KEY = "round-2-2026-06"
START = "2026-06-09T08:00:00Z"


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, "screen", "technical")


@pytest.fixture
async def ada(house: House, grace: Tenant) -> UUID:
    return await add_participant(house, grace.id, "Ada")


@pytest.fixture
async def bob(house: House, grace: Tenant) -> UUID:
    return await add_participant(house, grace.id, "Bob")


def asked(role: Pipeline, who: UUID, **more: Any) -> dict[str, Any]:
    return {
        "candidate_id": str(who),
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        "idempotency_key": KEY,
        **more,
    }


def assert_reused(answer: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@promise("sessions.key-reused")
async def test_the_second_person_is_not_swallowed_by_the_first_ones_key(
    face: Face, role: Pipeline, ada: UUID, bob: UUID, jobs: RecordedJobs
) -> None:
    first = await face.ask("schedule_session", **asked(role, ada))
    assert_reused(await face.send("schedule_session", **asked(role, bob)))
    again = await face.send("schedule_session", **asked(role, ada))
    assert (again.status_code, again.json()) == (200, first | {"idempotent": True})
    assert len(jobs.of("mail")) == 1


@promise("sessions.key-reused")
@pytest.mark.parametrize(
    "other",
    [
        {"scheduled_at": "2026-06-10T08:00:00Z"},
        {"scheduled_at": None},
        {"stage": "technical"},
        {"timezone": "Europe/Berlin"},
        {"language": "de"},
        {"notes": "second round"},
        {"force": True},
    ],
    ids=str,
)
async def test_any_other_request_under_the_key_is_refused(
    face: Face, role: Pipeline, ada: UUID, other: dict[str, Any]
) -> None:
    sent = asked(role, ada, scheduled_at=START)
    await face.ask("schedule_session", **sent)
    assert_reused(await face.send("schedule_session", **sent | other))
    assert (await face.ask("list_sessions"))["meta"]["total"] == 1


@promise("sessions.key-reused")
async def test_another_template_or_stage_id_is_another_request(
    face: Face, house: House, grace: Tenant, role: Pipeline, ada: UUID
) -> None:
    other = await add_pipeline(house, grace.id, "screen")
    await face.ask("schedule_session", **asked(role, ada))
    assert_reused(await face.send("schedule_session", **asked(other, ada)))
    technical = str(role.stages["technical"])
    assert_reused(await face.send("schedule_session", **asked(role, ada, interview_id=technical)))


@promise("sessions.replay-200")
async def test_the_same_request_in_another_spelling_is_a_replay(
    face: Face, role: Pipeline, ada: UUID
) -> None:
    first = await face.ask("schedule_session", **asked(role, ada, scheduled_at=START))
    spelt = asked(role, ada, scheduled_at="2026-06-09T10:00:00.250+02:00", timezone="UTC", force=False)
    again = await face.ask("schedule_session", **spelt)
    assert again == first | {"idempotent": True}


async def test_a_replay_stays_one_after_the_session_was_moved_and_cancelled(
    face: Face, role: Pipeline, ada: UUID, clock: ManualClock
) -> None:
    first = (await face.ask("schedule_session", **asked(role, ada, scheduled_at=START)))["data"]
    await face.ask("reschedule_session", id=first["id"], scheduled_at="2026-06-11T08:00:00Z")
    await face.send("cancel_session", id=first["id"])
    clock.forward(days=30)
    again = await face.send("schedule_session", **asked(role, ada, scheduled_at=START))
    assert again.status_code == 200
    assert (again.json()["data"]["id"], again.json()["data"]["status"]) == (first["id"], "cancelled")


async def test_many_at_a_time_are_bound_to_each_ones_request(
    face: Face, role: Pipeline, ada: UUID, bob: UUID, jobs: RecordedJobs
) -> None:
    batch: dict[str, Any] = {
        "candidate_ids": [str(ada)],
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        "scheduled_at": START,
        "idempotency_key": KEY,
    }
    first = await face.ask("schedule_sessions", **batch)
    wider = await face.ask("schedule_sessions", **batch | {"candidate_ids": [str(ada), str(bob)]})
    assert [one["idempotent"] for one in wider["data"]] == [True, False]
    assert wider["data"][0]["session"]["id"] == first["data"][0]["session"]["id"]
    moved = await face.ask("schedule_sessions", **batch | {"scheduled_at": "2026-06-10T08:00:00Z"})
    assert (moved["scheduled"], moved["refused"]) == (0, 1)
    assert moved["data"][0]["problem"]["code"] == "idempotency_key_reused"
    assert len(jobs.of("mail")) == 2


async def test_many_from_now_on_are_repeated_later(
    face: Face, role: Pipeline, ada: UUID, bob: UUID, clock: ManualClock
) -> None:
    batch: dict[str, Any] = {
        "candidate_ids": [str(ada), str(bob)],
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        "every_minutes": 30,
        "idempotency_key": KEY,
    }
    await face.ask("schedule_sessions", **batch)
    clock.forward(minutes=20)
    again = await face.ask("schedule_sessions", **batch)
    assert [one["idempotent"] for one in again["data"]] == [True, True]


async def test_a_session_from_before_requests_were_kept_is_compared_by_what_it_shows(
    face: Face, house: House, role: Pipeline, ada: UUID, bob: UUID
) -> None:
    first = await face.ask("schedule_session", **asked(role, ada, notes="old"))
    await house.store.write(lambda db: db.execute(sa.update(TABLE).values(request_digest=None)))
    again = await face.ask("schedule_session", **asked(role, ada, notes="old"))
    assert again == first | {"idempotent": True}
    assert_reused(await face.send("schedule_session", **asked(role, bob)))
    assert_reused(await face.send("schedule_session", **asked(role, ada, stage="technical")))


async def test_mallory_learns_nothing_from_a_key(
    face: Face, house: House, mallory: Tenant, role: Pipeline, ada: UUID
) -> None:
    await face.ask("schedule_session", **asked(role, ada))
    hers = await add_pipeline(house, mallory.id)
    eve = await add_participant(house, mallory.id, "Eve")
    made = await face.send("schedule_session", mallory.key, **asked(hers, eve))
    assert (made.status_code, made.json()["idempotent"]) == (201, False)
    foreign = await face.send("schedule_session", mallory.key, **asked(role, ada))
    assert foreign.status_code == 404


@promise("sessions.replay-scopes")
async def test_a_repeated_answer_shows_only_what_the_key_may_see(
    rest: RestFace, house: House, grace: Tenant, role: Pipeline, ada: UUID, bob: UUID
) -> None:
    writer = await create_key(house, grace.id, ALL_SCOPES - {Scope.interviews_read})

    async def post(path: str, key: str, body: dict[str, Any], replay: str) -> dict[str, Any]:
        headers = {"x-api-key": key, "idempotency-key": replay}
        answer = await rest.http.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    body = asked(role, ada, idempotency_key=None)
    first = await post("/api/v1/sessions", grace.key, body, "one")
    again = await post("/api/v1/sessions", writer, body, "one")
    assert first["data"]["join_url"] is not None
    assert again["data"] == first["data"] | {"join_url": None}
    assert await post("/api/v1/sessions", grace.key, body, "one") == first

    batch: dict[str, Any] = {
        "candidate_ids": [str(bob)],
        "evaluation_template_id": str(role.template),
        "stage": "technical",
    }
    blind = await post("/api/v1/sessions/bulk", writer, batch, "many")
    seen = await post("/api/v1/sessions/bulk", grace.key, batch, "many")
    assert blind["data"][0]["session"]["join_url"] is None
    assert seen["data"][0]["session"]["join_url"].startswith("https://viva.example/join/")


async def test_a_stored_answer_holds_no_secret(
    rest: RestFace, house: House, grace: Tenant, role: Pipeline, ada: UUID
) -> None:
    headers = {"x-api-key": grace.key, "idempotency-key": str(uuid4())}
    made = await rest.http.post("/api/v1/sessions", json=asked(role, ada), headers=headers)
    secret = made.json()["data"]["join_url"].rsplit("/", 1)[1]
    endpoint = {"url": "https://hooks.example.com/viva"}
    headers["idempotency-key"] = str(uuid4())
    shown = await rest.http.post("/api/v1/webhook-endpoints", json=endpoint, headers=headers)
    kept = await house.store.read(
        lambda db: db.execute(sa.text("SELECT CAST(body AS TEXT) FROM replays")).all()
    )
    assert len(kept) == 2
    assert secret not in str(kept)
    assert shown.json()["data"]["secret"] not in str(kept)
    again = await rest.http.post("/api/v1/webhook-endpoints", json=endpoint, headers=headers)
    assert again.json()["data"]["secret"] is None
