"""Participants over the faces."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from server.app import House
from storage.access import credits
from storage.schema.tables import metadata
from tests.contract.promise import promise
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant


def ada(**more: Any) -> dict[str, Any]:
    return {"name": "Ada Lovelace", "email": "Ada@Example.com", **more}


@pytest.fixture
async def template(face: Face) -> str:
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    return str(made["data"]["id"])


@promise(
    "participants.create",
    "participants.defaults",
    "participants.experience-level",
    "participants.experience-level-snake",
    "participants.metadata-untouched",
)
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


@promise(
    "participants.email-409",
    "participants.once-per-template",
    "participants.once-without-template",
    "participants.letter-case",
    "errors.409",
)
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


@promise("participants.email-409")
async def test_the_same_address_at_once_makes_one_participant(face: Face, template: str) -> None:
    calls: list[Any] = [face.send("create_participant", **ada()) for _ in range(4)]
    calls += [face.send("create_participant", **ada(evaluation_template_id=template)) for _ in range(4)]
    answers = await asyncio.gather(*calls)
    assert sum(answer.status_code == 201 for answer in answers[:4]) <= 1
    assert sum(answer.status_code == 201 for answer in answers[4:]) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}


@promise("participants.bulk", "participants.bulk-shape", "participants.bulk-first-wins")
async def test_an_import_creates_the_new_and_skips_the_known(face: Face) -> None:
    await face.ask("create_participant", **ada())
    rows = [ada(email=f"p{n}@example.com") for n in range(498)] + [ada(), ada(email="P0@example.com")]
    answer = await face.send("bulk_import_participants", participants=rows)
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["created"], data["skipped"], len(data["participants"])) == (498, 2, 498)
    assert [row["outcome"] for row in data["results"][-2:]] == ["skipped", "skipped"]
    assert (await face.ask("list_participants"))["meta"]["total"] == 499


@promise("participants.bulk-bad-row", "participants.bulk-size")
async def test_one_bad_row_refuses_the_import_and_is_named(face: Face) -> None:
    rows = [ada(email=f"p{n}@example.com") for n in range(499)] + [ada(email="nonsense")]
    answer = await face.send("bulk_import_participants", participants=rows)
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"] == ["participants", 499, "email"]
    assert (await face.ask("list_participants"))["meta"]["total"] == 0
    for wrong in ([], [ada(email=f"p{n}@example.com") for n in range(501)]):
        assert (await face.send("bulk_import_participants", participants=wrong)).status_code == 400


@promise("participants.patch", "patch.objects-merge", "patch.arrays-replace", "patch.metadata-replaces")
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


@promise("participants.patch-409")
async def test_a_new_address_must_be_free(face: Face) -> None:
    await face.ask("create_participant", **ada())
    bob = (await face.ask("create_participant", name="Bob", email="bob@example.com"))["data"]["id"]
    assert (await face.send("update_participant", id=bob, email="ADA@example.com")).status_code == 409
    assert (await face.send("update_participant", id=bob, email="Bob@example.com")).status_code == 200


@promise("participants.filters", "transport.unknown-fields-ignored", "paging.bad-enum-400")
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
    ):
        assert (await face.ask("list_participants", **filters))["meta"]["total"] == total, filters
    assert (await face.send("list_participants", status="nonsense")).status_code == 400


@promise("participants.delete", "participants.delete-erases", "transport.delete-204")
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


@promise("participants.unknown-template-404", "errors.404", "auth.workspace-scoped")
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


@promise("participants.create", "participants.resume-url", "errors.issues", "errors.issue-shape")
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
        ({"background": {"skills": "Python"}}, ["background", "skills"]),
        ({"metadata": {"k": "x" * 70_000}}, ["metadata"]),
        ({"resume_url": "https://exa\nmple.com/cv"}, ["resume_url"]),
        ({"resume_url": "cv.pdf"}, ["resume_url"]),
        ({"resume_url": "https://example.com/" + "x" * 2_048}, ["resume_url"]),
        ({"evaluation_template_id": 5}, ["evaluation_template_id"]),
        ({"phone": "0" * 51}, ["phone"]),
        ({"external_id": {}}, ["external_id"]),
    ],
)
async def test_bad_input_names_its_field(face: Face, change: dict[str, Any], path: list[Any]) -> None:
    answer = await face.send("create_participant", **ada(**change))
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"] == path


@promise("participants.create", "errors.issues")
async def test_name_and_address_are_required_and_both_are_named(face: Face) -> None:
    answer = await face.send("create_participant", phone="1")
    assert answer.status_code == 400
    assert sorted(issue["path"] for issue in answer.json()["issues"]) == [["email"], ["name"]]
    for issue in answer.json()["issues"]:
        assert issue.keys() == {"path", "message", "code"}


@promise("participants.defaults")
async def test_what_is_not_sent_or_null_is_empty(face: Face) -> None:
    nothing = dict.fromkeys(
        ["tags", "profile", "background", "metadata", "status", "phone", "resume_url", "external_id"]
    )
    for made in (
        (await face.ask("create_participant", **ada()))["data"],
        (await face.ask("create_participant", **ada(email="b@example.com", **nothing)))["data"],
    ):
        assert (made["tags"], made["profile"], made["background"], made["metadata"]) == ([], {}, {}, {})
        assert (made["status"], made["phone"], made["evaluation_template_id"]) == ("active", None, None)


@promise("participants.no-invite")
async def test_nobody_is_written_to_when_they_are_added(face: Face, jobs: RecordedJobs) -> None:
    await face.ask("create_participant", **ada())
    await face.ask("bulk_import_participants", participants=[ada(email="b@example.com")])
    assert jobs.of("mail") == []


@promise("participants.metadata-untouched")
async def test_members_of_metadata_are_kept_as_they_are(face: Face) -> None:
    free = {"experience_level": 1, "experienceLevel": None, "x": {"y": [None, 1.5, "é"]}, "": ""}
    made = (await face.ask("create_participant", **ada(metadata=free)))["data"]
    assert made["metadata"] == free
    changed = await face.ask("update_participant", id=made["id"], metadata={"a": None})
    assert changed["data"]["metadata"] == {"a": None}
    cleared = await face.ask("update_participant", id=made["id"], metadata=None)
    assert cleared["data"]["metadata"] == {}


@promise("patch.null-clears")
async def test_null_clears_a_group_and_a_template(face: Face, template: str) -> None:
    sent = ada(
        evaluation_template_id=template,
        profile={"title": "x"},
        background={"education": "y"},
        tags=["a"],
        resume_url="https://example.com/cv",
        external_id="1",
    )
    made = (await face.ask("create_participant", **sent))["data"]
    nothing = dict.fromkeys(sent.keys() - {"name", "email"})
    cleared = (await face.ask("update_participant", id=made["id"], **nothing))["data"]
    assert cleared == made | {
        "evaluation_template_id": None,
        "profile": {},
        "background": {},
        "tags": [],
        "resume_url": None,
        "external_id": None,
    }
    assert (await face.send("update_participant", id=made["id"], email=None)).status_code == 400
    assert (await face.send("update_participant", id=made["id"])).status_code == 400


@promise("participants.patch-409")
async def test_leaving_a_template_needs_the_address_alone(face: Face, template: str) -> None:
    alone = (await face.ask("create_participant", **ada()))["data"]["id"]
    inside = (await face.ask("create_participant", **ada(evaluation_template_id=template)))["data"]["id"]
    left = await face.send("update_participant", id=inside, evaluation_template_id=None)
    assert (left.status_code, left.json()["existing_participant_id"]) == (409, alone)
    joined = await face.send("update_participant", id=alone, evaluation_template_id=template)
    assert (joined.status_code, joined.json()["existing_participant_id"]) == (409, inside)
    nowhere = await face.send("update_participant", id=alone, evaluation_template_id=str(uuid4()))
    assert nowhere.status_code == 404


async def test_changes_of_different_members_at_once_are_both_kept(face: Face) -> None:
    who = (await face.ask("create_participant", **ada()))["data"]["id"]
    await asyncio.gather(
        *(
            face.ask("update_participant", id=who, profile={member: "x"})
            for member in ("title", "organization", "location", "experienceLevel")
        )
    )
    assert len((await face.ask("get_participant", id=who))["data"]["profile"]) == 4


async def test_imports_of_the_same_people_at_once_make_each_of_them_once(face: Face) -> None:
    rows = [ada(email=f"p{n}@example.com") for n in range(40)]
    first, second, alone = await asyncio.gather(
        face.ask("bulk_import_participants", participants=rows),
        face.ask("bulk_import_participants", participants=rows[::-1]),
        face.send("create_participant", **rows[7]),
    )
    created = first["data"]["created"] + second["data"]["created"]
    assert (created, alone.status_code) in ((39, 201), (40, 409))
    assert (await face.ask("list_participants"))["meta"]["total"] == 40


@promise("participants.bulk", "participants.once-per-template")
async def test_an_import_asks_for_each_role_and_says_who_was_there(face: Face, template: str) -> None:
    known = (await face.ask("create_participant", **ada(evaluation_template_id=template)))["data"]["id"]
    other = (await face.ask("create_evaluation_template", template_name="O", use_case="hiring"))["data"]["id"]
    done = await face.ask(
        "bulk_import_participants",
        evaluation_template_id=template,
        participants=[
            ada(),
            ada(evaluation_template_id=other),
            ada(email="b@example.com", tags=["x"], external_id="7", phone="1", resume_url="https://e.com/cv"),
        ],
    )
    results = done["data"]["results"]
    assert [row["outcome"] for row in results] == ["skipped", "created", "created"]
    assert results[0]["existing_participant_id"] == known
    made = done["data"]["participants"]
    assert [row["evaluation_template_id"] for row in made] == [other, template]
    assert (made[1]["tags"], made[1]["external_id"], made[1]["phone"]) == (["x"], "7", "1")
    assert [row["id"] for row in results[1:]] == [row["id"] for row in made]


async def test_an_unknown_template_in_one_row_refuses_the_import(face: Face) -> None:
    rows = [ada(), ada(email="b@example.com", evaluation_template_id=str(uuid4()))]
    answer = await face.send("bulk_import_participants", participants=rows)
    assert answer.status_code == 404
    assert answer.json()["field"] == "participants.1.evaluation_template_id"
    assert (await face.ask("list_participants"))["meta"]["total"] == 0


@promise("participants.bulk-bad-row", "participants.bulk-size")
@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ([], ["participants"]),
        (None, ["participants"]),
        ("ada@example.com", ["participants"]),
        ([5], ["participants", 0]),
        ([{"name": "A", "email": "a@example.com"}, {"name": "B"}], ["participants", 1, "email"]),
        ([{"name": "A", "email": "a@example.com", "tags": [1]}], ["participants", 0, "tags", 0]),
        ([{"name": "A\x00", "email": "a@example.com"}], ["participants", 0, "name"]),
    ],
)
async def test_a_malformed_import_is_refused_by_its_place(face: Face, rows: Any, path: list[Any]) -> None:
    answer = await face.send("bulk_import_participants", participants=rows)
    assert (answer.status_code, answer.json()["issues"][0]["path"]) == (400, path)


@promise("participants.bulk-account-slug", "auth.account-slug-own", "auth.account-slug-foreign-403")
async def test_an_import_may_name_its_own_workspace_and_no_other(
    rest: RestFace, grace: Tenant, mallory: Tenant
) -> None:
    own = await rest.send("bulk_import_participants", participants=[ada()], accountSlug=grace.slug)
    assert own.status_code == 200
    other = await rest.send(
        "bulk_import_participants", participants=[ada(email="b@example.com")], accountSlug=mallory.slug
    )
    assert (other.status_code, other.json()["code"]) == (403, "wrong_workspace")


@promise("participants.delete-erases", "credits.returned")
async def test_erasing_leaves_no_trace_in_any_table(
    rest: RestFace, house: House, grace: Tenant, template: str
) -> None:
    headers = {"x-api-key": rest.key, "idempotency-key": "once"}
    made = await rest.http.post("/api/v1/participants", json=ada(name="Ada Unmistakable"), headers=headers)
    who = made.json()["data"]["id"]
    await rest.ask("compose_evaluation_stages", id=template, stages=[{"type": "screen"}, {"type": "final"}])
    for stage in ("screen", "final"):
        booking = {"candidate_id": who, "evaluation_template_id": template, "stage": stage}
        answer = await rest.http.post(
            "/api/v1/sessions", json=booking, headers=headers | {"idempotency-key": stage}
        )
        assert answer.status_code == 201
    await rest.ask("cancel_session", id=answer.json()["data"]["id"])
    assert await house.store.read(lambda db: credits.count_used(db, grace.id)) == 1

    assert (await rest.send("delete_participant", id=who)).status_code == 204

    def remains(db: sa.Connection) -> list[str]:
        return [
            table.name
            for table in metadata.sorted_tables
            for row in db.execute(sa.select(table)).mappings()
            if "Unmistakable" in str(dict(row)) or "ada@example.com" in str(dict(row)).lower()
        ]

    def about(db: sa.Connection) -> set[str]:
        return {
            table.name
            for table in metadata.sorted_tables
            for row in db.execute(sa.select(table)).mappings()
            if UUID(who) in row.values() or who in str(dict(row))
        }

    assert await house.store.read(remains) == []
    assert await house.store.read(about) == {"audit_entries"}
    assert await house.store.read(lambda db: credits.count_used(db, grace.id)) == 0
    status = (await rest.ask("workspace_status"))["data"]
    assert (status["participants"], set(status["sessions"].values())) == (0, {0})
    assert (await rest.send("create_participant", **ada())).status_code == 201


async def test_erasing_one_participant_leaves_the_sessions_of_others(face: Face, template: str) -> None:
    await face.ask("compose_evaluation_stages", id=template, stages=[{"type": "screen"}])
    people = [
        (await face.ask("create_participant", **ada(email=f"{name}@example.com")))["data"]["id"]
        for name in ("ada", "bob")
    ]
    for who in people:
        await face.ask("schedule_session", candidate_id=who, evaluation_template_id=template, stage="screen")
    await face.ask("delete_participant", id=people[0])
    assert (await face.ask("list_sessions", status="scheduled"))["meta"]["total"] == 1
    assert (await face.ask("list_sessions"))["data"][0]["candidate_id"] == people[1]


@promise("paging.newest-first", "paging.meta", "paging.total-pages")
async def test_the_newest_come_first_page_by_page(face: Face) -> None:
    rows = [ada(name=f"P{n}", email=f"p{n}@example.com") for n in range(5)]
    await face.ask("bulk_import_participants", participants=rows)
    seen: list[str] = []
    for page in (1, 2, 3):
        answer = await face.ask("list_participants", page=page, pageSize=2)
        assert answer["meta"] == {"page": page, "pageSize": 2, "total": 5, "totalPages": 3}
        seen += [row["name"] for row in answer["data"]]
    assert seen == ["P4", "P3", "P2", "P1", "P0"]
