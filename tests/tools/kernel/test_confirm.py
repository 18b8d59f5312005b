"""Two steps before a person is written to, where it could go wrong."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from server.app import House
from storage.schema.tables import Confirmation
from tests.support.clock import ManualClock
from tests.support.mcp_face import McpFace
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_participant
from tests.support.workspaces import Tenant


@pytest.fixture
async def wanted(house: House, grace: Tenant, role: Pipeline) -> dict[str, Any]:
    ada = await add_participant(house, grace.id, "Ada")
    return {"candidate_id": str(ada), "evaluation_template_id": str(role.template), "stage": "screen"}


async def preview(assistant: McpFace, tool: str, **arguments: Any) -> str:
    """The token of a preview: the first of the two calls that `ask` makes."""
    shown = await assistant.send_once(tool, **arguments)
    return str(shown.json()["confirmation_token"])


async def confirm(assistant: McpFace, tool: str, token: str, **arguments: Any) -> dict[str, Any]:
    """What the second call answers, or the refusal that it gets."""
    return (await assistant.send_once(tool, **arguments, confirmation_token=token)).json()


async def confirmations(house: House) -> int:
    count = sa.select(sa.func.count()).select_from(Confirmation)
    return await house.store.read(lambda db: db.execute(count).scalar_one())


async def test_a_token_used_twice_at_once_books_once(
    assistant: McpFace, wanted: dict[str, Any], jobs: RecordedJobs
) -> None:
    wanted["force"] = True
    token = await preview(assistant, "schedule_session", **wanted)
    both = await asyncio.gather(*(confirm(assistant, "schedule_session", token, **wanted) for _ in range(4)))
    assert sorted(answer.get("code", "booked") for answer in both) == ["bad_confirmation"] * 3 + ["booked"]
    assert len(jobs.enqueued) == 1


async def test_a_preview_books_logs_and_enqueues_nothing(
    assistant: McpFace, rest: RestFace, wanted: dict[str, Any], jobs: RecordedJobs
) -> None:
    before = await rest.ask("workspace_status")
    audit = (await rest.ask("list_audit_log"))["meta"]["total"]
    await preview(assistant, "schedule_session", **wanted)
    assert await rest.ask("workspace_status") == before
    assert (await rest.ask("list_audit_log"))["meta"]["total"] == audit
    assert jobs.enqueued == []


async def test_a_preview_refuses_what_the_call_itself_would_refuse(
    assistant: McpFace, wanted: dict[str, Any], house: House
) -> None:
    await assistant.ask("schedule_session", **wanted)
    kept = await confirmations(house)
    refused = (await assistant.send_once("schedule_session", **wanted)).json()
    assert refused["code"] == "duplicate_session"
    assert await confirmations(house) == kept


async def test_a_confirmed_call_that_fails_gives_its_token_back(
    assistant: McpFace, rest: RestFace, wanted: dict[str, Any], jobs: RecordedJobs
) -> None:
    token = await preview(assistant, "schedule_session", **wanted)
    await rest.ask("update_participant", id=wanted["candidate_id"], status="archived")
    refused = await confirm(assistant, "schedule_session", token, **wanted)
    assert refused["code"] == "invalid"
    await rest.ask("update_participant", id=wanted["candidate_id"], status="active")
    booked = await confirm(assistant, "schedule_session", token, **wanted)
    assert booked["data"]["status"] == "scheduled"
    assert len(jobs.enqueued) == 1


async def test_the_name_and_the_id_are_the_same_arguments(
    assistant: McpFace, wanted: dict[str, Any], role: Pipeline
) -> None:
    by_name = {"candidate_id": "ada", "evaluation_template_id": "Backend Engineer", "stage": "screen"}
    token = await preview(assistant, "schedule_session", **by_name)
    booked = await confirm(assistant, "schedule_session", token, **wanted)
    assert booked["data"]["candidate_id"] == wanted["candidate_id"]


async def test_a_name_that_means_somebody_else_by_then_confirms_nothing(
    assistant: McpFace, rest: RestFace, wanted: dict[str, Any], jobs: RecordedJobs
) -> None:
    by_name = {**wanted, "candidate_id": "Ada"}
    token = await preview(assistant, "schedule_session", **by_name)
    await rest.ask("update_participant", id=wanted["candidate_id"], name="Augusta", email="augusta@x.org")
    other = await rest.ask("create_participant", name="Ada", email="other@example.com")
    assert other["data"]["id"] != wanted["candidate_id"]
    refused = await confirm(assistant, "schedule_session", token, **by_name)
    assert refused["code"] == "bad_confirmation"
    assert jobs.enqueued == []


async def test_the_token_of_one_operation_does_not_confirm_another(
    assistant: McpFace, wanted: dict[str, Any]
) -> None:
    session = (await assistant.ask("schedule_session", **wanted))["data"]["id"]
    token = await preview(assistant, "cancel_session", id=session)
    when = "2026-07-01T09:00:00Z"
    moved = await confirm(assistant, "reschedule_session", token, id=session, scheduled_at=when)
    assert moved["code"] == "bad_confirmation"
    assert (await assistant.ask("get_session", id=session))["data"]["status"] == "scheduled"


async def test_expired_tokens_are_swept_away(
    assistant: McpFace, house: House, wanted: dict[str, Any], clock: ManualClock
) -> None:
    for _ in range(3):
        await preview(assistant, "schedule_session", **wanted)
    assert await confirmations(house) == 3
    clock.forward(minutes=11)
    await preview(assistant, "schedule_session", **wanted)
    assert await confirmations(house) == 1


async def test_rest_performs_at_once_as_the_contract_says(
    rest: RestFace, wanted: dict[str, Any], jobs: RecordedJobs
) -> None:
    response = await rest.send("schedule_session", **wanted)
    assert response.status_code == 201
    assert UUID(response.json()["data"]["id"])
    assert len(jobs.enqueued) == 1
