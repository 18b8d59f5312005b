"""After an interview: versions of its scorecard, findings handed in, a person's word, moving on, comparing."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence, Findings, Method, Provenance
from domain.scoring.rule_findings import rule_findings
from server.app import House
from server.jobs.scoring import RescoreJob
from storage.interviews import sessions
from tests.contract.promise import promise
from tests.support.candidate_client import ANSWER, book_first_stage, book_interview
from tests.support.contexts import change_context
from tests.support.faces import Face
from tests.support.interview_helper import BookedInterview, InterviewHelper, build_findings
from tests.support.mcp_face import McpFace
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_pipeline
from tests.support.workspaces import Tenant
from tools.sessions import transitions


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(
        house, grace.id, "screen", "technical", automation_rule="require_reviewer_approval"
    )


@pytest.fixture
async def ada(interviews: InterviewHelper, role: Pipeline) -> BookedInterview:
    done = await interviews.conduct(role)
    done.score()
    return done


async def test_an_assistant_scores_from_the_packet_and_both_cards_stay(
    face: Face, ada: BookedInterview
) -> None:
    given = await build_findings(face, ada.id)
    scored = (await face.ask("submit_findings", id=ada.id, dimensions=given, author="Claude"))["data"]
    assert [version["method"] for version in scored["versions"]] == ["rules", "assistant"]
    assert scored["score"] == "10.0"
    again = (await face.ask("list_scorecards", id=ada.id))["data"]
    assert again["versions"] == scored["versions"]


async def test_a_quote_that_was_not_said_is_refused_and_changes_nothing(
    face: Face, ada: BookedInterview
) -> None:
    given = await build_findings(face, ada.id)
    given[0]["findings"][0]["quote"] = "I invented the internet last Tuesday"
    refused = await face.refused("submit_findings", id=ada.id, dimensions=given, author="Claude")
    assert refused["code"] == "bad_findings"
    assert refused["issues"]
    assert len((await face.ask("list_scorecards", id=ada.id))["data"]["versions"]) == 1


async def test_scoring_again_by_rules_gives_the_same_score(face: Face, ada: BookedInterview) -> None:
    again = (await face.ask("rescore_session", id=ada.id))["data"]
    assert len(again["versions"]) == 2
    assert [version["card"]["score"] for version in again["versions"]] == [None, None]
    refused = await face.refused("rescore_session", id=ada.id, method="model")
    assert refused["code"] == "conflict"


@promise("lifecycle.approval")
async def test_a_persons_word_stands_beside_the_card_and_moves_the_participant_on(
    face: Face, ada: BookedInterview
) -> None:
    before = (await face.ask("get_session", id=ada.id))["data"]
    said = await face.ask("review_session", id=ada.id, by="Grace", reason="Clear and concrete.", passed=True)
    assert said["data"]["passed"] is True
    assert said["data"]["recommendation"] == "hire"
    assert said["data"]["score"] == before["score"]
    following = said["next_session"]
    assert (following["stage"], following["status"]) == ("technical", "scheduled")
    assert following["candidate_id"] == ada.candidate
    both = (await face.ask("list_scorecards", id=ada.id))["data"]
    assert both["versions"][0]["card"]["recommendation"] is None
    assert (both["reviews"][0]["by"], both["reviews"][0]["version"]) == ("Grace", 1)
    again = await face.ask("review_session", id=ada.id, by="Grace", reason="Once more.", passed=True)
    assert again["next_session"]["id"] == following["id"]
    await face.ask("rescore_session", id=ada.id)
    assert (await face.ask("get_session", id=ada.id))["data"]["passed"] is True


async def test_a_decision_is_shown_with_whom_it_is_about_and_bound_to_them(
    assistant: McpFace, rest: RestFace, ada: BookedInterview
) -> None:
    said = {"id": ada.id, "by": "Grace", "reason": "Clear and concrete.", "passed": False}
    shown = (await assistant.send_once("review_session", **said)).json()
    assert "about the interview “screen” of “Ada” (“ada@example.com”) on " in shown["act"]
    assert shown["act"].endswith(": not passed, decided by “Grace”.")
    await rest.ask("update_participant", id=ada.candidate, name="Bea")
    late = await assistant.send_once("review_session", **said, confirmation_token=shown["confirmation_token"])
    assert late.json()["code"] == "bad_confirmation"
    assert (await rest.ask("get_session", id=ada.id))["data"]["passed"] is None


async def test_nobody_moves_on_without_approval(rest: RestFace, ada: BookedInterview) -> None:
    given = await build_findings(rest, ada.id)
    passed = await rest.ask("submit_findings", id=ada.id, dimensions=given, author="Grace", by_person=True)
    assert passed["data"]["passed"] is True
    found = await rest.ask("list_sessions", candidate_id=ada.candidate)
    assert found["meta"]["total"] == 1


@promise("lifecycle.next-stage", "lifecycle.automation", "credits.auto-advanced")
async def test_auto_advance_books_the_next_stage_once_and_takes_a_credit(
    rest: RestFace, house: House, grace: Tenant, interviews: InterviewHelper
) -> None:
    role = await add_pipeline(house, grace.id, "screen", "technical", automation_rule="auto_advance")
    done = await interviews.conduct(role)
    done.score()
    assert (await rest.ask("list_sessions", candidate_id=done.candidate))["meta"]["total"] == 1
    given = await build_findings(rest, done.id)
    for _ in range(2):
        await rest.ask("submit_findings", id=done.id, dimensions=given, author="Grace", by_person=True)
    booked = await rest.ask("list_sessions", candidate_id=done.candidate)
    assert [one["stage"] for one in booked["data"]] == ["technical", "screen"]

    def move_on(db: sa.Connection) -> None:
        row = sessions.get(db, grace.id, UUID(done.id))
        assert row is not None
        unit = house.units.within(db)
        transitions.move_on(unit, row, approved=False)
        unit.flush()

    await house.store.write(move_on)
    assert (await rest.ask("list_sessions", candidate_id=done.candidate))["meta"]["total"] == 2


async def test_a_stage_that_is_reviewed_by_hand_is_decided_by_a_person(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    role = await add_pipeline(house, grace.id, "final", stage_type="manual_review")
    session = await book_first_stage(rest, house, grace, role)
    said = await rest.ask(
        "review_session", id=session["id"], by="Grace", reason="Met in person.", passed=False
    )
    assert (said["data"]["status"], said["data"]["passed"]) == ("completed", False)


async def test_what_is_not_over_cannot_be_scored_or_reviewed(
    face: Face, rest: RestFace, house: House, grace: Tenant
) -> None:
    id = (await book_interview(rest, house, grace))["id"]
    asked: dict[str, dict[str, Any]] = {
        "rescore_session": {},
        "scoring_packet": {},
        "review_session": {"by": "Grace", "reason": "Because.", "passed": True},
    }
    for operation, args in asked.items():
        refused = await face.refused(operation, id=id, **args)
        assert refused["code"] == ("not_found" if operation == "scoring_packet" else "conflict")


async def test_candidates_are_compared_by_score(
    face: Face, rest: RestFace, interviews: InterviewHelper, role: Pipeline, ada: BookedInterview
) -> None:
    bob = await interviews.conduct(role, "Bob")
    bob.score()
    given = await build_findings(rest, bob.id)
    await rest.ask("submit_findings", id=bob.id, dimensions=given, author="Grace")
    compared = (await face.ask("compare_candidates", id=str(role.template)))["data"]
    assert [one["name"] for one in compared["candidates"]] == ["Bob", "Ada"]
    assert compared["candidates"][0]["dimensions"]


async def test_mallory_sees_and_changes_nothing(
    rest: RestFace, ada: BookedInterview, mallory: Tenant
) -> None:
    asked: dict[str, dict[str, Any]] = {
        "list_scorecards": {},
        "scoring_packet": {},
        "get_transcript": {},
        "rescore_session": {},
        "review_session": {"by": "Mallory", "reason": "Because.", "passed": True},
        "submit_findings": {"dimensions": [{"dimension_id": "d1", "findings": []}], "author": "M"},
    }
    for operation, args in asked.items():
        response = await rest.send(operation, mallory.key, id=ada.id, **args)
        assert response.status_code == 404, operation
        assert ANSWER[:20] not in response.text
    assert (await rest.send("compare_candidates", mallory.key, id=str(ada.role.template))).status_code == 404


async def test_a_model_scores_again_when_asked_and_once_and_only_the_one_agreed_to(
    rest: RestFace, house: House, interviews: InterviewHelper, role: Pipeline
) -> None:
    change_context(house, model="anthropic:small")
    ada = await interviews.conduct(role)
    ada.score()
    seen: list[str] = []

    def assess(plan: InterviewPlan, evidence: Evidence, name: str = "") -> Findings:
        seen.append(name)
        by = Provenance(author=f"anthropic:{name}")
        return rule_findings(plan, evidence).model_copy(update={"method": Method.model, "provenance": by})

    job = RescoreJob(*ada.parts, assess, "anthropic:large")
    for author in ("anthropic:small", "anthropic:large", "anthropic:small"):
        job(ada.id, 0, author)
    versions = (await rest.ask("list_scorecards", id=ada.id))["data"]["versions"]
    assert [version["author"] for version in versions] == ["rules/1", "anthropic:small"]
    job(ada.id, 1, "anthropic:small")
    assert len((await rest.ask("list_scorecards", id=ada.id))["data"]["versions"]) == 3
    RescoreJob(*ada.parts, assess, "openai:small")(ada.id, 2, "anthropic:small")
    assert seen == ["small", "small"], "no other model and no other provider saw the interview"
