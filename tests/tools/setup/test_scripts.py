"""Scripts of stages: written in one call, checked first, read back, and a gate before people are invited."""

import copy
from typing import Any

import pytest
import sqlalchemy as sa

from server.app import House
from storage.schema.tables import StageScript, table
from storage.setup import scripts
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.rest_face import RestFace
from tests.support.scripts import BACKEND, BAKERY, changed
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant

NOT_ASKED = changed(
    BACKEND, "items.2.criteria.0", {"text": "Compares the licence fees of two vendors", "probe": "What else?"}
)


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id)


@pytest.fixture
async def role_play(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, stage_type="roleplay_simulation")


async def test_a_script_is_tried_written_read_and_asked(face: Face, role: Pipeline) -> None:
    stage = str(role.stages["screen"])
    tried = (await face.ask("write_script", id=stage, dry_run=True, **BACKEND))["data"]
    assert (tried["ready"], tried["version"], tried["dry_run"]) == (True, None, True)
    assert [step["at_minute"] for step in tried["course"]] == [0, 8, 15, 21]
    assert (tried["minutes"], tried["stage_minutes"]) == (26, 30)
    before = (await face.ask("read_script", id=stage))["data"]
    assert (before["source"], before["version"]) == ("library", None)
    written = (await face.ask("write_script", id=stage, if_version=0, **BACKEND))["data"]
    assert (written["version"], written["ready"]) == (1, True)
    read = (await face.ask("read_script", id=stage))["data"]
    assert (read["source"], read["version"], read["ready"]) == ("script", 1, True)
    assert read["written_by"].startswith("key:")
    assert read["script"]["items"][0]["question"] == BACKEND["items"][0]["question"]
    plan = (await face.ask("preview_interview", id=stage))["data"]["plan"]
    assert [item["questions"][1] for item in plan["items"]] == [each["question"] for each in BACKEND["items"]]
    assert plan["source"] == "script"
    assert plan["facts"] == BACKEND["facts"]
    assert (plan["opening"], plan["closing"]) == (BACKEND["opening"], BACKEND["closing"])
    first = plan["items"][0]
    assert first["questions"][0] == BACKEND["items"][0]["easier"]
    assert [each["probe"] for each in first["criteria"]] == [
        c["probe"] for c in BACKEND["items"][0]["criteria"]
    ]


async def test_what_was_read_can_be_written_back(face: Face, role: Pipeline) -> None:
    stage = str(role.stages["screen"])
    shown = (await face.ask("read_script", id=stage))["data"]["script"]
    written = (await face.ask("write_script", id=stage, **shown))["data"]
    assert written["version"] == 1
    assert (await face.ask("read_script", id=stage))["data"]["script"] == shown


async def test_a_dry_run_stores_nothing_and_is_never_refused_for_remarks(face: Face, role: Pipeline) -> None:
    stage = str(role.stages["screen"])
    tried = (await face.ask("write_script", id=stage, dry_run=True, **NOT_ASKED))["data"]
    assert tried["ready"] is False
    assert ("not_asked", "items[2].criteria[0]") in {
        (each["code"], each["where"]) for each in tried["remarks"]
    }
    assert (await face.ask("read_script", id=stage))["data"]["source"] == "library"


async def test_an_assistant_cannot_store_what_a_program_may(
    assistant: McpFace, rest: RestFace, role: Pipeline
) -> None:
    stage = str(role.stages["screen"])
    refused = await assistant.refused("write_script", id=stage, **NOT_ASKED)
    assert ["items", 2, "criteria", 0] in [issue["path"] for issue in refused["issues"]]
    assert (await assistant.ask("read_script", id=stage))["data"]["version"] is None
    stored = (await rest.ask("write_script", id=stage, **NOT_ASKED))["data"]
    assert (stored["version"], stored["ready"]) == (1, False)
    assert (await rest.ask("read_script", id=stage))["data"]["ready"] is False


async def test_a_dimension_that_the_interviewer_lacks_is_refused_with_those_that_it_has(
    face: Face, role: Pipeline
) -> None:
    profile = (
        await face.ask(
            "create_agent_profile",
            name="Ada",
            useCase="hiring",
            persona="An engineer",
            evaluationDimensions=[
                {"name": "System design", "description": "Weighs options", "weight": 60},
                {"name": "Communication", "description": "Is understood", "weight": 40},
            ],
        )
    )["data"]["id"]
    stage = str(role.stages["screen"])
    await face.ask("update_evaluation_stage", id=stage, agent_profile_id=profile)
    refused = await face.refused("write_script", id=stage, **BACKEND)
    (issue,) = refused["issues"]
    assert issue["path"] == ["items", 3, "dimension"]
    assert "System design, Communication" in issue["message"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"items": []}, ["items"]),
        ({"items": [{"question": "How?", "dimension": "X", "criteria": []}]}, ["items", 0, "criteria"]),
        ({"items": BACKEND["items"] * 51}, ["items"]),
        ({"facts": [{"question": "Pay?", "answer": ""}]}, ["facts", 0, "answer"]),
        ({"language": "klingon!"}, ["language"]),
    ],
)
async def test_half_a_script_is_refused_by_field(
    face: Face, role: Pipeline, change: dict[str, Any], path: list[Any]
) -> None:
    stage = str(role.stages["screen"])
    refused = await face.refused("write_script", id=stage, **{**BACKEND, **change})
    assert refused["issues"][0]["path"] == path
    assert (await face.ask("read_script", id=stage))["data"]["version"] is None


