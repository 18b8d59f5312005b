"""The MCP face: what an assistant sees, and what it must confirm."""

from typing import Any
from uuid import UUID

import mcp_types as types
import pytest
from mcp.shared.exceptions import MCPError

from domain.scopes import Scope
from server.app import House
from tests.support.clock import ManualClock
from tests.support.mcp_face import Era, McpFace, refusal_in
from tests.support.recorded_jobs import RecordedJobs
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant, create_key
from tools.catalog import CATALOG


@pytest.fixture(params=["auto", "legacy"])
def assistant(request: pytest.FixtureRequest, house: House, grace: Tenant) -> McpFace:
    """Grace's assistant in each era of the protocol."""
    era: Era = request.param
    return McpFace(house.app, grace.key, era)


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, "screen", "final")


@pytest.fixture
async def ada(house: House, grace: Tenant) -> UUID:
    return await add_participant(house, grace.id, "Ada")


async def names(assistant: McpFace, key: str | None = None, query: str = "") -> set[str]:
    async with assistant.client(key, query) as client:
        return {tool.name for tool in (await client.list_tools()).tools}


async def test_both_eras_are_spoken(assistant: McpFace) -> None:
    async with assistant.client() as client:
        expected = "2026-07-28" if assistant.mode == "auto" else "2025-11-25"
        assert client.protocol_version == expected
        assert client.server_info is not None
        assert client.server_info.name == "viva"
        assert client.instructions
        assert "schedule_sessions" in client.instructions


async def test_by_default_at_most_twenty_tools_are_shown(assistant: McpFace) -> None:
    shown = await names(assistant)
    assert {"create_agent_profile", "compose_evaluation_stages", "schedule_sessions", "get_session"} <= shown
    assert len(shown) <= 20


async def test_the_address_widens_and_narrows_the_tools(assistant: McpFace) -> None:
    assert await names(assistant, query="toolsets=all") == set(CATALOG)
    assert await names(assistant, query="toolsets=people") == {
        "create_participant",
        "bulk_import_participants",
        "list_participants",
        "update_participant",
    }
    reading = await names(assistant, query="toolsets=all&read_only=1")
    assert reading == {op.name for op in CATALOG.values() if op.reads}


async def test_tools_beyond_the_callers_scopes_are_not_shown(
    assistant: McpFace, house: House, grace: Tenant
) -> None:
    key = await create_key(house, grace.id, frozenset({Scope.candidates_read}))
    assert await names(assistant, key, "toolsets=all") == {"list_participants", "get_participant"}
    refused = await assistant.refused("create_participant", key, name="A", email="a@example.com")
    assert (refused["code"], refused["scope"]) == ("scope_missing", "candidates.write")


async def test_a_read_only_connection_changes_nothing(assistant: McpFace) -> None:
    async with assistant.client(query="toolsets=all&read_only=1") as client:
        result = await client.call_tool("create_participant", {"name": "A", "email": "a@example.com"})
    assert isinstance(result, types.CallToolResult)
    assert result.is_error
    assert refusal_in(result)["code"] == "read_only"


@pytest.mark.parametrize("op", CATALOG.values(), ids=CATALOG)
async def test_every_tool_is_described_for_a_model(op: Any, house: House, grace: Tenant) -> None:
    async with McpFace(house.app, grace.key).client() as client:
        tool = next(tool for tool in (await client.list_tools()).tools if tool.name == op.name)
    assert tool.title
    assert tool.description
    assert len(tool.description) <= 1024
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint is op.reads
    assert tool.input_schema["type"] == "object"
    assert not {"anyOf", "oneOf", "allOf"} & tool.input_schema.keys()


async def test_scheduling_shows_a_preview_first_and_then_does_exactly_that(
    assistant: McpFace, role: Pipeline, ada: UUID, jobs: RecordedJobs
) -> None:
    arguments = {
        "candidate_ids": [str(ada)],
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        "scheduled_at": "2026-06-02T08:00:00Z",
        "timezone": "Europe/Berlin",
    }
    async with assistant.client() as client:
        shown = await client.call_tool("schedule_sessions", arguments)
        assert isinstance(shown, types.CallToolResult)
        preview = shown.structured_content or {}
        assert preview["confirmation_required"] is True
        [mail] = preview["mails"]
        assert mail["to"] == "Ada <ada@example.com>"
        assert "10:00 (Europe/Berlin, UTC+2)" in mail["text"]
        assert mail["leaves_at"] == "2026-06-01T09:01:00Z"
        assert "/join/" not in str(preview)
        assert jobs.enqueued == []
        listed = await client.call_tool("list_sessions", {})
        assert isinstance(listed, types.CallToolResult)
        assert (listed.structured_content or {})["meta"]["total"] == 0
        confirmed = {**arguments, "confirmation_token": preview["confirmation_token"]}
        done = await client.call_tool("schedule_sessions", confirmed)
        assert isinstance(done, types.CallToolResult)
        assert (done.structured_content or {})["scheduled"] == 1
        assert len(jobs.enqueued) == 1
        again = await client.call_tool("schedule_sessions", confirmed)
        assert isinstance(again, types.CallToolResult)
        assert refusal_in(again)["code"] == "bad_confirmation"
        assert len(jobs.enqueued) == 1


