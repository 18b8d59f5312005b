"""Evaluation stages over the faces, one by one and as a pipeline."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from server.app import House
from tests.house import Tenant
from tests.mcp_face import Face
from tests.seed import person
from tests.test_agent_profiles import profile


@pytest.fixture
async def template(face: Face) -> str:
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    return str(made["data"]["id"])


async def composed(face: Face, template: str, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return await face.ask("compose_evaluation_stages", id=template, stages=list(stages), **more)


async def test_a_stage_is_made_with_defaults_filled_in(face: Face, template: str) -> None:
    made = (await face.ask("create_evaluation_stage", evaluation_template_id=template, type="screen"))["data"]
    expected = {
        "stage_type": "ai_interview",
        "stage_order": 0,
        "duration_minutes": 30,
        "difficulty": "intermediate",
        "pass_threshold": None,
        "allow_retake": False,
        "automation_rule": "none",
        "status": "active",
        "agent_profile_id": None,
    }
    assert expected.items() <= made.items()
    assert (await face.ask("get_evaluation_stage", id=made["id"]))["data"] == made


async def test_stages_are_listed_by_their_order_and_filtered(face: Face, template: str) -> None:
    for place, kind in ((2, "final"), (0, "screen"), (1, "technical")):
        await face.ask(
            "create_evaluation_stage",
            evaluation_template_id=template,
            type=kind,
            stage_order=place,
            status="draft",
        )
    listed = await face.ask("list_evaluation_stages", evaluation_template_id=template, status="draft")
    assert [row["type"] for row in listed["data"]] == ["screen", "technical", "final"]
    assert listed["meta"]["total"] == 3
    assert (await face.ask("list_evaluation_stages", status="active"))["meta"]["total"] == 0


async def test_a_pass_mark_must_lie_on_the_scale_of_the_profile(face: Face, template: str) -> None:
    five = (await face.ask("create_agent_profile", **profile(scoring={"scale": "0-5"})))["data"]["id"]
    stage = {"evaluation_template_id": template, "type": "screen", "agent_profile_id": five}
    beyond = await face.send("create_evaluation_stage", **stage, pass_threshold=6)
    assert (beyond.status_code, beyond.json()["issues"][0]["path"]) == (400, ["pass_threshold"])
    made = (await face.ask("create_evaluation_stage", **stage, pass_threshold=4))["data"]
    assert (await face.send("update_evaluation_stage", id=made["id"], pass_threshold=5.5)).status_code == 400
    assert (
        await face.send("update_evaluation_stage", id=made["id"], agent_profile_id=None)
    ).status_code == 200
    assert (await face.send("update_evaluation_stage", id=made["id"], pass_threshold=50)).status_code == 200


async def test_a_pipeline_is_composed_changed_and_retired_in_single_calls(
    face: Face, house: House, grace: Tenant, template: str
) -> None:
    first = await composed(
        face, template, {"type": "screen", "duration_minutes": 15}, {"type": "technical"}, {"type": "final"}
    )
    assert [change["change"] for change in first["changes"]] == ["created"] * 3
    screen = first["data"][0]["id"]
    ada = await person(house, grace.id)
    await face.ask("schedule_session", candidate_id=str(ada), evaluation_template_id=template, stage="screen")

    shown = await composed(
        face, template, {"type": "final"}, {"type": "Technical", "difficulty": "expert"}, dry_run=True
    )
    wanted = {("updated", "final"), ("updated", "Technical"), ("archived", "screen")}
    assert {(change["change"], change["type"]) for change in shown["changes"]} == wanted
    assert [row["type"] for row in shown["data"]] == ["screen", "technical", "final"]

    second = await composed(face, template, {"type": "final"}, {"type": "technical", "difficulty": "expert"})
    assert [row["type"] for row in second["data"]] == ["final", "technical"]
    assert second["data"][1]["difficulty"] == "expert"
    assert (await face.ask("get_evaluation_stage", id=screen))["data"]["status"] == "archived"

    third = await composed(face, template, {"id": screen, "type": "screen"})
    assert {c["change"] for c in third["changes"]} == {"updated", "deleted"}
    back = third["data"][0]
    assert (back["id"], back["status"], back["duration_minutes"]) == (screen, "active", 15)
    again = await composed(face, template, {"type": "screen"})
    assert [change["change"] for change in again["changes"]] == ["unchanged"]


async def test_one_bad_stage_leaves_the_pipeline_as_it_was(face: Face, template: str) -> None:
    await composed(face, template, {"type": "screen"})
    for bad in (
        {"type": "x", "agent_profile_id": str(uuid4())},
        {"type": "x", "id": str(uuid4())},
        {"type": ""},
    ):
        answer = await face.send("compose_evaluation_stages", id=template, stages=[{"type": "new"}, bad])
        assert answer.status_code in (400, 404), bad
    listed = await face.ask("list_evaluation_stages", evaluation_template_id=template)
    assert [row["type"] for row in listed["data"]] == ["screen"]


async def test_a_stage_with_sessions_cannot_be_deleted(
    face: Face, house: House, grace: Tenant, template: str
) -> None:
    stage = (await face.ask("create_evaluation_stage", evaluation_template_id=template, type="screen"))[
        "data"
    ]["id"]
    ada: UUID = await person(house, grace.id)
    await face.ask("schedule_session", candidate_id=str(ada), evaluation_template_id=template, stage="screen")
    assert (await face.send("delete_evaluation_stage", id=stage)).status_code == 409
    assert (await face.send("delete_evaluation_template", id=template)).status_code == 409


async def test_mallory_cannot_see_or_use_anything_of_it(face: Face, mallory: Tenant, template: str) -> None:
    stage = (await face.ask("create_evaluation_stage", evaluation_template_id=template, type="screen"))[
        "data"
    ]["id"]
    own = (await face.ask("create_agent_profile", **profile()))["data"]["id"]
    for operation, args in (
        ("get_evaluation_stage", {"id": stage}),
        ("update_evaluation_stage", {"id": stage, "type": "x"}),
        ("delete_evaluation_stage", {"id": stage}),
        ("create_evaluation_stage", {"evaluation_template_id": template, "type": "x"}),
        ("compose_evaluation_stages", {"id": template, "stages": [{"type": "x"}]}),
    ):
        assert (await face.send(operation, mallory.key, **args)).status_code == 404, operation
    theirs = (
        await face.ask("create_evaluation_template", mallory.key, template_name="T", use_case="hiring")
    )["data"]["id"]
    foreign = {"evaluation_template_id": theirs, "type": "x", "agent_profile_id": own}
    assert (await face.send("create_evaluation_stage", mallory.key, **foreign)).status_code == 404
    assert (await face.ask("list_evaluation_stages", mallory.key))["meta"]["total"] == 0