async def test_an_empty_probe_is_refused_by_its_place(face: Face, role: Pipeline) -> None:
    script = changed(BACKEND, "items.0.criteria.1.probe", " ")
    refused = await face.refused("write_script", id=str(role.stages["screen"]), **script)
    assert refused["issues"][0]["path"] == ["items", 0, "criteria", 1, "probe"]


async def test_a_script_of_more_than_256_kib_is_refused_in_words(face: Face, role: Pipeline) -> None:
    item = changed(BACKEND["items"][0], "question", "x" * 590)
    for at in range(3):
        item = changed(item, f"criteria.{at}", {"text": "y" * 590, "probe": "z" * 590})
    script = {**BACKEND, "items": [item] * 100}
    refused = await face.refused("write_script", id=str(role.stages["screen"]), dry_run=True, **script)
    assert "256 KiB" in refused["issues"][0]["message"]


async def test_a_version_that_is_no_longer_there_is_refused(face: Face, role: Pipeline) -> None:
    stage = str(role.stages["screen"])
    await face.ask("write_script", id=stage, **BACKEND)
    await face.ask("write_script", id=stage, if_version=1, **BACKEND)
    refused = await face.refused(
        "write_script", id=stage, if_version=1, **changed(BACKEND, "closing", "Bye.")
    )
    assert (refused["code"], refused["version"]) == ("script_changed", 2)
    assert (await face.ask("read_script", id=stage))["data"]["script"]["closing"] == BACKEND["closing"]


async def test_mallory_neither_reads_nor_writes_a_script_of_graces(
    face: Face, role: Pipeline, mallory: Tenant, house: House
) -> None:
    stage = str(role.stages["screen"])
    await face.ask("write_script", id=stage, **BACKEND)
    assert (await face.send("read_script", mallory.key, id=stage)).status_code == 404
    assert (await face.send("write_script", mallory.key, id=stage, **BACKEND)).status_code == 404
    assert await house.store.read(lambda db: scripts.get(db, mallory.id, role.stages["screen"])) is None


@pytest.mark.parametrize("gone", ["stage", "template", "composed"])
async def test_a_script_goes_with_its_stage(face: Face, role: Pipeline, house: House, gone: str) -> None:
    stage, template = str(role.stages["screen"]), str(role.template)
    await face.ask("write_script", id=stage, **BACKEND)
    if gone == "stage":
        await face.ask("delete_evaluation_stage", id=stage)
    elif gone == "template":
        question = {"question": "How do you find a slow query?"}
        await face.ask("create_question", evaluation_template_id=template, **question)
        await face.ask("delete_evaluation_template", id=template)
    else:
        await face.ask("compose_evaluation_stages", id=template, stages=[{"type": "final"}])
    count = sa.select(sa.func.count()).select_from(table(StageScript))
    assert await house.store.read(lambda db: db.execute(count).scalar_one()) == 0


# --- the gate -------------------------------------------------------------------------------------------


async def booking(house: House, grace: Tenant, role: Pipeline) -> dict[str, Any]:
    person = await add_participant(house, grace.id)
    return {
        "evaluation_template_id": str(role.template),
        "candidate_id": str(person),
        "stage": "screen",
    }


async def test_nobody_is_invited_by_an_assistant_to_a_script_with_errors(
    assistant: McpFace, rest: RestFace, role: Pipeline, house: House, grace: Tenant
) -> None:
    stage = str(role.stages["screen"])
    await rest.ask("write_script", id=stage, **NOT_ASKED)
    wanted = await booking(house, grace, role)
    refused = await assistant.refused("schedule_session", **wanted)
    assert refused["code"] == "script_not_ready"
    assert refused["remarks"][0]["where"] == "items[2].criteria[0]"
    many = {**wanted, "candidate_ids": [wanted["candidate_id"]]}
    del many["candidate_id"]
    assert (await assistant.refused("schedule_sessions", **many))["code"] == "script_not_ready"
    booked = await rest.ask("schedule_session", **wanted)
    assert any("items[2].criteria[0]" in said for said in booked["warnings"])


async def test_a_role_play_without_a_scene_is_refused_to_an_assistant_and_booked_over_rest_with_a_warning(
    assistant: McpFace, rest: RestFace, role_play: Pipeline, house: House, grace: Tenant
) -> None:
    wanted = await booking(house, grace, role_play)
    refused = await assistant.refused("schedule_session", **wanted)
    assert refused["code"] == "script_not_ready"
    assert "write_script" in refused["hint"]
    booked = await rest.ask("schedule_session", **wanted)
    assert "scene" in booked["warnings"][0]


async def test_a_role_play_with_a_scene_is_booked_by_an_assistant(
    assistant: McpFace, role_play: Pipeline, house: House, grace: Tenant
) -> None:
    stage = str(role_play.stages["screen"])
    scene = copy.deepcopy(BAKERY)
    await assistant.ask("write_script", id=stage, **scene)
    wanted = await booking(house, grace, role_play)
    preview = (await assistant.send_once("schedule_session", **wanted)).json()
    assert preview["confirmation_required"] is True
    assert preview["would"]["warnings"] == ["scene: No line of the scene gives occasion for Python."]


async def test_a_stage_without_a_script_is_booked_and_the_preview_says_what_serves(
    assistant: McpFace, role: Pipeline, house: House, grace: Tenant
) -> None:
    wanted = await booking(house, grace, role)
    preview = (await assistant.send_once("schedule_session", **wanted)).json()
    assert "library" in preview["would"]["warnings"][0]
