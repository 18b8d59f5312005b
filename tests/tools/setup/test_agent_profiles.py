"""Agent profiles over the faces."""

from typing import Any
from uuid import uuid4

import pytest

from tests.contract.promise import promise
from tests.support.faces import Face
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant

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


@promise(
    "profiles.create",
    "profiles.camel-case",
    "profiles.output-defaults",
    "profiles.private-by-default",
    "profiles.timestamps",
    "envelope.one",
)
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


@promise("profiles.other-spelling", "profiles.two-spellings-400")
async def test_the_other_spelling_is_understood_and_a_contradiction_is_not(face: Face) -> None:
    snake = profile(use_case="hiring", is_public=True)
    del snake["useCase"]
    assert (await face.ask("create_agent_profile", **snake))["data"]["isPublic"] is True
    both = await face.send("create_agent_profile", **profile(use_case="training"))
    assert both.status_code == 400


@promise("profiles.weights-100")
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


@promise("profiles.patch", "profiles.patch-output", "patch.objects-merge", "patch.arrays-replace")
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


@promise("patch.empty-400")
async def test_an_empty_change_is_refused(face: Face) -> None:
    made = await face.ask("create_agent_profile", **profile())
    answer = await face.send("update_agent_profile", id=made["data"]["id"])
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_change")


@promise("profiles.list", "profiles.fork", "profiles.fork-private", "profiles.fork-404", "errors.404")
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
    copy = (await face.ask("fork_agent_profile", mallory.key, sourceId=public))["data"]
    assert (copy["forkedFrom"], copy["isPublic"], copy["name"]) == (public, False, "Shared")
    assert (await face.send("fork_agent_profile", mallory.key, sourceId=private)).status_code == 404
    assert (await face.send("update_agent_profile", mallory.key, id=public, name="x")).status_code == 404
    assert (await face.send("delete_agent_profile", mallory.key, id=public)).status_code == 404


@promise("profiles.filter-use-case", "profiles.delete", "paging.bad-enum-400")
async def test_lists_filter_by_use_case_and_deleting_is_final(face: Face) -> None:
    made = (await face.ask("create_agent_profile", **profile()))["data"]["id"]
    await face.ask("create_agent_profile", **profile(useCase="training"))
    assert (await face.ask("list_agent_profiles", useCase="training"))["meta"]["total"] == 1
    assert (await face.send("list_agent_profiles", useCase="nonsense")).status_code == 400
    assert (await face.send("delete_agent_profile", id=made)).status_code == 204
    assert (await face.send("get_agent_profile", id=made)).status_code == 404
    assert (await face.ask("list_agent_profiles"))["meta"]["total"] == 1


@promise("profiles.create")
@pytest.mark.parametrize("missing", ["name", "persona", "useCase", "evaluationDimensions"])
async def test_name_persona_use_case_and_rubric_are_required(face: Face, missing: str) -> None:
    answer = await face.send("create_agent_profile", **{k: v for k, v in profile().items() if k != missing})
    assert answer.status_code == 400
    assert [issue["path"] for issue in answer.json()["issues"]] == [[missing]]


async def test_what_was_sent_is_what_is_read(rest: RestFace) -> None:
    sent = profile(
        context={"organizationContext": "ACME", "domainContext": "payments", "scenarioContext": "outage"},
        interaction={"tone": "strict", "style": "adaptive", "difficulty": "hard", "probingDepth": "low"},
        scoring={
            "scale": "0-100",
            "scoringMethod": "rule_based",
            "recommendationLogic": {"hire": {"min_score": 80, "never_rename_me": None}},
        },
        output={
            "includeTranscript": False,
            "includeScoreBreakdown": True,
            "includeRecommendation": True,
            "includeImprovementFeedback": False,
        },
        additionalInstructions="Be brief.",
        isPublic=True,
    )
    made = await rest.send("create_agent_profile", **sent)
    assert sent.items() <= made.json()["data"].items()
    assert '"weight":60}' in made.text  # 60, as it was sent, not 60.0