@pytest.mark.parametrize("tampering", ["arguments", "caller", "late", "forged", "malformed"])
async def test_a_token_is_good_for_nothing_else(
    house: House,
    grace: Tenant,
    role: Pipeline,
    ada: UUID,
    clock: ManualClock,
    jobs: RecordedJobs,
    tampering: str,
) -> None:
    assistant = McpFace(house.app, grace.key)
    arguments: dict[str, Any] = {
        "candidate_id": str(ada),
        "evaluation_template_id": str(role.template),
        "stage": "screen",
    }
    async with assistant.client() as client:
        shown = await client.call_tool("schedule_session", arguments)
    assert isinstance(shown, types.CallToolResult)
    token = (shown.structured_content or {})["confirmation_token"]
    key = grace.key
    if tampering == "arguments":
        arguments["stage"] = "final"
    elif tampering == "caller":
        key = await create_key(house, grace.id)
    elif tampering == "late":
        clock.forward(minutes=11)
    elif tampering == "forged":
        token = "confirm_" + "0" * 32
    else:
        token = "yes please"
    async with assistant.client(key) as client:
        refused = await client.call_tool("schedule_session", {**arguments, "confirmation_token": token})
    assert isinstance(refused, types.CallToolResult)
    assert refusal_in(refused)["code"] == "bad_confirmation"
    assert jobs.enqueued == []


