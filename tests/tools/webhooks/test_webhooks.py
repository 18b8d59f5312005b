"""Webhooks: endpoints, what is announced when, attempts, the log, replays and giving up."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from domain.scopes import ALL_SCOPES, Scope
from domain.webhooks.events import ATTEMPTS, DISABLE_AFTER, SECRET_OVERLAP, WebhookRequest, signed_headers
from server.app import House
from storage.delivery import webhooks
from tests.contract.promise import promise
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.webhook_worker import BROKEN, GONE, SILENT, WebhookWorker
from tests.support.workspaces import Tenant, create_key

URL = "https://hooks.example.com/viva"


@pytest.fixture
def webhook_worker(house: House, jobs: RecordedJobs, clock: ManualClock) -> WebhookWorker:
    return WebhookWorker(house, jobs, clock)


async def create_endpoint(face: Face, **values: Any) -> dict[str, Any]:
    answer = await face.ask("create_webhook_endpoint", **{"url": URL, **values})
    made: dict[str, Any] = answer["data"]
    return made


async def book_session(rest: RestFace, house: House, grace: Tenant, name: str = "Ada") -> dict[str, Any]:
    """A session of somebody new."""
    made = await add_pipeline(house, grace.id)
    ada = await add_participant(house, grace.id, name, external_id="gh-1")
    answer = await rest.ask(
        "schedule_session",
        candidate_id=str(ada),
        evaluation_template_id=str(made.template),
        stage="screen",
        scheduled_at="2026-06-02T09:00:00Z",
    )
    session: dict[str, Any] = answer["data"]
    return session


async def create_participant(rest: RestFace, name: str = "Ada") -> dict[str, Any]:
    answer = await rest.ask("create_participant", name=name, email=f"{name.lower()}@example.com")
    made: dict[str, Any] = answer["data"]
    return made


def told(posting: WebhookRequest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(posting.body)
    return body


def sent_headers(posting: WebhookRequest) -> dict[str, str]:
    return signed_headers(posting.event, posting.sent_at, posting.body, posting.secrets)


# Endpoints ----------------------------------------------------------------------------------------------


@promise("webhooks.secret")
async def test_an_endpoint_shows_its_secret_once_and_is_read_listed_changed_and_deleted(
    face: Face, house: House
) -> None:
    made = await create_endpoint(face, description="ATS")
    assert made["secret"].startswith("whsec_")
    assert len(made["secret"]) == len("whsec_") + 44
    assert made["url"] == URL
    assert len(made["events"]) == 9
    assert made["enabled"] is True
    shown = (await face.ask("get_webhook_endpoint", id=made["id"]))["data"]
    assert "secret" not in shown
    assert shown["description"] == "ATS"
    assert (await face.ask("list_webhook_endpoints"))["meta"]["total"] == 1
    changed = await face.ask(
        "update_webhook_endpoint", id=made["id"], events=["session.scored"], description=None
    )
    assert (changed["data"]["events"], changed["data"]["description"]) == (["session.scored"], None)
    await face.ask("delete_webhook_endpoint", id=made["id"])
    assert (await face.refused("get_webhook_endpoint", id=made["id"]))["code"] == "not_found"
    stored = await house.store.read(lambda db: db.execute(sa.select(webhooks.ENDPOINTS)).all())
    assert stored == []


async def test_a_secret_is_encrypted_where_it_is_stored_and_not_repeated_for_an_idempotency_key(
    rest: RestFace, house: House
) -> None:
    headers = {"x-api-key": rest.key, "idempotency-key": "one"}
    body = {"url": URL}
    first = (await rest.http.post("/api/v1/webhook-endpoints", json=body, headers=headers)).json()["data"]
    again = (await rest.http.post("/api/v1/webhook-endpoints", json=body, headers=headers)).json()["data"]
    assert again == first | {"secret": None}
    tables = ("webhook_endpoints", "replays", "audit_entries")
    stored = await house.store.read(
        lambda db: [str(db.execute(sa.text(f"SELECT * FROM {table}")).all()) for table in tables]
    )
    assert all(first["secret"].removeprefix("whsec_") not in table for table in stored)


@promise("webhooks.private-targets")
@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "https://0177.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/x",
        "http://hooks.example.com/x",
        "file:///etc/passwd",
        "https://user:pass@hooks.example.com/x",
        "https://hooks.example.com/" + "a" * 4096,
    ],
)
async def test_a_url_that_is_not_a_public_https_address_is_refused_by_the_field(
    rest: RestFace, url: str
) -> None:
    refused = await rest.refused("create_webhook_endpoint", url=url)
    assert refused["code"] == "bad_webhook_url"
    assert refused["issues"][0]["path"] == ["url"]
    made = await create_endpoint(rest)
    assert (await rest.refused("update_webhook_endpoint", id=made["id"], url=url))[
        "code"
    ] == "bad_webhook_url"


async def test_events_that_do_not_exist_and_more_endpoints_than_allowed_are_refused(rest: RestFace) -> None:
    refused = await rest.refused("create_webhook_endpoint", url=URL, events=["session.exploded"])
    assert refused["issues"][0]["path"][0] == "events"
    for _ in range(20):
        await create_endpoint(rest)
    assert (await rest.refused("create_webhook_endpoint", url=URL))["code"] == "limit_reached"


async def test_a_key_that_may_not_read_participants_cannot_hear_of_them(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    blind = await create_key(house, grace.id, ALL_SCOPES - {Scope.candidates_read})
    refused = await rest.refused("create_webhook_endpoint", blind, url=URL)
    assert refused["code"] == "scope_missing", refused
    made = await rest.ask("create_webhook_endpoint", blind, url=URL, events=["session.created"])
    assert made["data"]["events"] == ["session.created"]


async def test_mallory_sees_and_changes_no_endpoint_event_or_delivery_of_grace(
    rest: RestFace, mallory: Tenant, webhook_worker: WebhookWorker
) -> None:
    made = await create_endpoint(rest)
    await create_participant(rest)
    webhook_worker.run_jobs()
    delivery = (await rest.ask("list_webhook_deliveries"))["data"][0]["id"]
    assert (await rest.ask("list_webhook_endpoints", mallory.key))["data"] == []
    assert (await rest.ask("list_webhook_deliveries", mallory.key))["data"] == []
    span = {"from": "2026-01-01T00:00:00Z"}
    refusals = [
        await rest.refused("get_webhook_endpoint", mallory.key, id=made["id"]),
        await rest.refused("update_webhook_endpoint", mallory.key, id=made["id"], enabled=False),
        await rest.refused("delete_webhook_endpoint", mallory.key, id=made["id"]),
        await rest.refused("rotate_webhook_secret", mallory.key, id=made["id"]),
        await rest.refused("replay_webhook_events", mallory.key, id=made["id"], **span),
        await rest.refused("replay_webhook_delivery", mallory.key, id=delivery),
    ]
    assert {refusal["code"] for refusal in refusals} == {"not_found"}
    await rest.ask("create_webhook_endpoint", mallory.key, url=URL)
    await create_participant(rest, "Bob")
    assert len(webhook_worker.run_jobs()) == 1, "her endpoint does not hear of Grace's people"


# What is announced --------------------------------------------------------------------------------------


@promise(
    "sessions.created-webhook", "sessions.cancel-webhook", "sessions.reschedule-no-webhook", "webhooks.data"
)
async def test_booking_and_cancelling_are_announced_and_moving_is_not(
    rest: RestFace, house: House, grace: Tenant, webhook_worker: WebhookWorker
) -> None:
    await create_endpoint(rest)
    session = await book_session(rest, house, grace)
    await rest.ask("reschedule_session", id=session["id"], scheduled_at="2026-06-03T09:00:00Z")
    await rest.ask("cancel_session", id=session["id"])
    created, cancelled = (told(posting) for posting in webhook_worker.run_jobs())
    assert (created["event"], cancelled["event"]) == ("session.created", "session.cancelled")
    assert created["id"].startswith("evt_")
    assert created["occurred_at"] == "2026-06-01T09:00:00Z"
    shown = created["data"]["session"]
    assert shown["id"] == session["id"]
    assert shown["status"] == "scheduled"
    assert shown["external_id"] == "gh-1"
    assert shown["score"] is None
    assert "join_url" not in shown
    assert cancelled["data"]["session"]["status"] == "cancelled"


@promise("participants.webhook", "participants.bulk-webhook", "participants.external-id-in-webhooks")
async def test_each_new_participant_is_announced_once_and_a_skipped_one_is_not(
    face: Face, webhook_worker: WebhookWorker
) -> None:
    await create_endpoint(face)
    rows = [{"name": name, "email": f"{name}@example.com", "external_id": name} for name in ("ada", "bob")]
    await face.ask("create_participant", **rows[0])
    await face.ask("bulk_import_participants", participants=rows)
    heard = [told(posting) for posting in webhook_worker.run_jobs()]
    assert [body["event"] for body in heard] == ["participant.created"] * 2
    assert [body["data"]["participant"]["external_id"] for body in heard] == ["ada", "bob"]


async def test_nothing_is_written_down_where_nobody_listens_nor_for_a_call_that_failed(
    rest: RestFace, house: House, jobs: RecordedJobs, webhook_worker: WebhookWorker
) -> None:
    await create_participant(rest)
    assert jobs.of("announce") == []
    await create_endpoint(rest)
    assert (await rest.refused("create_participant", name="Ada", email="ada@example.com"))[
        "code"
    ] == "duplicate_participant"
    assert webhook_worker.run_jobs() == []
    assert await house.store.read(lambda db: db.execute(sa.select(webhooks.EVENTS)).all()) == []


async def test_an_endpoint_hears_only_what_it_asked_for_and_nothing_while_disabled(
    rest: RestFace, webhook_worker: WebhookWorker
) -> None:
    await create_endpoint(rest, events=["session.scored"])
    off = await create_endpoint(rest, enabled=False)
    await create_participant(rest)
    assert webhook_worker.run_jobs() == []
    await rest.ask("update_webhook_endpoint", id=off["id"], enabled=True)
    await create_participant(rest, "Bob")
    assert len(webhook_worker.run_jobs()) == 1


async def test_no_event_tells_of_an_erased_person(
    rest: RestFace, house: House, webhook_worker: WebhookWorker
) -> None:
    await create_endpoint(rest)
    made = await create_participant(rest)
    await rest.ask("delete_participant", id=made["id"])
    assert webhook_worker.run_jobs() == []
    assert await house.store.read(lambda db: db.execute(sa.select(webhooks.EVENTS)).all()) == []


# Signatures ---------------------------------------------------------------------------------------------


@promise("webhooks.signature", "webhooks.prefix")
async def test_the_public_library_verifies_what_is_sent_and_refuses_it_when_changed(
    rest: RestFace, webhook_worker: WebhookWorker, clock: ManualClock
) -> None:
    clock.now = datetime.now(UTC)  # the library compares with the real clock
    made = await create_endpoint(rest)
    await create_participant(rest)
    (posting,) = webhook_worker.run_jobs()
    receiver = Webhook(made["secret"])
    heard: Any = receiver.verify(posting.body, sent_headers(posting))
    assert heard["event"] == "participant.created"
    with pytest.raises(WebhookVerificationError):
        receiver.verify(posting.body + b" ", sent_headers(posting))


async def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone(
    face: Face, rest: RestFace, webhook_worker: WebhookWorker, clock: ManualClock
) -> None:
    old = await create_endpoint(rest)
    new = (await face.ask("rotate_webhook_secret", id=old["id"]))["data"]
    assert new["secret"] not in (None, old["secret"])
    assert new["previous_secret_until"] is not None
    await create_participant(rest)
    (posting,) = webhook_worker.run_jobs()
    assert posting.secrets == (new["secret"], old["secret"])
    clock.now += SECRET_OVERLAP
    await create_participant(rest, "Bob")
    assert webhook_worker.run_jobs()[0].secrets == (new["secret"],)


# Attempts -----------------------------------------------------------------------------------------------


async def test_a_receiver_that_recovers_gets_the_same_event_again_and_the_log_tells_both_attempts(
    rest: RestFace, webhook_worker: WebhookWorker, face: Face
) -> None:
    made = await create_endpoint(rest)
    await create_participant(rest)
    webhook_worker.sender.answers = [BROKEN, SILENT]
    posted = webhook_worker.run_jobs()
    assert len(posted) == 3
    assert len({posting.body for posting in posted}) == 1
    waits = [b.sent_at - a.sent_at for a, b in itertools.pairwise(posted)]
    assert 27 <= waits[0].total_seconds() <= 33
    assert 108 <= waits[1].total_seconds() <= 132
    rows = (await face.ask("list_webhook_deliveries", endpoint_id=made["id"]))["data"]
    assert [(row["attempt"], row["status"]) for row in rows] == [
        (3, "delivered"),
        (2, "failed"),
        (1, "failed"),
    ]
    assert (rows[2]["http_status"], rows[2]["snippet"]) == (500, "oh no")
    assert (rows[1]["http_status"], rows[1]["error"]) == (None, "The receiver did not answer in time.")
    assert rows[0]["event_id"] == posted[0].event
    assert rows[0]["finished_at"] is not None
    only = await face.ask("list_webhook_deliveries", status="failed", event="participant.created")
    assert only["meta"]["total"] == 2


@promise("webhooks.retries")
async def test_eight_attempts_are_made_over_about_a_day_and_no_more(
    rest: RestFace, webhook_worker: WebhookWorker
) -> None:
    made = await create_endpoint(rest)
    await create_participant(rest)
    webhook_worker.sender.always = BROKEN
    posted = webhook_worker.run_jobs()
    assert len(posted) == ATTEMPTS
    assert 20 <= (posted[-1].sent_at - posted[0].sent_at).total_seconds() / 3600 <= 28
    shown = (await rest.ask("get_webhook_endpoint", id=made["id"]))["data"]
    assert shown["enabled"] is True
    assert shown["failing_since"] == "2026-06-01T09:00:00Z"


async def test_a_job_that_runs_twice_posts_nothing_that_was_settled(
    rest: RestFace, webhook_worker: WebhookWorker
) -> None:
    await create_endpoint(rest)
    await create_participant(rest)
    webhook_worker.sender.answers = [BROKEN]
    assert len(webhook_worker.run_jobs()) == 2
    assert webhook_worker.run_jobs_again() == []


async def test_an_endpoint_that_fails_for_five_days_is_given_up_and_can_be_taken_up_again(
    rest: RestFace, webhook_worker: WebhookWorker, clock: ManualClock
) -> None:
    made = await create_endpoint(rest)
    webhook_worker.sender.always = BROKEN
    await create_participant(rest)
    webhook_worker.run_jobs()
    clock.now += DISABLE_AFTER
    await create_participant(rest, "Bob")
    webhook_worker.run_jobs()
    shown = (await rest.ask("get_webhook_endpoint", id=made["id"]))["data"]
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "nothing got through for five days")
    assert [given_up.id for given_up in webhook_worker.disabled] == [UUID(made["id"])]
    refused = await rest.refused("replay_webhook_events", id=made["id"], **{"from": "2026-06-01T00:00:00Z"})
    assert refused["code"] == "conflict"
    again = (await rest.ask("update_webhook_endpoint", id=made["id"], enabled=True))["data"]
    assert (again["disabled_reason"], again["failing_since"]) == (None, None)


async def test_a_receiver_that_answers_410_is_disabled_at_once_and_the_workspace_is_told(
    rest: RestFace, webhook_worker: WebhookWorker, jobs: RecordedJobs
) -> None:
    gone = await create_endpoint(rest)
    other = await create_endpoint(rest, url="https://other.example.com/viva")
    await create_participant(rest)
    await create_participant(rest, "Bob")
    webhook_worker.sender.answer_at[URL] = GONE
    webhook_worker.run_jobs()
    shown = (await rest.ask("get_webhook_endpoint", id=gone["id"]))["data"]
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "the receiver answered 410 Gone")
    assert [endpoint.id for endpoint in webhook_worker.disabled] == [UUID(gone["id"])]
    log = (await rest.ask("list_webhook_deliveries", endpoint_id=gone["id"]))["data"]
    assert sorted((row["status"], row["http_status"]) for row in log if row["http_status"]) == [
        ("failed", 410)
    ]
    assert {row["status"] for row in log} <= {"failed", "withdrawn"}
    healthy = (await rest.ask("list_webhook_deliveries", endpoint_id=other["id"]))["data"]
    assert {row["status"] for row in healthy} == {"delivered"}
    await create_participant(rest, "Cyd")
    assert {posting.url for posting in webhook_worker.run_jobs()} == {"https://other.example.com/viva"}


async def test_a_410_of_an_address_that_was_replaced_meanwhile_disables_nothing(
    rest: RestFace, house: House, webhook_worker: WebhookWorker
) -> None:
    made = await create_endpoint(rest)
    await create_participant(rest)
    webhook_worker.sender.answer_at[URL] = GONE
    new = "https://new.example.com/viva"

    def replace_address(_: WebhookRequest) -> None:
        with house.store.engine.begin() as db:
            owner = db.execute(sa.select(webhooks.ENDPOINTS.c.workspace_id)).scalar_one()
            webhooks.change_endpoint(db, owner, UUID(made["id"]), {"url": new})

    webhook_worker.sender.meanwhile = replace_address
    webhook_worker.run_jobs()
    assert (await rest.ask("get_webhook_endpoint", id=made["id"]))["data"]["enabled"] is True
    assert {posting.url for posting in webhook_worker.sender.sent} == {URL, new}


async def test_an_endpoint_gets_nothing_from_before_it_existed_or_while_it_was_disabled(
    rest: RestFace, webhook_worker: WebhookWorker, clock: ManualClock
) -> None:
    first = await create_endpoint(rest)
    await create_participant(rest, "Early")  # its event waits while the endpoints below are made
    clock.forward(seconds=1)
    late = await create_endpoint(rest, url="https://late.example.com/viva")
    await rest.ask("update_webhook_endpoint", id=first["id"], enabled=False)
    clock.forward(seconds=1)
    await create_participant(rest, "Middle")
    clock.forward(seconds=1)
    await rest.ask("update_webhook_endpoint", id=first["id"], enabled=True)
    await rest.ask("update_webhook_endpoint", id=late["id"], enabled=True)  # was enabled all the time
    names = [
        (posting.url, told(posting)["data"]["participant"]["email"]) for posting in webhook_worker.run_jobs()
    ]
    assert names == [("https://late.example.com/viva", "middle@example.com")]
    span = {"from": "2026-01-01T00:00:00Z"}
    await rest.ask("replay_webhook_events", id=late["id"], **span)
    assert [told(posting)["data"]["participant"]["email"] for posting in webhook_worker.run_jobs()] == [
        "middle@example.com"
    ]
    await rest.ask("replay_webhook_events", id=first["id"], **span)
    assert [told(posting)["data"]["participant"]["email"] for posting in webhook_worker.run_jobs()] == [
        "early@example.com",
        "middle@example.com",
    ]


async def test_disabling_an_endpoint_takes_back_the_attempts_that_are_due(
    rest: RestFace, webhook_worker: WebhookWorker, jobs: RecordedJobs
) -> None:
    made = await create_endpoint(rest)
    await create_participant(rest)
    await rest.ask("update_webhook_endpoint", id=made["id"], enabled=False)
    assert webhook_worker.run_jobs() == []


# Replays ------------------------------------------------------------------------------------------------


async def test_one_delivery_is_replayed_with_the_same_id_and_body(
    face: Face, rest: RestFace, webhook_worker: WebhookWorker
) -> None:
    await create_endpoint(rest)
    await create_participant(rest)
    (first,) = webhook_worker.run_jobs()
    row = (await rest.ask("list_webhook_deliveries"))["data"][0]
    queued = (await face.ask("replay_webhook_delivery", id=row["id"]))["data"]
    assert (queued["status"], queued["round"], queued["attempt"]) == ("queued", 1, 1)
    (again,) = webhook_worker.run_jobs()
    assert (again.event, again.body) == (first.event, first.body)


async def test_a_stretch_of_time_is_replayed_oldest_first_with_both_ends_included(
    face: Face, rest: RestFace, webhook_worker: WebhookWorker, clock: ManualClock
) -> None:
    made = await create_endpoint(rest)
    for name in ("Ada", "Bob", "Cyd"):
        await create_participant(rest, name)
        clock.forward(hours=1)
    first = webhook_worker.run_jobs()
    span = {"from": "2026-06-01T09:00:00Z", "to": "2026-06-01T10:00:00Z"}
    answer = await face.ask("replay_webhook_events", id=made["id"], **span)
    assert (answer["replayed"], answer["more"], answer["until"]) == (2, False, "2026-06-01T10:00:00Z")
    assert [posting.event for posting in webhook_worker.run_jobs()] == [
        posting.event for posting in first[:2]
    ]


async def test_a_span_that_ends_before_it_begins_and_records_that_do_not_exist_are_refused(
    face: Face, rest: RestFace
) -> None:
    made = await create_endpoint(rest)
    span = {"from": "2026-06-01T09:00:00Z", "to": "2026-06-01T08:00:00Z"}
    refused = await face.refused("replay_webhook_events", id=made["id"], **span)
    assert refused["issues"][0]["path"] == ["to"]
    assert (await face.refused("replay_webhook_delivery", id=str(uuid4())))["code"] == "not_found"