@promise("profiles.enums")
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"useCase": "sales"}, ["useCase"]),
        ({"interaction": {"tone": "rude"}}, ["interaction", "tone"]),
        ({"interaction": {"style": "free"}}, ["interaction", "style"]),
        ({"interaction": {"difficulty": "beginner"}}, ["interaction", "difficulty"]),
        ({"interaction": {"probingDepth": "deep"}}, ["interaction", "probingDepth"]),
        ({"scoring": {"scale": "0-7"}}, ["scoring", "scale"]),
        ({"scoring": {"scoringMethod": "vibes"}}, ["scoring", "scoringMethod"]),
        ({"scoring": {"recommendationLogic": 5}}, ["scoring", "recommendationLogic"]),
        ({"output": {"includeTranscript": "perhaps"}}, ["output", "includeTranscript"]),
        ({"isPublic": "perhaps"}, ["isPublic"]),
        ({"name": " "}, ["name"]),
        ({"name": 5}, ["name"]),
        ({"persona": "a\x00b"}, ["persona"]),
        ({"context": []}, ["context"]),
        ({"evaluationDimensions": []}, ["evaluationDimensions"]),
        ({"evaluationDimensions": "none"}, ["evaluationDimensions"]),
        ({"evaluationDimensions": [{"name": "A"}]}, ["evaluationDimensions", 0, "weight"]),
        ({"evaluationDimensions": [{"name": "A", "weight": True}]}, ["evaluationDimensions", 0, "weight"]),
        ({"evaluationDimensions": [{"name": "A", "weight": 1e400}]}, ["evaluationDimensions", 0, "weight"]),
        (
            {"evaluationDimensions": [{"name": "A", "weight": 50}, {"name": "a", "weight": 50}]},
            ["evaluationDimensions", 1, "name"],
        ),
        (
            {"evaluationDimensions": [{"name": str(n), "weight": 4} for n in range(25)]},
            ["evaluationDimensions"],
        ),
    ],
)
async def test_bad_input_names_its_field(face: Face, change: dict[str, Any], path: list[Any]) -> None:
    if "inf" in repr(change) and isinstance(face, RestFace):
        pytest.skip("JSON cannot say infinity")
    answer = await face.send("create_agent_profile", **profile(**change))
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"][: len(path)] == path
    assert (await face.ask("list_agent_profiles"))["meta"]["total"] == 0


async def test_null_on_creation_means_left_out(face: Face) -> None:
    nothing = dict.fromkeys(["context", "interaction", "scoring", "output", "isPublic"])
    made = (await face.ask("create_agent_profile", **profile(**nothing, additionalInstructions=None)))["data"]
    assert (made["context"], made["isPublic"], made["output"]["includeTranscript"]) == ({}, False, True)


@promise("patch.null-clears")
async def test_null_takes_a_group_or_a_member_back_to_its_default(face: Face) -> None:
    sent = profile(
        context={"domainContext": "payments"},
        scoring={"scale": "0-5", "scoringMethod": "rule_based"},
        output={"includeTranscript": False, "includeRecommendation": False},
        additionalInstructions="Be brief.",
    )
    made = (await face.ask("create_agent_profile", **sent))["data"]
    changed = (
        await face.ask(
            "update_agent_profile",
            id=made["id"],
            context=None,
            scoring={"scale": None},
            output={"includeTranscript": None},
            additionalInstructions=None,
        )
    )["data"]
    assert (changed["context"], changed["scoring"]) == ({}, {"scoringMethod": "rule_based"})
    assert (changed["output"]["includeTranscript"], changed["output"]["includeRecommendation"]) == (
        True,
        False,
    )
    assert changed["additionalInstructions"] is None
    whole = (await face.ask("update_agent_profile", id=made["id"], output=None))["data"]
    assert whole["output"]["includeRecommendation"] is True
    assert (await face.ask("get_agent_profile", id=made["id"]))["data"] == whole
    assert (await face.send("update_agent_profile", id=made["id"], name=None)).status_code == 400


@promise("profiles.use-case-fixed")
async def test_the_use_case_is_fixed(face: Face, rest: RestFace) -> None:
    made = (await face.ask("create_agent_profile", **profile()))["data"]
    changed = await rest.ask("update_agent_profile", id=made["id"], useCase="training", name="Sam")
    assert (changed["data"]["useCase"], changed["data"]["name"]) == ("hiring", "Sam")
    assert (await face.send("update_agent_profile", id=made["id"], useCase="training")).status_code == 400


