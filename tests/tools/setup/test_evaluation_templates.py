"""Evaluation templates over the faces."""

from typing import Any
from uuid import uuid4

import pytest

from domain.scopes import ALL_SCOPES, Scope
from server.app import House
from tests.contract.promise import promise
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant
from tests.support.workspaces import Tenant, create_key


async def create_template(face: Face, **more: Any) -> dict[str, Any]:
    answer = await face.ask(
        "create_evaluation_template", **{"template_name": "Backend", "use_case": "hiring", **more}
    )
    template: dict[str, Any] = answer["data"]
    return template


@promise("templates.create", "templates.defaults", "templates.language", "templates.lost-names")
async def test_a_template_is_made_with_defaults_filled_in(face: Face) -> None:
    template = await create_template(face)
    expected: dict[str, Any] = {
        "success_outcome": "hire_no_hire",
        "status": "active",
        "skills": [],
        "soft_skills": [],
        "industry": None,
        "additional_context": None,
        "default_duration_minutes": 30,
        "default_difficulty": "intermediate",
        "session_mode": "live_ai_interview",
        "visibility": "team",
        "language": "en",
    }
    assert expected.items() <= template.items()
    read = await face.ask("get_evaluation_template", id=template["id"])
    assert read["data"] == template | {"stages": []}


@promise("templates.sample-body")
async def test_the_documented_sample_body_is_accepted(face: Face) -> None:
    sent: dict[str, Any] = {
        "template_name": "Senior Backend Engineer",
        "use_case": "hiring",
        "description": "Owns the payments platform.",
        "objective": "Find out whether they can lead a migration.",
        "success_outcome": "hire_no_hire",
        "skills": ["Python", "PostgreSQL"],
        "level": "Senior / 5+ years",
        "default_duration_minutes": 45,
        "default_difficulty": "advanced",
    }
    assert sent.items() <= (await create_template(face, **sent)).items()


@promise("templates.success-outcome", "templates.default-outcomes")
@pytest.mark.parametrize(
    ("use_case", "outcome"),
    [
        ("hiring", "hire_no_hire"),
        ("admissions", "admit_reject"),
        ("training", "ready_needs_training"),
        ("custom_api", "custom"),
    ],
)
async def test_the_outcome_follows_from_the_use_case_unless_it_is_said(
    face: Face, use_case: str, outcome: str
) -> None:
    template = await create_template(face, use_case=use_case)
    assert template["success_outcome"] == outcome
    said = await create_template(face, use_case=use_case, success_outcome="pass_fail")
    assert said["success_outcome"] == "pass_fail"
    back = await face.ask("update_evaluation_template", id=said["id"], success_outcome=None)
    assert back["data"]["success_outcome"] == outcome


@promise("templates.lost-spellings", "profiles.other-spelling")
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"domain": "Software"}, {"industry": "Software"}),
        ({"instructions": "Be kind."}, {"additional_context": "Be kind."}),
        ({"context": "Be kind."}, {"additional_context": "Be kind."}),
        ({"default_session_mode": "practice_session"}, {"session_mode": "practice_session"}),
        ({"evaluation_mode": "async_interview"}, {"session_mode": "async_interview"}),
        ({"access": "private"}, {"visibility": "private"}),
        ({"softSkills": ["calm"], "defaultDurationMinutes": 20}, {"soft_skills": ["calm"]}),
    ],
)
async def test_other_spellings_are_understood(
    face: Face, sent: dict[str, Any], stored: dict[str, Any]
) -> None:
    template = await create_template(face, **sent)
    assert stored.items() <= template.items()
    assert sent.keys().isdisjoint(template)
    changed = await face.ask("update_evaluation_template", id=template["id"], **sent)
    assert stored.items() <= changed["data"].items()


