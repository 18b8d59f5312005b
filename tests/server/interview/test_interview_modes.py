"""Kinds of interviews, held to their end: practice, roleplay, untimed, in German, again, by another manner."""

import copy
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from server.app import House
from tests.support.app import PUBLIC_URL
from tests.support.candidate_client import ANSWER, CandidateClient, book_first_stage
from tests.support.clock import ManualClock
from tests.support.interview_helper import BookedInterview, InterviewHelper
from tests.support.rest_face import RestFace
from tests.support.scripts import BAKERY
from tests.support.seed import add_pipeline
from tests.support.workspaces import Tenant

DIMENSIONS = [
    {"name": "Listening", "description": "Asks back; sums up what was said", "weight": 50},
    {"name": "Solutions", "description": "Offers a way that works; admits own mistakes", "weight": 50},
]
Begin = Callable[..., Awaitable[tuple[CandidateClient, BookedInterview]]]


@pytest.fixture
def begin(rest: RestFace, house: House, grace: Tenant, interviews: InterviewHelper) -> Begin:
    """Somebody in an interview at a stage with these columns, by a profile with these members."""

    async def begun(
        *,
        profile: dict[str, Any] | None = None,
        language: str = "en",
        script: dict[str, Any] | None = None,
        **stage: Any,
    ) -> tuple[CandidateClient, BookedInterview]:
        given = {
            "name": "Nora",
            "persona": "I am Nora.",
            "useCase": "hiring",
            "evaluationDimensions": DIMENSIONS,
            **(profile or {}),
        }
        made = await rest.ask("create_agent_profile", **given)
        role = await add_pipeline(house, grace.id, agent_profile_id=UUID(made["data"]["id"]), **stage)
        if script is not None:
            await rest.ask("write_script", id=str(role.stages["screen"]), **script)
        who = await rest.ask("create_participant", name="Ada", email=f"ada-{role.template}@example.com")
        session = await rest.ask(
            "schedule_session",
            candidate_id=who["data"]["id"],
            evaluation_template_id=str(role.template),
            stage="screen",
            language=language,
        )
        candidate, interview = interviews.client_for(session["data"], role)
        await candidate.start_interview()
        return candidate, interview

    return begun


def passages(session: dict[str, Any]) -> list[str]:
    """The quotes that are marked in a session's answers."""
    return [cited["quote"] for row in session["evaluation_breakdown"] for cited in row["citations"]]


async def test_practice_decides_nothing_and_tells_the_candidate_what_to_work_on(
    begin: Begin, rest: RestFace
) -> None:
    ada, interview = await begin(stage_type="practice_session")
    assert "practice" in (await ada.turns())[0]
    await ada.finish()
    waiting = await ada.state()
    assert (waiting["mode"], waiting["feedback"]) == ("practice_session", {"due": True, "lines": None})
    interview.score()
    told = (await ada.state())["feedback"]["lines"]
    assert told
    assert (
        told
        == (await rest.ask("get_scorecard", id=interview.id))["data"]["scorecard"]["improvement_feedback"]
    )
    scored = (await rest.ask("get_session", id=interview.id))["data"]
    assert (scored["passed"], scored["recommendation"], scored["score"]) == (None, None, None)
    assert not any(word in str(told) for word in ("missing", "did not", "not shown"))
    page = await ada.http.get(ada.link)
    assert "nothing is decided from it" in page.text


async def test_feedback_that_the_profile_switches_off_is_shown_to_nobody(
    begin: Begin, rest: RestFace
) -> None:
    profile = {"output": {"includeImprovementFeedback": False}}
    ada, interview = await begin(stage_type="practice_session", profile=profile)
    await ada.finish()
    interview.score()
    assert (await ada.state())["feedback"]["due"] is False
    card = (await rest.ask("get_scorecard", id=interview.id))["data"]["scorecard"]
    assert card["improvement_feedback"] is None


