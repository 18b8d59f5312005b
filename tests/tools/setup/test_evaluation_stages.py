"""Evaluation stages over the faces, one by one and as a pipeline."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.vocabulary import MODE_OF_STAGE, StageType
from server.app import House
from tests.contract.promise import promise
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.rest_face import RestFace
from tests.support.scripts import BAKERY
from tests.support.seed import add_participant
from tests.support.workspaces import Tenant
from tests.tools.setup.test_agent_profiles import profile


@pytest.fixture
async def template(face: Face) -> str:
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    return str(made["data"]["id"])


async def compose(face: Face, template: str, *stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return await face.ask("compose_evaluation_stages", id=template, stages=list(stages), **more)


@promise("stages.create", "stages.defaults", "stages.default-type")
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


@promise("stages.filters", "paging.stages-by-order")
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


@promise("stages.threshold-on-scale")
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
    first = await compose(
        face, template, {"type": "screen", "duration_minutes": 15}, {"type": "technical"}, {"type": "final"}
    )
    assert [change["change"] for change in first["changes"]] == ["created"] * 3
    screen = first["data"][0]["id"]
    ada = await add_participant(house, grace.id)
    await face.ask("schedule_session", candidate_id=str(ada), evaluation_template_id=template, stage="screen")

    shown = await compose(
        face, template, {"type": "final"}, {"type": "Technical", "difficulty": "expert"}, dry_run=True
    )
    wanted = [("updated", "final"), ("updated", "Technical"), ("archived", "screen")]
    assert [(change["change"], change["type"]) for change in shown["changes"]] == wanted
    assert {"name": "difficulty", "before": "intermediate", "after": "expert"} in shown["changes"][1][
        "fields"
    ]
    assert [row["type"] for row in shown["data"]] == ["screen", "technical", "final"]

    second = await compose(face, template, {"type": "final"}, {"type": "technical", "difficulty": "expert"})
    assert [row["type"] for row in second["data"]] == ["final", "technical"]
    assert second["data"][1]["difficulty"] == "expert"
    assert (await face.ask("get_evaluation_stage", id=screen))["data"]["status"] == "archived"

    third = await compose(face, template, {"id": screen, "type": "screen"})
    assert {c["change"] for c in third["changes"]} == {"updated", "deleted"}
    back = third["data"][0]
    assert (back["id"], back["status"], back["duration_minutes"]) == (screen, "active", 15)
    again = await compose(face, template, {"type": "screen"})
    assert [change["change"] for change in again["changes"]] == ["unchanged"]


async def test_one_bad_stage_leaves_the_pipeline_as_it_was(face: Face, template: str) -> None:
    await compose(face, template, {"type": "screen"})
    for bad in (
        {"type": "x", "agent_profile_id": str(uuid4())},
        {"type": "x", "id": str(uuid4())},
        {"type": ""},
    ):
        answer = await face.send("compose_evaluation_stages", id=template, stages=[{"type": "new"}, bad])
        assert answer.status_code in (400, 404), bad
    listed = await face.ask("list_evaluation_stages", evaluation_template_id=template)
    assert [row["type"] for row in listed["data"]] == ["screen"]


@promise("stages.delete-in-use-409", "templates.delete-in-use-409")
async def test_a_stage_with_sessions_cannot_be_deleted(
    face: Face, house: House, grace: Tenant, template: str
) -> None:
    stage = (await face.ask("create_evaluation_stage", evaluation_template_id=template, type="screen"))[
        "data"
    ]["id"]
    ada: UUID = await add_participant(house, grace.id)
    await face.ask("schedule_session", candidate_id=str(ada), evaluation_template_id=template, stage="screen")
    assert (await face.send("delete_evaluation_stage", id=stage)).status_code == 409
    assert (await face.send("delete_evaluation_template", id=template)).status_code == 409


@promise("stages.unknown-template-404", "stages.unknown-profile-404", "errors.404")
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


@promise("stages.create", "stages.enums", "stages.difficulty-words")
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": None}, ["type"]),
        ({"type": "  "}, ["type"]),
        ({"evaluation_template_id": None}, ["evaluation_template_id"]),
        ({"stage_type": "exam"}, ["stage_type"]),
        ({"difficulty": "easy"}, ["difficulty"]),
        ({"difficulty": "hard"}, ["difficulty"]),
        ({"automation_rule": "always"}, ["automation_rule"]),
        ({"status": "gone"}, ["status"]),
        ({"stage_order": -1}, ["stage_order"]),
        ({"stage_order": True}, ["stage_order"]),
        ({"duration_minutes": "long"}, ["duration_minutes"]),
        ({"duration_minutes": 481}, ["duration_minutes"]),
        ({"pass_threshold": -0.5}, ["pass_threshold"]),
        ({"pass_threshold": 101}, ["pass_threshold"]),
        ({"pass_threshold": False}, ["pass_threshold"]),
        ({"allow_retake": "sometimes"}, ["allow_retake"]),
        ({"stage_name": "a\x00"}, ["stage_name"]),
    ],
)
async def test_bad_input_names_its_field(
    face: Face, template: str, change: dict[str, Any], path: list[Any]
) -> None:
    sent = {"evaluation_template_id": template, "type": "screen", **change}
    answer = await face.send("create_evaluation_stage", **sent)
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"] == path
    composed_too = {"type": "screen", **change}
    if path[0] in ("type", "stage_type", "difficulty", "duration_minutes", "pass_threshold", "allow_retake"):
        whole = await face.send("compose_evaluation_stages", id=template, stages=[composed_too])
        assert whole.status_code == 400
        assert whole.json()["issues"][0]["path"] == ["stages", 0, *path]
    assert (await face.ask("list_evaluation_stages"))["meta"]["total"] == 0


@promise("stages.patch", "stages.patch-more", "stages.enums", "patch.null-clears")
async def test_changing_a_stage_keeps_what_is_not_sent(face: Face, template: str) -> None:
    own = (await face.ask("create_agent_profile", **profile()))["data"]["id"]
    other = (await face.ask("create_evaluation_template", template_name="O", use_case="hiring"))["data"]["id"]
    made = (
        await face.ask(
            "create_evaluation_stage",
            evaluation_template_id=template,
            type="screen",
            stage_name="Phone screen",
            agent_profile_id=own,
            pass_threshold=7,
        )
    )["data"]
    sent: dict[str, Any] = {
        "type": "hr",
        "stage_type": "practice_session",
        "stage_order": 3,
        "duration_minutes": 20,
        "difficulty": "expert",
        "automation_rule": "auto_advance",
        "allow_retake": True,
        "status": "draft",
    }
    # an assistant's unknown names are refused
    ignored = {"evaluation_template_id": other} if face.name == "rest" else {}
    changed = await face.ask("update_evaluation_stage", id=made["id"], **sent, pass_threshold=None, **ignored)
    assert changed["data"] == made | sent | {"pass_threshold": None}
    assert (await face.ask("get_evaluation_stage", id=made["id"]))["data"] == changed["data"]
    for wrong in (
        {"stage_type": "exam"},
        {"difficulty": "easy"},
        {"automation_rule": "x"},
        {"type": None},
        {},
    ):
        assert (await face.send("update_evaluation_stage", id=made["id"], **wrong)).status_code == 400, wrong


@promise("stages.unknown-template-404", "stages.unknown-profile-404")
async def test_a_template_or_profile_that_does_not_exist_is_not_found(face: Face, template: str) -> None:
    for wrong in ({"evaluation_template_id": str(uuid4())}, {"agent_profile_id": str(uuid4())}):
        sent = {"evaluation_template_id": template, "type": "x", **wrong}
        answer = await face.send("create_evaluation_stage", **sent)
        assert (answer.status_code, answer.json()["field"]) == (404, next(iter(wrong)))
    nowhere = await face.send("compose_evaluation_stages", id=str(uuid4()), stages=[{"type": "x"}])
    assert nowhere.status_code == 404


@promise("stages.mode")
@pytest.mark.parametrize("kind", StageType)
async def test_the_type_of_a_stage_is_the_mode_of_its_sessions(
    face: Face, house: House, grace: Tenant, template: str, kind: StageType
) -> None:
    await compose(face, template, {"type": "one", "stage_type": kind.value})
    if kind is StageType.roleplay_simulation:
        # an assistant invites nobody to a role play for which nobody wrote a scene
        [stage] = (await face.ask("list_evaluation_stages", evaluation_template_id=template))["data"]
        await face.ask("write_script", id=stage["id"], **BAKERY)
    ada = await add_participant(house, grace.id)
    booked = await face.ask(
        "schedule_session", candidate_id=str(ada), evaluation_template_id=template, stage="one"
    )
    assert booked["data"]["session_mode"] == MODE_OF_STAGE[kind]


@promise("stages.delete")
async def test_a_stage_without_sessions_is_deleted_for_good(face: Face, template: str) -> None:
    [stage] = (await compose(face, template, {"type": "screen"}))["data"]
    assert (await face.send("delete_evaluation_stage", id=stage["id"])).status_code == 204
    assert (await face.send("get_evaluation_stage", id=stage["id"])).status_code == 404
    assert (await face.ask("list_evaluation_stages"))["meta"]["total"] == 0


async def test_a_dry_run_changes_nothing_and_names_what_would_be_made(face: Face, template: str) -> None:
    await compose(face, template, {"type": "screen"})
    before = await face.ask("list_evaluation_stages", evaluation_template_id=template)
    shown = await compose(face, template, {"type": "technical"}, {"type": "final"}, dry_run=True)
    assert [(change["change"], change["type"], change.get("id")) for change in shown["changes"][:2]] == [
        ("created", "technical", None),
        ("created", "final", None),
    ]
    assert shown["changes"][2]["change"] == "deleted"
    assert shown["dry_run"] is True
    assert await face.ask("list_evaluation_stages", evaluation_template_id=template) == before


async def test_two_that_compose_at_once_end_in_one_pipeline(face: Face, template: str) -> None:
    kinds = [{"type": "screen"}, {"type": "technical"}, {"type": "final"}]
    answers = await asyncio.gather(*(compose(face, template, *kinds) for _ in range(4)))
    assert sum(change["change"] == "created" for answer in answers for change in answer["changes"]) == 3
    assert (await face.ask("list_evaluation_stages"))["meta"]["total"] == 3


async def test_a_draft_stays_a_draft_until_it_is_said(face: Face, template: str) -> None:
    first = await compose(face, template, {"type": "screen", "status": "draft"})
    assert first["data"][0]["status"] == "draft"
    again = await compose(face, template, {"type": "screen", "duration_minutes": None})
    assert (again["data"][0]["status"], again["changes"][0]["change"]) == ("draft", "unchanged")
    told = await compose(face, template, {"type": "screen", "status": "active"})
    assert told["data"][0]["status"] == "active"
    wrong = [{"type": "screen", "status": "archived"}]
    assert (await face.send("compose_evaluation_stages", id=template, stages=wrong)).status_code == 400


async def test_a_pass_mark_in_a_pipeline_is_named_by_its_place(face: Face, template: str) -> None:
    five = (await face.ask("create_agent_profile", **profile(scoring={"scale": "0-5"})))["data"]["id"]
    wanted = [{"type": "screen"}, {"type": "final", "agent_profile_id": five, "pass_threshold": 6}]
    answer = await face.send("compose_evaluation_stages", id=template, stages=wanted)
    assert answer.json()["issues"][0]["path"] == ["stages", 1, "pass_threshold"]
    await compose(face, template, {"type": "final", "pass_threshold": 60})
    attached = [{"type": "final", "agent_profile_id": five}]
    late = await face.send("compose_evaluation_stages", id=template, stages=attached)
    assert late.json()["issues"][0]["path"] == ["stages", 0, "pass_threshold"]


async def test_an_assistant_names_the_interviewer_of_each_stage(assistant: McpFace, rest: RestFace) -> None:
    alex = (await rest.ask("create_agent_profile", **profile(name="Alex")))["data"]["id"]
    sam = (await rest.ask("create_agent_profile", **profile(name="Sam")))["data"]["id"]
    await rest.ask("create_evaluation_template", template_name="Backend Engineer", use_case="hiring")
    stages = [{"type": "screen", "agent_profile_id": "alex"}, {"type": "final", "agent_profile_id": "Sam"}]
    done = await assistant.ask("compose_evaluation_stages", id="backend engineer", stages=stages)
    assert [stage["agent_profile_id"] for stage in done["data"]] == [alex, sam]
    stages[1]["agent_profile_id"] = "Nobody"
    refused = await assistant.refused("compose_evaluation_stages", id="backend engineer", stages=stages)
    assert (refused["code"], refused["field"]) == ("no_such_name", "stages.1.agent_profile_id")
    assert {entry["name"] for entry in refused["candidates"]} == {"Alex", "Sam"}
    by_name = await rest.send("create_evaluation_stage", evaluation_template_id="backend engineer", type="x")
    assert by_name.status_code == 400


@pytest.mark.parametrize("stages", [[], [{"type": "x"}] * 51, "screen", [5], None])
async def test_a_pipeline_has_one_to_fifty_stages(face: Face, template: str, stages: Any) -> None:
    answer = await face.send("compose_evaluation_stages", id=template, stages=stages)
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"][0] == "stages"
