"""The workspace at a glance, over both faces."""

import httpx
import pytest

from server.app import House
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.workspaces import Tenant


async def test_the_next_step_follows_what_is_there(face: Face, house: House, grace: Tenant) -> None:
    async def said() -> str:
        return str((await face.ask("workspace_status"))["data"]["next_step"])

    assert "create_agent_profile" in await said()
    await face.ask(
        "create_agent_profile",
        name="Alex",
        persona="I am Alex.",
        useCase="hiring",
        evaluationDimensions=[{"name": "Depth", "description": "Knows why", "weight": 100}],
    )
    assert "create_evaluation_template" in await said()
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    template = made["data"]["id"]
    assert "compose_evaluation_stages" in await said()
    await face.ask("create_evaluation_stage", evaluation_template_id=template, type="screen")
    assert "create_participant" in await said()
    ada = (await face.ask("create_participant", name="Ada", email="ada@example.com"))["data"]["id"]
    assert "schedule_sessions" in await said()
    await face.ask("schedule_session", candidate_id=ada, evaluation_template_id=template, stage="screen")
    status = (await face.ask("workspace_status"))["data"]
    assert "list_sessions" in status["next_step"]
    assert (status["agent_profiles"], status["evaluation_templates"]) == (1, 1)
    assert (status["evaluation_stages"], status["participants"]) == (1, 1)
    assert status["sessions"]["scheduled"] == 1
    assert (status["slug"], status["credits_used"], status["mail"]) == ("grace", 1, "outbox")


async def test_nothing_of_other_workspaces_is_counted(
    face: Face, house: House, grace: Tenant, mallory: Tenant
) -> None:
    await add_pipeline(house, grace.id, "screen")
    await add_participant(house, grace.id, "Ada")
    status = (await face.ask("workspace_status", mallory.key))["data"]
    assert (status["slug"], status["evaluation_templates"], status["participants"]) == ("mallory", 0, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_calls_of_assistants_are_counted(assistant: McpFace, http: httpx.AsyncClient) -> None:
    await assistant.ask("workspace_status")
    await assistant.refused("get_participant", id="nobody")
    shown = (await http.get("/metrics")).text
    assert 'viva_calls_total{face="mcp",operation="workspace_status",status="200"}' in shown
    assert 'viva_calls_total{face="mcp",operation="get_participant",status="404"}' in shown