async def test_an_interview_that_counts_tells_its_candidate_no_feedback(begin: Begin) -> None:
    ada, interview = await begin()
    await ada.finish()
    interview.score()
    assert (await ada.state())["feedback"] == {"due": False, "lines": None}


def scene_for(dimensions: list[dict[str, Any]]) -> dict[str, Any]:
    """A scene that listens for the dimensions of a profile."""
    script = copy.deepcopy(BAKERY)
    for part, dimension in zip(script["scene"]["dimensions"], dimensions, strict=True):
        part["dimension"] = dimension["name"]
    return script


async def test_a_role_play_opens_with_its_scene_and_stays_in_it(begin: Begin, rest: RestFace) -> None:
    script = scene_for(DIMENSIONS)
    scene = script["scene"]
    ada, interview = await begin(stage_type="roleplay_simulation", script=script)
    first = (await ada.turns())[0]
    assert scene["situation"] in first
    assert "role play" in first
    await ada.finish()
    turns = await ada.turns()
    assert not any("Question 1 of" in turn for turn in turns)
    assert "The role play is over" in turns[-1]
    lines = {scene["opening"], scene["good_ending"], scene["bad_ending"]}
    lines |= {each["line"] for each in scene["objections"]} | {each["answer"] for each in scene["private"]}
    lines |= {criterion["probe"] for part in scene["dimensions"] for criterion in part["criteria"]}
    assert turns[1] == scene["opening"]
    assert set(turns[1:-1]) <= lines
    assert turns[-2] in (scene["good_ending"], scene["bad_ending"])
    interview.score()
    over = (await rest.ask("get_session", id=interview.id))["data"]
    assert (over["assessment"]["state"], over["score"]) == ("awaiting_assessment", None)
    assert over["evaluation_breakdown"]


async def test_a_role_play_without_a_scene_says_that_nobody_plays_a_role(
    begin: Begin, rest: RestFace
) -> None:
    situation = "A customer whose parcel never came calls for the third time."
    ada, interview = await begin(
        stage_type="roleplay_simulation", profile={"context": {"scenarioContext": situation}}
    )
    first = (await ada.turns())[0]
    assert situation in first
    assert "Nobody plays a role here" in first
    await ada.finish()
    assert not any("role play" in turn for turn in await ada.turns())
    interview.score()
    over = (await rest.ask("get_session", id=interview.id))["data"]
    assert (over["assessment"]["state"], over["score"]) == ("awaiting_assessment", None)
    assert over["evaluation_breakdown"]


async def test_an_async_assessment_has_no_clock_and_no_reminder(
    begin: Begin, rest: RestFace, clock: ManualClock
) -> None:
    ada, interview = await begin(stage_type="async_assessment")
    assert (await ada.state())["left_seconds"] is None
    await ada.send("answer", text="I am ready.")
    before = await ada.turns()
    clock.forward(hours=30)
    room = await ada.room()
    await room.conduct()
    assert await ada.turns() == before
    await ada.finish(seconds=3 * 3600)
    interview.score()
    done = (await rest.ask("get_session", id=interview.id))["data"]
    assert (done["status"], done["session_mode"]) == ("completed", "async_interview")
    assert (done["assessment"]["state"], done["score"]) == ("awaiting_assessment", None)
    assert done["evaluation_breakdown"]


async def test_an_interview_in_german_is_german_to_its_scorecard(begin: Begin, rest: RestFace) -> None:
    ada, interview = await begin(language="de")
    await ada.finish(
        "Zuerst habe ich gemessen, dann mit dem Team eine Lösung gesucht, weil die Kundin warten musste."
    )
    turns = await ada.turns()
    assert "KI" in turns[0]
    assert not any(" the " in turn for turn in turns)
    interview.score()
    told = (await rest.ask("get_scorecard", id=interview.id))["data"]
    assert told["scorecard"]["summary"].startswith("Dieses Interview hat noch niemand bewertet.")
    state = await ada.state()
    assert state["language"] == "de"


