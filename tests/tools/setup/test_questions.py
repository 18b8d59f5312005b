"""Question banks and coding tasks: attached, asked, run, and taken away."""

from typing import Any

import httpx
import pytest

from domain.interview.log import Entry
from server.app import House
from server.jobs.scoring import ScoreJob
from tests.support.candidate_client import ANSWER, CandidateClient, book_first_stage
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_pipeline
from tests.support.workspaces import Tenant

TASK: dict[str, Any] = {
    "title": "Sum of a line",
    "statement": "Read one line of whole numbers and print their sum.",
    "cases": [
        {"input": "1 2", "expected_output": "3"},
        {"input": "10 20 30", "expected_output": "60", "hidden": True, "name": "secret"},
    ],
}
RIGHT = "print(sum(map(int, input().split())))"


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id)


async def test_what_is_attached_is_listed_and_can_be_taken_away(face: Face, role: Pipeline) -> None:
    template = str(role.template)
    made = await face.ask(
        "create_question",
        evaluation_template_id=template,
        question="How do you find a slow query?",
        criteria=["Names a way to measure", "Reads the plan of the query"],
    )
    task = await face.ask("create_coding_task", evaluation_template_id=template, **TASK)
    listed = await face.ask("list_questions", evaluation_template_id=template)
    assert [one["id"] for one in listed["data"]] == [made["data"]["id"]]
    tasks = await face.ask("list_coding_tasks", evaluation_template_id=template)
    assert tasks["data"][0]["cases"][1]["hidden"] is True
    await face.ask("delete_question", id=made["data"]["id"])
    await face.ask("delete_coding_task", id=task["data"]["id"])
    assert (await face.ask("list_questions"))["data"] == []
    assert (await face.ask("list_coding_tasks"))["meta"]["total"] == 0


async def test_what_is_attached_can_be_changed_and_what_is_left_out_stays(
    face: Face, role: Pipeline, mallory: Tenant
) -> None:
    template = str(role.template)
    made = (
        await face.ask(
            "create_question",
            evaluation_template_id=template,
            question="How do you find a slow query?",
            criteria=["Measures first"],
            minutes=4,
        )
    )["data"]
    change: dict[str, Any] = {
        "question": "How do you find a slow statement?",
        "minutes": None,
        "criteria": [],
    }
    changed = (await face.ask("update_question", id=made["id"], **change))["data"]
    assert (changed["question"], changed["minutes"], changed["criteria"]) == (change["question"], None, [])
    assert {**changed, **dict.fromkeys(change), "updated_at": None} == {
        **made,
        **dict.fromkeys(change),
        "updated_at": None,
    }
    task = (await face.ask("create_coding_task", evaluation_template_id=template, **TASK))["data"]
    cases = [{"input": "4", "expected_output": "4"}]
    stage = str(role.stages["screen"])
    after = (await face.ask("update_coding_task", id=task["id"], cases=cases, interview_id=stage))["data"]
    assert [case["input"] for case in after["cases"]] == ["4"]
    assert (after["title"], after["interview_id"]) == (task["title"], stage)
    assert (await face.ask("list_coding_tasks"))["data"] == [after]
    wrong: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("update_question", made["id"], {"question": None}),
        ("update_question", made["id"], {"interview_id": made["id"]}),
        ("update_coding_task", task["id"], {"languages": ["cobol"]}),
        ("update_coding_task", task["id"], {"cases": []}),
    )
    for operation, id, args in wrong:
        refused = await face.refused(operation, id=id, **args)
        assert refused["issues"][0]["path"][0] == next(iter(args)), operation
    assert (await face.send("update_question", mallory.key, id=made["id"], minutes=5)).status_code == 404
    assert (await face.send("update_coding_task", mallory.key, id=task["id"], minutes=5)).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"languages": ["cobol"]}, "languages"),
        ({"cases": []}, "cases"),
        ({"cases": [{"input": "1"}]}, "cases"),
        ({"minutes": 0}, "minutes"),
        ({"title": ""}, "title"),
    ],
)
async def test_a_task_that_cannot_be_set_is_refused_by_field(
    face: Face, role: Pipeline, change: dict[str, Any], field: str
) -> None:
    refused = await face.refused(
        "create_coding_task", evaluation_template_id=str(role.template), **{**TASK, **change}
    )
    assert refused["issues"][0]["path"][0] == field
    assert (await face.ask("list_coding_tasks"))["meta"]["total"] == 0


