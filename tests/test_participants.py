"""Participants over the faces."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.house import Tenant
from tests.mcp_face import Face


def ada(**more: Any) -> dict[str, Any]:
    return {"name": "Ada Lovelace", "email": "Ada@Example.com", **more}


@pytest.fixture
async def template(face: Face) -> str:
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    return str(made["data"]["id"])


async def test_a_participant_keeps_everything_that_was_sent(face: Face, template: str) -> None:
    sent = ada(
        evaluation_template_id=template,
        external_id="gh-1",
        phone="+49 30 1",
        tags=["backend", "remote"],
        profile={"title": "Engineer", "experience_level": "senior"},
        background={"skills": ["Python"], "languages": ["en", "de"]},
        resume_url="https://example.com/cv.pdf",
        pipeline_id=str(uuid4()),
        metadata={"Source": {"deep": [1, None, "x"]}},
    )
    made = (await face.ask("create_participant", **sent))["data"]
    assert made["profile"] == {"title": "Engineer", "experienceLevel": "senior"}
    assert made["metadata"] == {"Source": {"deep": [1, None, "x"]}}
    assert (made["email"], made["status"]) == ("Ada@example.com", "active")
    assert (await face.ask("get_participant", id=made["id"]))["data"] == made


async def test_an_address_is_once_per_template_and_alone_once_in_the_account(
    face: Face, template: str
) -> None:
    other = (await face.ask("create_evaluation_template", template_name="Other", use_case="hiring"))["data"][
        "id"
    ]
    first = await face.ask("create_participant", **ada(evaluation_template_id=template))
    again = await face.send(
        "create_participant", **ada(email="ada@example.COM", evaluation_template_id=template)
    )
    assert again.status_code == 409
    assert again.json()["existing_participant_id"] == first["data"]["id"]
    assert (await face.send("create_participant", **ada())).status_code == 409
    assert (await face.send("create_participant", **ada(evaluation_template_id=other))).status_code == 201


async def test_the_same_address_at_once_makes_one_participant(face: Face, template: str) -> None:
    calls = [face.send("create_participant", **ada()) for _ in range(4)]
    calls += [face.send("create_participant", **ada(evaluation_template_id=template)) for _ in range(4)]
    answers = await asyncio.gather(*calls)
    assert sum(answer.status_code == 201 for answer in answers[:4]) <= 1
    assert sum(answer.status_code == 201 for answer in answers[4:]) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}


async def test_an_import_creates_the_new_and_skips_the_known(face: Face) -> None:
    await face.ask("create_participant", **ada())
    rows = [ada(email=f"p{n}@example.com") for n in range(498)] + [ada(), ada(email="P0@example.com")]
    answer = await face.send("bulk_import_participants", participants=rows)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["created"], data["skipped"], len(data["participants"])) == (498, 2, 498)
    assert [row["outcome"] for row in data["results"][-2:]] == ["skipped", "skipped"]
    assert (await face.ask("list_participants"))["meta"]["total"] == 499


async def test_one_bad_row_refuses_the_import_and_is_named(face: Face) -> None:
    rows = [ada(email=f"p{n}@example.com") for n in range(499)] + [ada(email="nonsense")]
    answer = await face.send("bulk_import_participants", participants=rows)
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"] == ["participants", 499, "email"]
    assert (await face.ask("list_participants"))["meta"]["total"] == 0
    for wrong in ([], [ada(email=f"p{n}@example.com") for n in range(501)]):
        assert (await face.send("bulk_import_participants", participants=wrong)).status_code == 400


async def test_changing_merges_groups_replaces_lists_and_keeps_the_rest(face: Face, template: str) -> None:
    made = (
        await face.ask(
            "create_participant",
            **ada(tags=["a"], profile={"title": "x", "location": "y"}, metadata={"k": 1}),
        )
    )["data"]
    changed = (
        await face.ask(
            "update_participant",
            id=made["id"],
            tags=["b", "c"],
            profile={"title": None, "organization": "z"},
            metadata={"other": 2},
            status="archived",
            evaluation_template_id=template,
        )
    )["data"]
    assert changed["profile"] == {"location": "y", "organization": "z"}
    assert (changed["tags"], changed["metadata"]) == (["b", "c"], {"other": 2})
    assert (changed["status"], changed["evaluation_template_id"]) == ("archived", template)
    assert (await face.ask("get_participant", id=made["id"]))["data"] == changed
    assert (await face.send("update_participant", id=made["id"], name=None)).status_code == 400


async def test_a_new_address_must_be_free(face: Face) -> None:
    await face.ask("create_participant", **ada())
    bob = (await face.ask("create_participant", name="Bob", email="bob@example.com"))["data"]["id"]
    assert (await face.send("update_participant", id=bob, email="ADA@example.com")).status_code == 409
    assert (await face.send("update_participant", id=bob, email="Bob@example.com")).status_code == 200


async def test_every_filter_narrows_the_list(face: Face, template: str) -> None:
    pipeline = str(uuid4())
    await face.ask(
        "create_participant",
        **ada(
            evaluation_template_id=template, external_id="x-1", tags=["éclair", "a_b"], pipeline_id=pipeline
        ),
    )
    await face.ask("create_participant", name="Bob", email="bob@example.com", tags=["axb"], status="archived")
    for filters, total in (
        ({"search": "LOVE"}, 1),
        ({"search": "%"}, 0),
        ({"email": "ADA@example.com"}, 1),
        ({"status": "archived"}, 1),
        ({"tag": "éclair"}, 1),
        ({"tag": "a_b"}, 1),
        ({"tag": "a"}, 0),
        ({"evaluation_template_id": template}, 1),
        ({"external_id": "x-1"}, 1),
        ({"pipeline_id": pipeline}, 1),
        ({"nonsense": "ignored"}, 2),
    ):
        assert (await face.ask("list_participants", **filters))["meta"]["total"] == total, filters
    assert (await face.send("list_participants", status="nonsense")).status_code == 400


async def test_erasing_a_person_leaves_nothing_of_them(face: Face, template: str) -> None:
    who = (await face.ask("create_participant", **ada()))["data"]["id"]
    await face.ask("compose_evaluation_stages", id=template, stages=[{"type": "screen"}])
    booked = await face.ask(
        "schedule_session", candidate_id=who, evaluation_template_id=template, stage="screen"
    )
    assert (await face.send("delete_participant", id=who)).status_code == 204
    assert (await face.send("get_participant", id=who)).status_code == 404
    assert (await face.send("get_session", id=booked["data"]["id"])).status_code == 404
    assert (await face.ask("list_sessions"))["meta"]["total"] == 0
    assert (await face.ask("list_participants"))["meta"]["total"] == 0


async def test_mallory_cannot_see_change_or_use_a_participant(
    face: Face, mallory: Tenant, template: str
) -> None:
    who = (await face.ask("create_participant", **ada(tags=["t"])))["data"]["id"]
    for operation, args in (
        ("get_participant", {"id": who}),
        ("update_participant", {"id": who, "name": "x"}),
        ("delete_participant", {"id": who}),
        ("create_participant", ada(evaluation_template_id=template)),
        ("bulk_import_participants", {"participants": [ada(evaluation_template_id=template)]}),
    ):
        assert (await face.send(operation, mallory.key, **args)).status_code == 404, operation
    for filters in ({}, {"search": "ada"}, {"tag": "t"}, {"email": "ada@example.com"}):
        assert (await face.ask("list_participants", mallory.key, **filters))["meta"]["total"] == 0
    assert (await face.send("create_participant", mallory.key, **ada())).status_code == 201


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "A\x00"}, ["name"]),
        ({"email": "no-at"}, ["email"]),
        ({"email": "a@b.c\r\nBcc: x@y.z"}, ["email"]),
        ({"tags": "notalist"}, ["tags"]),
        ({"tags": ["ok", 5]}, ["tags", 1]),
        ({"resume_url": "file:///etc/passwd"}, ["resume_url"]),
        ({"metadata": {"k": "\x00"}}, ["metadata", "k"]),
        ({"metadata": []}, ["metadata"]),
        ({"status": "vanished"}, ["status"]),
        ({"pipeline_id": "x"}, ["pipeline_id"]),
        ({"profile": {"title": 5}}, ["profile", "title"]),
    ],
)
async def test_bad_input_names_its_field(face: Face, change: dict[str, Any], path: list[Any]) -> None:
    answer = await face.send("create_participant", **ada(**change))
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"] == path