@promise("profiles.two-spellings-400")
async def test_two_spellings_may_agree_but_not_contradict(face: Face) -> None:
    assert (await create_template(face, domain="Software", industry="Software"))["industry"] == "Software"
    answer = await face.send(
        "create_evaluation_template",
        template_name="T",
        use_case="hiring",
        domain="Software",
        industry="Retail",
    )
    issue = answer.json()["issues"][0]
    assert (answer.status_code, issue["code"], issue["path"]) == (400, "two_spellings", ["industry"])


@promise("templates.patch", "templates.patch-more", "patch.arrays-replace", "patch.null-clears")
async def test_changing_replaces_lists_clears_with_null_and_keeps_the_rest(
    face: Face, clock: ManualClock
) -> None:
    template = await create_template(face, skills=["a"], level="Senior", description="d", industry="i")
    clock.forward(minutes=5)
    # an assistant's unknown names are refused
    ignored: dict[str, Any] = {"skills_we_do_not_know": True} if face.name == "rest" else {}
    changed = (
        await face.ask(
            "update_evaluation_template",
            id=template["id"],
            template_name="Platform",
            skills=["b", "c"],
            description=None,
            **ignored,
            visibility="private",
            language="Japanese",
            status="archived",
        )
    )["data"]
    assert changed == template | {
        "template_name": "Platform",
        "skills": ["b", "c"],
        "description": None,
        "visibility": "private",
        "language": "ja",
        "status": "archived",
        "updated_at": "2026-06-01T09:05:00Z",
    }


@promise("templates.patch-more")
async def test_the_use_case_is_fixed_and_required_fields_cannot_be_cleared(face: Face) -> None:
    template = await create_template(face)
    answer = await face.send("update_evaluation_template", id=template["id"], use_case="training")
    code = "empty_change" if face.name == "rest" else "invalid"
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    cleared = await face.send("update_evaluation_template", id=template["id"], template_name=None)
    assert (cleared.status_code, cleared.json()["issues"][0]["path"]) == (400, ["template_name"])


@promise("templates.filters", "paging.bad-enum-400")
async def test_lists_filter_by_status_and_use_case(face: Face) -> None:
    await create_template(face)
    await create_template(face, use_case="training", status="draft")
    for filters, total in (
        ({"status": "draft"}, 1),
        ({"use_case": "hiring"}, 1),
        ({"use_case": "hiring", "status": "draft"}, 0),
        ({"useCase": "training"}, 1),
        ({}, 2),
    ):
        assert (await face.ask("list_evaluation_templates", **filters))["meta"]["total"] == total, filters
    assert (await face.send("list_evaluation_templates", status="gone")).status_code == 400


async def test_one_call_shows_the_whole_pipeline_in_order_without_what_is_archived(face: Face) -> None:
    template = (await create_template(face))["id"]
    for place, kind, status in ((2, "final", "draft"), (0, "screen", "active"), (1, "old", "archived")):
        await face.ask(
            "create_evaluation_stage",
            evaluation_template_id=template,
            type=kind,
            stage_order=place,
            status=status,
        )
    shown = (await face.ask("get_evaluation_template", id=template))["data"]["stages"]
    assert [(stage["type"], stage["status"]) for stage in shown] == [("screen", "active"), ("final", "draft")]
    read = await face.ask("get_evaluation_stage", id=shown[0]["id"])
    assert read["data"] == shown[0]


async def test_a_key_that_may_not_read_stages_does_not_see_them_in_a_template(
    face: Face, house: House, grace: Tenant
) -> None:
    template = (await create_template(face))["id"]
    await face.ask("compose_evaluation_stages", id=template, stages=[{"type": "screen"}])
    key = await create_key(house, grace.id, ALL_SCOPES - {Scope.evaluation_stages_read})
    assert (await face.ask("get_evaluation_template", key, id=template))["data"]["stages"] is None


