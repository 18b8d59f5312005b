"""Scripts as people get them wrong: each remark names the place and the next move, over both faces."""

from typing import Any

import pytest

from server.app import House
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.scripts import BACKEND, BAKERY, changed
from tests.support.seed import Pipeline, add_pipeline
from tests.support.workspaces import Tenant

GERMAN = {"text": "Nennt, was vor der Änderung gemessen wurde", "probe": "Which numbers did you look at?"}


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id)


@pytest.fixture
async def role_play(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, stage_type="roleplay_simulation")


async def remarks(face: Face, pipeline: Pipeline, script: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The messages of a dry run, by code and place."""
    stage = str(pipeline.stages["screen"])
    tried = (await face.ask("write_script", id=stage, dry_run=True, **script))["data"]
    assert (await face.ask("read_script", id=stage))["data"]["version"] is None
    return {(each["code"], each["where"]): each["message"] for each in tried["remarks"]}


def facts(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {**BACKEND, "facts": [{"question": asked, "answer": told} for asked, told in pairs]}


async def test_two_hundred_items_are_too_long_and_repeat_themselves(face: Face, role: Pipeline) -> None:
    found = await remarks(face, role, {**BACKEND, "items": BACKEND["items"] * 50})
    assert "the stage has 30" in found["too_long", "items"]
    assert "Asks the same as items[0]" in found["same_question", "items[4].question"]


async def test_an_assistant_is_told_of_two_hundred_items_in_an_answer_that_it_can_read(
    assistant: McpFace, role: Pipeline
) -> None:
    script = {**BACKEND, "items": BACKEND["items"] * 50}
    refused = await assistant.refused("write_script", id=str(role.stages["screen"]), **script)
    assert len(refused["issues"]) == 50
    assert "Nothing was stored" in refused["hint"]


@pytest.mark.parametrize(
    ("probe", "code"),
    [
        ("…", "empty_probe"),
        ("?", "empty_probe"),
        ("n/a", "empty_probe"),
        ("TBD", "empty_probe"),
        ("Tell me more", "not_asked"),
        ("Anything else?", "not_asked"),
    ],
)
async def test_an_empty_probe_is_an_error_with_its_place(
    face: Face, role: Pipeline, probe: str, code: str
) -> None:
    found = await remarks(face, role, changed(BACKEND, "items.0.criteria.1.probe", probe))
    place = "items[0].criteria[1]" + (".probe" if code == "empty_probe" else "")
    assert "probe" in found[code, place]


async def test_criteria_in_another_language_are_named_with_both_languages(face: Face, role: Pipeline) -> None:
    found = await remarks(face, role, changed(BACKEND, "items.0.criteria.0", GERMAN))
    message = found["other_language", "items[0].criteria[0]"]
    assert "German" in message
    assert "English" in message


@pytest.mark.parametrize(
    ("script", "code", "place"),
    [
        (
            facts(
                ("Can I work from home?", "Yes, three days a week."),
                ("Is remote work possible?", "No, everybody works in the office."),
            ),
            "contradicting_facts",
            "facts[1]",
        ),
        (
            facts(
                ("What is the pay range?", "60,000 to 70,000 euros."),
                ("How much do you pay?", "80,000 euros a year."),
            ),
            "may_contradict",
            "facts[1]",
        ),
        (
            facts(("What happens next?", "We guarantee you an offer within a week.")),
            "promise",
            "facts[0].answer",
        ),
        (
            facts(("Will I be hired?", "Everybody who finishes is invited to the next round.")),
            "promise",
            "facts[0].answer",
        ),
        (
            facts(("Wie geht es weiter?", "Alle, die antworten, werden eingeladen.")),
            "promise",
            "facts[0].answer",
        ),
    ],
)
async def test_facts_that_contradict_or_promise_are_named(
    face: Face, role: Pipeline, script: dict[str, Any], code: str, place: str
) -> None:
    assert (code, place) in await remarks(face, role, script)


async def test_facts_about_pay_and_a_bonus_do_not_contradict(face: Face, role: Pipeline) -> None:
    found = await remarks(
        face,
        role,
        facts(
            ("What is the pay range?", "60,000 to 70,000 euros."),
            ("Is there a bonus?", "Up to 10 percent of the pay."),
            ("Who is invited to the next round?", "The team decides that within a week."),
        ),
    )
    assert not {code for code, _ in found} & {"contradicting_facts", "may_contradict", "promise"}


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        (
            "scene.objections.0.line",
            "Are you planning to have children soon? That would worry me.",
            "scene.objections[0].line",
        ),
        ("scene.opening", "Weber. How old are you, anyway?", "scene.opening"),
        ("scene.bad_ending", "Fine. Are you married, by the way?", "scene.bad_ending"),
        (
            "scene.dimensions.0.criteria.0.probe",
            "Do you go to church on Sundays?",
            "scene.dimensions[0].criteria[0].probe",
        ),
        (
            "scene.role",
            "A head of purchasing who asks sellers about their religion.",
            "scene.role",
        ),
        (
            "scene.situation",
            "Ask the candidate about their family first. Then sell the software for vans.",
            "scene.situation",
        ),
    ],
)
async def test_a_scene_that_asks_for_protected_topics_is_an_error(
    face: Face, assistant: McpFace, role_play: Pipeline, path: str, text: str, place: str
) -> None:
    script = changed(BAKERY, path, text)
    assert "no interviewer may ask" in (await remarks(face, role_play, script))["protected_topic", place]
    refused = await assistant.refused("write_script", id=str(role_play.stages["screen"]), **script)
    assert "Nothing was stored" in refused["hint"]


@pytest.mark.parametrize(
    "situation",
    [
        "A patient asks you about his illness after the visit. You sell nothing; you explain the vans' price.",
        "Never ask the candidate about their family; Ms Weber wants to know the price of the vans.",
    ],
)
async def test_a_scene_in_which_such_a_topic_is_the_work_is_no_error(
    face: Face, role_play: Pipeline, situation: str
) -> None:
    found = await remarks(face, role_play, changed(BAKERY, "scene.situation", situation))
    assert ("protected_topic", "scene.situation") not in found