@pytest.mark.parametrize(("answer", "booked"), [("accept", 1), ("untick", 0), ("decline", 0), ("cancel", 0)])
async def test_a_client_that_can_ask_its_user_asks_instead_of_calling_twice(
    house: House, grace: Tenant, role: Pipeline, ada: UUID, jobs: RecordedJobs, answer: str, booked: int
) -> None:
    asked: list[str] = []

    async def ask_the_user(_context: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        if answer in ("decline", "cancel"):
            return types.ElicitResult(action=answer)
        return types.ElicitResult(action="accept", content={"confirm": answer == "accept"})

    assistant = McpFace(house.app, grace.key)
    async with assistant.client(elicitation_callback=ask_the_user) as client:
        result = await client.call_tool(
            "schedule_session",
            {"candidate_id": str(ada), "evaluation_template_id": str(role.template), "stage": "screen"},
        )
    assert isinstance(result, types.CallToolResult)
    assert len(asked) == 1
    assert "“Ada ada@example.com” would get" in asked[0]
    assert len(jobs.enqueued) == booked
    assert bool(result.is_error) is (booked == 0)


async def test_names_stand_for_ids_where_they_can_mean_only_one(
    assistant: McpFace, role: Pipeline, ada: UUID
) -> None:
    booked = await assistant.ask(
        "schedule_session", candidate_id="ada", evaluation_template_id="backend engineer", stage="final"
    )
    assert booked["data"]["candidate_id"] == str(ada)
    assert booked["data"]["interview_id"] == str(role.stages["final"])
    template = await assistant.ask("get_evaluation_template", id="BACKEND  engineer")
    assert template["data"]["id"] == str(role.template)


async def test_an_ambiguous_or_unknown_name_lists_what_there_is(
    assistant: McpFace, house: House, grace: Tenant, role: Pipeline, ada: UUID
) -> None:
    await add_participant(house, grace.id, "ADA", email="a@x.org", email_key="a@x.org", status="archived")
    unclear = await assistant.refused("get_participant", id="ada")
    assert unclear["code"] == "ambiguous_name"
    assert {each["email"]: each.get("status") for each in unclear["candidates"]} == {
        "ada@example.com": None,
        "a@x.org": "archived",
    }
    unknown = await assistant.refused(
        "schedule_session", candidate_id=str(ada), evaluation_template_id="Backend", stage="final"
    )
    assert unknown["code"] == "no_such_name"
    assert unknown["candidates"] == [
        {"id": str(role.template), "name": "Backend Engineer", "created_at": "2026-06-01T09:00:00Z"}
    ]
    stage = await assistant.refused(
        "schedule_session", candidate_id=str(ada), evaluation_template_id=str(role.template), stage="onsite"
    )
    assert {candidate["name"] for candidate in stage["candidates"]} == {"Screen round", "Final round"}


async def test_names_of_another_workspace_mean_nothing(
    assistant: McpFace, mallory: Tenant, ada: UUID
) -> None:
    for name in ("Ada", "ada@example.com"):
        answer = await assistant.refused("get_participant", mallory.key, id=name)
        assert (answer["code"], answer["candidates"]) == ("no_such_name", [])


async def test_records_are_resources_and_others_do_not_exist(
    assistant: McpFace, mallory: Tenant, role: Pipeline, ada: UUID
) -> None:
    async with assistant.client() as client:
        listed = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert listed == {
            "viva://workspace",
            "viva://guide",
            f"viva://evaluation-templates/{role.template}",
        }
        templates = {t.uri_template for t in (await client.list_resource_templates()).resource_templates}
        assert "viva://evaluation-templates/{id}" in templates
        read = await client.read_resource(f"viva://evaluation-templates/{role.template}")
        assert isinstance(read, types.ReadResourceResult)
        assert isinstance(read.contents[0], types.TextResourceContents)
        assert "Final round" in read.contents[0].text
        for uri in (
            "viva://participants/00000000-0000-0000-0000-000000000000",
            "viva://nothing",
            "file:///etc/passwd",
        ):
            with pytest.raises(MCPError):
                await client.read_resource(uri)
    async with assistant.client(mallory.key) as client:
        with pytest.raises(MCPError):
            await client.read_resource(f"viva://participants/{ada}")


async def test_prompts_tell_the_stories_and_complete_names(
    assistant: McpFace, mallory: Tenant, role: Pipeline, ada: UUID
) -> None:
    async with assistant.client() as client:
        prompts = {prompt.name for prompt in (await client.list_prompts()).prompts}
        assert prompts == {"set_up_interview", "schedule_candidates", "review_results"}
        filled = await client.get_prompt("set_up_interview", {"role": "Data Engineer"})
        assert isinstance(filled, types.GetPromptResult)
        assert isinstance(filled.messages[0].content, types.TextContent)
        assert "Data Engineer" in filled.messages[0].content.text
        with pytest.raises(MCPError):
            await client.get_prompt("set_up_interview", {})
        reference = types.PromptReference(name="schedule_candidates")
        found = await client.complete(reference, {"name": "candidates", "value": "ad"})
        assert found.completion.values == ["Ada"]
        by_id = types.ResourceTemplateReference(uri="viva://participants/{id}")
        ids = await client.complete(by_id, {"name": "id", "value": str(ada)[:8]})
        assert str(ada) in ids.completion.values
    async with assistant.client(mallory.key) as client:
        found = await client.complete(reference, {"name": "candidates", "value": "a"})
        assert found.completion.values == []


async def test_concise_answers_leave_out_what_is_empty(assistant: McpFace, ada: UUID) -> None:
    async with assistant.client() as client:
        short = await client.call_tool("get_participant", {"id": str(ada)})
        long = await client.call_tool("get_participant", {"id": str(ada), "detail": "full"})
    assert isinstance(short, types.CallToolResult)
    assert isinstance(long, types.CallToolResult)
    assert "phone" not in (short.structured_content or {})["data"]
    assert (long.structured_content or {})["data"]["phone"] is None


async def test_an_unknown_tool_is_an_error_of_the_protocol(assistant: McpFace) -> None:
    async with assistant.client() as client:
        with pytest.raises(MCPError):
            await client.call_tool("ignore_all_rules", {})


async def test_the_errors_of_every_tool_are_words_and_no_structured_content(assistant: McpFace) -> None:
    async with assistant.client() as client:
        # the SDK's client checks structured content only for tools that it has listed
        await client.list_tools()
        for name, op in CATALOG.items():
            unknown = refusal_in(await client.call_tool(name, {"no_such_argument": 1}))
            assert unknown["issues"][0]["path"] == ["no_such_argument"], name
            if "id" in op.takes.model_fields:
                refusal_in(await client.call_tool(name, {"id": "00000000-0000-7000-8000-000000000000"}))