@promise("templates.delete", "templates.delete-in-use-409")
async def test_a_template_is_deleted_with_its_stages_unless_a_participant_or_session_uses_it(
    face: Face, house: House, grace: Tenant
) -> None:
    template = (await create_template(face))["id"]
    composed = await face.ask("compose_evaluation_stages", id=template, stages=[{"type": "screen"}])
    ada = await add_participant(house, grace.id, evaluation_template_id=None)
    joined = await face.ask("update_participant", id=str(ada), evaluation_template_id=template)
    assert joined["data"]["evaluation_template_id"] == template
    refused = await face.send("delete_evaluation_template", id=template)
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    await face.ask("update_participant", id=str(ada), evaluation_template_id=None)
    await face.ask("schedule_session", candidate_id=str(ada), evaluation_template_id=template, stage="screen")
    assert (await face.send("delete_evaluation_template", id=template)).status_code == 409
    assert (await face.send("delete_participant", id=str(ada))).status_code == 204
    assert (await face.send("delete_evaluation_template", id=template)).status_code == 204
    stage = composed["data"][0]["id"]
    assert (await face.send("get_evaluation_stage", id=stage)).status_code == 404
    assert (await face.ask("list_evaluation_stages"))["meta"]["total"] == 0
    assert (await face.ask("list_evaluation_templates"))["meta"]["total"] == 0


@promise("templates.required", "templates.enums")
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"template_name": None}, ["template_name"]),
        ({"template_name": "x" * 201}, ["template_name"]),
        ({"use_case": None}, ["use_case"]),
        ({"use_case": "sales"}, ["use_case"]),
        ({"success_outcome": "maybe"}, ["success_outcome"]),
        ({"status": "gone"}, ["status"]),
        ({"default_difficulty": "easy"}, ["default_difficulty"]),
        ({"session_mode": "phone"}, ["session_mode"]),
        ({"visibility": "everybody"}, ["visibility"]),
        ({"default_duration_minutes": 0}, ["default_duration_minutes"]),
        ({"default_duration_minutes": 30.5}, ["default_duration_minutes"]),
        ({"default_duration_minutes": True}, ["default_duration_minutes"]),
        ({"default_duration_minutes": 10**30}, ["default_duration_minutes"]),
        ({"skills": "Python"}, ["skills"]),
        ({"skills": [""]}, ["skills", 0]),
        ({"skills": ["ok", {"name": "no"}]}, ["skills", 1]),
        ({"description": ["no"]}, ["description"]),
        ({"language": "klingonese"}, ["language"]),
    ],
)
async def test_bad_input_names_its_field(face: Face, change: dict[str, Any], path: list[Any]) -> None:
    answer = await face.send(
        "create_evaluation_template", **{"template_name": "T", "use_case": "hiring", **change}
    )
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"] == path


@pytest.mark.parametrize("name", [rb"\ud800", rb"\u0000"])
async def test_text_that_cannot_be_stored_is_refused(rest: RestFace, name: bytes) -> None:
    answer = await rest.http.post(
        "/api/v1/evaluation-templates",
        content=b'{"template_name": "a' + name + b'", "use_case": "hiring"}',
        headers={"x-api-key": rest.key, "content-type": "application/json"},
    )
    assert answer.status_code == 400


async def test_mallory_sees_no_template_of_grace(face: Face, mallory: Tenant) -> None:
    template = (await create_template(face))["id"]
    for operation, args in (
        ("get_evaluation_template", {"id": template}),
        ("update_evaluation_template", {"id": template, "level": "x"}),
        ("delete_evaluation_template", {"id": template}),
        ("compose_evaluation_stages", {"id": template, "stages": [{"type": "x"}]}),
    ):
        answer = await face.send(operation, mallory.key, **args)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), operation
    for filters in ({}, {"status": "active"}, {"use_case": "hiring"}):
        assert (await face.ask("list_evaluation_templates", mallory.key, **filters))["meta"]["total"] == 0
    assert (await face.send("get_evaluation_template", id=str(uuid4()))).status_code == 404