async def test_mallory_attaches_nothing_and_sees_nothing(
    rest: RestFace, role: Pipeline, mallory: Tenant
) -> None:
    template = str(role.template)
    question = "How do you find a slow query?"
    mine = (await rest.ask("create_question", evaluation_template_id=template, question=question))["data"]
    hers = await rest.send("create_question", mallory.key, evaluation_template_id=template, question=question)
    assert hers.status_code == 404
    assert (await rest.ask("list_questions", mallory.key))["data"] == []
    assert (await rest.send("delete_question", mallory.key, id=mine["id"])).status_code == 404


async def test_a_stage_of_another_template_is_refused(
    rest: RestFace, role: Pipeline, house: House, grace: Tenant
) -> None:
    other = await add_pipeline(house, grace.id)
    refused = await rest.refused(
        "create_question",
        evaluation_template_id=str(role.template),
        interview_id=str(other.stages["screen"]),
        question="How do you find a slow query?",
    )
    assert refused["issues"][0]["path"] == ["interview_id"]


@pytest.mark.needs("sandbox")
async def test_the_task_is_set_run_judged_and_counted(
    rest: RestFace,
    house: House,
    grace: Tenant,
    http: httpx.AsyncClient,
    clock: ManualClock,
    jobs: RecordedJobs,
    role: Pipeline,
) -> None:
    template = str(role.template)
    await rest.ask("create_coding_task", evaluation_template_id=template, **TASK)
    session = await book_first_stage(rest, house, grace, role)
    ada = CandidateClient(house, http, clock, session)
    assert (await ada.state())["code_languages"] == ["javascript", "python", "typescript"]
    await ada.start_interview()
    room = await ada.room()
    for _ in range(40):
        item = room.state.item
        if item is not None and item.code is not None:
            break
        clock.forward(seconds=40)
        await ada.send("answer", text=ANSWER)
    assert item is not None
    line = await room.attach("tab", 0)
    shown: list[dict[str, Any]] = []
    while not shown or "task" not in shown[-1].get("body", {}):
        frame = await line.next()
        assert frame is not None
        shown.append(frame)
    task = shown[-1]["body"]["task"]
    assert [case["input"] for case in task["cases"]] == ["1 2"]
    assert "10 20 30" not in str(shown)
    await ada.send("code_run", task=task["id"], language="python", code="print(3)")
    first = await _last(ada, "code_result")
    assert [case["status"] for case in first.body["run"]["cases"]] == ["passed", "failed"]
    assert first.body["run"]["cases"][1] == {"name": "2", "status": "failed", "hidden": True}
    wrong = await ada.post("code_run", task=task["id"], language="cobol", code="print(3)")
    assert wrong.json()["code"] == "other_language"
    await ada.send("code_submit", task=task["id"], language="python", code=RIGHT)
    last = await _last(ada, "code_result")
    assert (last.body["submitted"], last.body["passed"], last.body["total"]) == (True, 2, 2)
    again = await ada.post("code_submit", task=task["id"], language="python", code="print(0)")
    assert again.status_code == 409
    await ada.finish()
    ScoreJob(house.store.engine, house.units)(session["id"])
    scored = (await rest.ask("get_session", id=session["id"]))["data"]
    assert any("2 of 2 test cases passed" in row["reasoning"] for row in scored["evaluation_breakdown"])
    assert any(RIGHT in turn["text"] for turn in scored["transcript"])


async def _last(candidate: CandidateClient, kind: str) -> Entry:
    room = await candidate.room()
    return next(entry for entry in reversed(room.entries) if entry.kind == kind)