async def test_a_second_try_is_an_interview_of_its_own_and_both_cards_stay(
    begin: Begin, rest: RestFace, interviews: InterviewHelper
) -> None:
    ada, interview = await begin(allow_retake=True)
    await ada.finish("No idea, sorry.")
    interview.score()
    again = await rest.ask(
        "schedule_session",
        candidate_id=interview.candidate,
        evaluation_template_id=str(interview.role.template),
        stage="screen",
    )
    second, retaken = interviews.client_for(again["data"], interview.role)
    assert (await second.state())["phase"] == "lobby"
    await second.start_interview()
    await second.finish()
    retaken.score()
    scores = [(await rest.ask("get_session", id=id))["data"] for id in (interview.id, retaken.id)]
    for each in scores:
        assert len((await rest.ask("list_scorecards", id=each["id"]))["data"]["versions"]) == 1
    assert passages(scores[0]) == []
    assert "No idea" in str(scores[0]["transcript"])
    assert "No idea" not in str(scores[1]["transcript"])


async def test_another_manner_is_another_conversation_over_the_same_criteria(begin: Begin) -> None:
    mild = {"tone": "friendly", "style": "conversational", "difficulty": "easy", "probingDepth": "low"}
    hard = {"tone": "challenging", "style": "structured", "difficulty": "hard", "probingDepth": "high"}
    talks, criteria = [], []
    for interaction in (mild, hard):
        ada, _ = await begin(profile={"interaction": interaction})
        await ada.finish()
        talks.append(await ada.turns())
        plan = (await ada.room()).plan
        criteria.append([(c.id, c.text) for item in plan.items for c in item.criteria])
    assert criteria[0] == criteria[1]
    assert not set(talks[0]) & set(talks[1])
    assert len(talks[1]) > len(talks[0]), "more is asked back"


async def test_switches_of_the_profile_keep_members_in_but_lose_nothing(begin: Begin, rest: RestFace) -> None:
    output = {"includeTranscript": False, "includeScoreBreakdown": False, "includeRecommendation": False}
    ada, interview = await begin(profile={"output": output})
    await ada.finish()
    interview.score()
    shown = (await rest.ask("get_session", id=interview.id))["data"]
    assert [shown[name] for name in ("transcript", "evaluation_breakdown", "recommendation")] == [None] * 3
    told = (await rest.ask("get_scorecard", id=interview.id))["data"]
    assert told["scorecard"]["evaluation_breakdown"] is None
    page = await ada.http.get(told["page_url"])
    assert "payment service" not in page.text
    assert "The profile leaves the breakdown out." in page.text
    (version,) = (await rest.ask("list_scorecards", id=interview.id))["data"]["versions"]
    assert version["card"]["evaluation_breakdown"]


async def test_final_reviews_go_to_a_person_and_no_link_leads_to_a_room(
    rest: RestFace, house: House, grace: Tenant, http: httpx.AsyncClient
) -> None:
    for stage_type in ("manual_review", "final_review"):
        role = await add_pipeline(house, grace.id, stage_type=stage_type)
        session = await book_first_stage(rest, house, grace, role, f"Ada-{stage_type.split('_')[0]}")
        assert session["invite_status"] == "none"
        assert (
            await http.get(f"{PUBLIC_URL}/join/{session['join_url'].rpartition('/')[2]}")
        ).status_code == 404
        said = await rest.ask("review_session", id=session["id"], by="Grace", reason="Met her.", passed=True)
        assert (said["data"]["status"], said["data"]["passed"]) == ("completed", True)
        told = (await rest.ask("get_scorecard", id=session["id"]))["data"]
        assert (told["decided_by"], told["scorecard"]) == ("Grace", None)
        page = await http.get(told["page_url"])
        assert "Reviewed by a person" in page.text
        assert "leaves the transcript out" not in page.text, "there was no talk to write down"
        assert ANSWER not in page.text
