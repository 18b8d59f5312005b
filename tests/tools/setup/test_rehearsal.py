"""Trying an interview out: no mail, no credit, no record."""

import pytest

from server.app import House
from storage.access import credits
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_pipeline
from tests.support.workspaces import Tenant


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id)


async def test_a_stage_is_rehearsed_with_every_kind_of_candidate(
    face: Face, role: Pipeline, house: House, grace: Tenant, jobs: RecordedJobs
) -> None:
    report = (await face.ask("rehearse_interview", id=str(role.stages["screen"])))["data"]
    fared = {each["candidate"]: each for each in report["rehearsals"]}
    assert {"strong", "middling", "weak", "silent", "rude", "injecting", "asks_us"} < set(fared)
    assert "good_seller" not in fared, "nobody is sold anything here"
    assert report["sound"] is True
    assert report["asked_by_nothing"] == []
    assert all(each["figures"]["questions_unanswered"] == 0 for each in fared.values())
    assert "injection" in fared["injecting"]["flags"]
    assert jobs.enqueued == []
    assert await house.store.read(lambda db: credits.count_used(db, grace.id)) == 0


async def test_the_plan_shows_what_is_attached(face: Face, role: Pipeline) -> None:
    question = "How do you find a slow query in production?"
    await face.ask("create_question", evaluation_template_id=str(role.template), question=question)
    seen = (await face.ask("preview_interview", id=str(role.stages["screen"])))["data"]
    assert question in [item["questions"][1] for item in seen["plan"]["items"]]


async def test_one_candidate_can_be_rehearsed_with_its_transcript(face: Face, role: Pipeline) -> None:
    stage = str(role.stages["screen"])
    report = (await face.ask("rehearse_interview", id=stage, candidate="silent", transcripts=True))["data"]
    (silent,) = report["rehearsals"]
    assert {turn["speaker"] for turn in silent["transcript"]} == {"ai"}


@pytest.mark.parametrize("operation", ["preview_interview", "rehearse_interview"])
async def test_mallory_rehearses_nothing_of_graces(
    rest: RestFace, role: Pipeline, mallory: Tenant, operation: str
) -> None:
    assert (await rest.send(operation, mallory.key, id=str(role.stages["screen"]))).status_code == 404