async def test_a_refused_change_leaves_everything_as_it_was(face: Face) -> None:
    made = (await face.ask("create_agent_profile", **profile()))["data"]
    answer = await face.send(
        "update_agent_profile",
        id=made["id"],
        name="Other",
        evaluationDimensions=[{"name": "All", "weight": 99.9}],
    )
    assert (answer.status_code, answer.json()["issues"][0]["code"]) == (400, "weights_sum")
    assert (await face.ask("get_agent_profile", id=made["id"]))["data"] == made


@promise("profiles.fork", "profiles.fork-404", "envelope.created-201")
async def test_a_fork_can_be_changed_and_outlives_its_source(face: Face, mallory: Tenant) -> None:
    source = (await face.ask("create_agent_profile", **profile(isPublic=True)))["data"]["id"]
    answer = await face.send("fork_agent_profile", mallory.key, source_id=source)
    assert answer.status_code == 201
    copy = answer.json()["data"]["id"]
    renamed = await face.ask("update_agent_profile", mallory.key, id=copy, name="Mine", isPublic=True)
    assert renamed["data"]["forkedFrom"] == source
    assert (await face.ask("get_agent_profile", id=source))["data"]["name"] == "Alex"
    assert (await face.send("delete_agent_profile", id=source)).status_code == 204
    assert (await face.ask("get_agent_profile", mallory.key, id=copy))["data"]["name"] == "Mine"
    assert (await face.send("fork_agent_profile", mallory.key, sourceId=source)).status_code == 404
    assert (await face.send("fork_agent_profile", mallory.key, sourceId=str(uuid4()))).status_code == 404
    assert (await face.send("fork_agent_profile", mallory.key)).status_code == 400


@promise("profiles.delete-in-use-409")
async def test_a_profile_in_use_is_not_deleted_whoever_uses_it(face: Face, mallory: Tenant) -> None:
    shared = (await face.ask("create_agent_profile", **profile(isPublic=True)))["data"]["id"]
    template = (
        await face.ask("create_evaluation_template", mallory.key, template_name="T", use_case="hiring")
    )["data"]["id"]
    stage = (
        await face.ask(
            "create_evaluation_stage",
            mallory.key,
            evaluation_template_id=template,
            type="screen",
            agent_profile_id=shared,
        )
    )["data"]["id"]
    refused = await face.send("delete_agent_profile", id=shared)
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert mallory.slug not in str(refused.json())
    # no longer shared: what is attached stays, nobody new may attach it
    await face.ask("update_agent_profile", id=shared, isPublic=False)
    kept = await face.send("update_evaluation_stage", mallory.key, id=stage, pass_threshold=6)
    assert kept.status_code == 200
    assert (await face.send("get_agent_profile", mallory.key, id=shared)).status_code == 404
    again = {"evaluation_template_id": template, "type": "final", "agent_profile_id": shared}
    assert (await face.send("create_evaluation_stage", mallory.key, **again)).status_code == 404
    await face.ask("update_evaluation_stage", mallory.key, id=stage, agent_profile_id=None)
    assert (await face.send("delete_agent_profile", id=shared)).status_code == 204


async def test_the_scale_cannot_shrink_below_a_pass_mark_in_use(face: Face) -> None:
    wide = (await face.ask("create_agent_profile", **profile(scoring={"scale": "0-100"})))["data"]["id"]
    template = (await face.ask("create_evaluation_template", template_name="T", use_case="hiring"))["data"]
    await face.ask(
        "create_evaluation_stage",
        evaluation_template_id=template["id"],
        type="screen",
        agent_profile_id=wide,
        pass_threshold=60,
    )
    answer = await face.send("update_agent_profile", id=wide, scoring={"scale": "0-10"})
    assert (answer.status_code, answer.json()["issues"][0]["path"]) == (400, ["scoring", "scale"])
    assert (await face.ask("get_agent_profile", id=wide))["data"]["scoring"] == {"scale": "0-100"}
