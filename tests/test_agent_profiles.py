"""Agent profiles over the faces."""

from typing import Any

import pytest

from tests.house import Tenant
from tests.mcp_face import Face

DIMENSIONS = [
    {"name": "Depth", "description": "Knows why", "weight": 60},
    {"name": "Clarity", "description": "Says it well", "weight": 40},
]


def profile(**more: Any) -> dict[str, Any]:
    return {
        "name": "Alex",
        "persona": "I am Alex, an engineer.",
        "useCase": "hiring",
        "evaluationDimensions": DIMENSIONS,
        **more,
    }


async def test_a_profile_is_camel_case_in_and_out_with_defaults_filled_in(face: Face) -> None:
    made = (await face.ask("create_agent_profile", **profile(interaction={"probingDepth": "high"})))["data"]
    assert made["useCase"] == "hiring"
    assert made["interaction"] == {"probingDepth": "high"}
    assert made["output"] == {
        "includeTranscript": True,
        "includeScoreBreakdown": True,
        "includeRecommendation": True,
        "includeImprovementFeedback": True,
    }
    assert (made["isPublic"], made["forkedFrom"]) == (False, None)
    assert made["createdAt"].endswith("Z")
    assert (await face.ask("get_agent_profile", id=made["id"]))["data"] == made


async def test_the_other_spelling_is_understood_and_a_contradiction_is_not(face: Face) -> None:
    snake = profile(use_case="hiring", is_public=True)
    del snake["useCase"]
    assert (await face.ask("create_agent_profile", **snake))["data"]["isPublic"] is True
    both = await face.send("create_agent_profile", **profile(use_case="training"))
    assert both.status_code == 400


@pytest.mark.parametrize(
    ("weights", "fine"),
    [
        ([60, 40], True),
        ([99.9], False),
        ([33.33, 33.33, 33.34], True),
        ([50, 50.02], False),
        ([100, 0], False),
        ([0.1] * 10 + [99], True),
        ([33.33, 33.33, 33.33], True),
    ],
)
async def test_weights_sum_to_100(face: Face, weights: list[float], fine: bool) -> None:
    rubric = [{"name": f"D{n}", "description": "", "weight": weight} for n, weight in enumerate(weights)]
    answer = await face.send("create_agent_profile", **profile(evaluationDimensions=rubric))
    assert (answer.status_code == 201) is fine
    if not fine:
        assert answer.json()["issues"][0]["path"][0] == "evaluationDimensions"


async def test_changing_merges_groups_and_replaces_the_rubric(face: Face) -> None:
    made = await face.ask(
        "create_agent_profile",
        **profile(interaction={"tone": "strict", "style": "adaptive"}, scoring={"scale": "0-5"}),
    )
    changed = (
        await face.ask(
            "update_agent_profile",
            id=made["data"]["id"],
            interaction={"tone": "friendly"},
            output={"includeTranscript": False},
            evaluationDimensions=[{"name": "All", "description": "", "weight": 100}],
            context=None,
        )
    )["data"]
    assert changed["interaction"] == {"tone": "friendly", "style": "adaptive"}
    assert changed["output"]["includeTranscript"] is False
    assert changed["output"]["includeRecommendation"] is True
    assert changed["scoring"] == {"scale": "0-5"}
    assert [line["name"] for line in changed["evaluationDimensions"]] == ["All"]


async def test_an_empty_change_is_refused(face: Face) -> None:
    made = await face.ask("create_agent_profile", **profile())
    answer = await face.send("update_agent_profile", id=made["data"]["id"])
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_change")


async def test_a_public_profile_can_be_found_read_and_forked_by_others_and_nothing_else(
    face: Face, mallory: Tenant
) -> None:
    private = (await face.ask("create_agent_profile", **profile()))["data"]["id"]
    public = (await face.ask("create_agent_profile", **profile(name="Shared", isPublic=True)))["data"]["id"]
    assert (await face.ask("list_agent_profiles", mallory.key))["meta"]["total"] == 0
    library = await face.ask("list_agent_profiles", mallory.key, visibility="public")
    assert [row["id"] for row in library["data"]] == [public]
    assert (await face.send("get_agent_profile", mallory.key, id=public)).status_code == 200
    assert (await face.send("get_agent_profile", mallory.key, id=private)).status_code == 404
    fork = await face.send("fork_agent_profile", mallory.key, sourceId=public)
    assert fork.status_code == 201
    copy = fork.json()["data"]
    assert (copy["forkedFrom"], copy["isPublic"], copy["name"]) == (public, False, "Shared")
    assert (await face.send("fork_agent_profile", mallory.key, sourceId=private)).status_code == 404
    assert (await face.send("update_agent_profile", mallory.key, id=public, name="x")).status_code == 404
    assert (await face.send("delete_agent_profile", mallory.key, id=public)).status_code == 404


async def test_lists_filter_by_use_case_and_deleting_is_final(face: Face) -> None:
    made = (await face.ask("create_agent_profile", **profile()))["data"]["id"]
    await face.ask("create_agent_profile", **profile(useCase="training"))
    assert (await face.ask("list_agent_profiles", useCase="training"))["meta"]["total"] == 1
    assert (await face.send("list_agent_profiles", useCase="nonsense")).status_code == 400
    assert (await face.send("delete_agent_profile", id=made)).status_code == 204
    assert (await face.send("get_agent_profile", id=made)).status_code == 404
    assert (await face.ask("list_agent_profiles"))["meta"]["total"] == 1
