"""Finding people by letters in any case and form, and numbers in `metadata` that are longer than 64 bits."""

import datetime as dt
from typing import Any
from unicodedata import normalize

import httpx
import pytest
import sqlalchemy as sa
from alembic import command

from server.app import House
from storage.access import workspaces
from storage.engine.ids import new_id
from storage.engine.migrate import config_for, migrate
from storage.engine.store import engine_for
from storage.people import participants
from storage.schema.records import ParticipantRecord, WorkspaceRecord
from tests.contract.promise import promise
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.workspaces import Tenant

NAMES = [
    "Jürgen Müller",
    "ZOË LEFÈVRE",
    normalize("NFD", "Renée Dvořák"),
    "Анна Жукова",
    "Günther Weiß",
    "100% Ada_B",
]


async def found(face: Face, search: str, key: str | None = None) -> list[str]:
    rows = (await face.ask("list_participants", key, search=search))["data"]
    return sorted(row["name"] for row in rows)


@promise("participants.search-letters")
async def test_letters_are_found_in_any_case_and_form(face: Face, mallory: Tenant) -> None:
    for place, name in enumerate(NAMES):
        made = await face.send("create_participant", name=name, email=f"p{place}@example.com")
        assert made.status_code == 201
    for search, place in (
        ("MÜLLER", 0),
        ("müller", 0),
        (normalize("NFD", "Müller"), 0),
        ("zoë", 1),
        ("lefèvre", 1),
        ("RENÉE", 2),
        ("dvořák", 2),
        ("ЖУКОВА", 3),
        ("анна", 3),
        ("weiss", 4),
        ("WEIẞ", 4),
        ("0% a", 5),
        ("ADA_B", 5),
        ("P3@EXAMPLE", 3),
    ):
        assert await found(face, search) == [NAMES[place]], search
    assert await found(face, "Muller") == []
    assert await found(face, "müllerp0") == []
    assert await found(face, "%") == ["100% Ada_B"]
    assert await found(face, "müller", mallory.key) == []


async def test_a_changed_name_address_or_external_id_is_found(face: Face) -> None:
    made = (await face.ask("create_participant", name="Zoë", email="z@example.com", external_id="ÄTS-1"))[
        "data"
    ]
    await face.ask("update_participant", id=made["id"], name="Chloë")
    assert await found(face, "ZOË") == []
    assert await found(face, "CHLOË") == ["Chloë"]
    assert await found(face, "äts-1") == ["Chloë"]
    await face.ask("update_participant", id=made["id"], external_id=None, email="Chloë@Example.com")
    assert await found(face, "äts-1") == []
    assert await found(face, "chloë@EXAMPLE") == ["Chloë"]


async def test_people_who_were_imported_are_found(face: Face) -> None:
    rows = [{"name": "Søren ÅBERG", "email": "s@example.com"}]
    await face.ask("bulk_import_participants", participants=rows)
    assert await found(face, "åberg") == ["Søren ÅBERG"]


async def test_an_assistant_may_name_a_person_in_any_case(
    assistant: McpFace, house: House, grace: Tenant
) -> None:
    zoe = await add_participant(
        house, grace.id, "ZOË LEFÈVRE", email="z@example.com", email_key="z@example.com"
    )
    role = await add_pipeline(house, grace.id)
    made = await assistant.ask(
        "schedule_session",
        candidate_id=normalize("NFD", "zoë lefèvre"),
        evaluation_template_id=str(role.template),
        stage="screen",
    )
    assert made["data"]["candidate_id"] == str(zoe)


def test_people_from_before_are_found_after_the_migration(database: str) -> None:
    now = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
    space = WorkspaceRecord(id=new_id(), slug="old", name="Old", reminder_minutes=[], created_at=now)
    people = [
        ParticipantRecord(
            id=new_id(),
            workspace_id=space.id,
            name=f"ZOË {place}",
            email=f"{place}@example.com",
            email_key=f"{place}@example.com",
            tags=[],
            profile={},
            background={},
            extra={},
            status="active",
            created_at=now,
            updated_at=now,
        )
        for place in range(2_100)
    ]
    engine = engine_for(database)
    with engine.begin() as db:
        workspaces.add(db, space)
        participants.add(db, people)
    with engine.begin() as db:
        command.downgrade(config_for(db), "0005")
    migrate(database)
    with engine.connect() as db:
        rows = db.execute(sa.select(participants.TABLE.c.name, participants.TABLE.c.search_text)).all()
    engine.dispose()
    assert len(rows) == 2_100
    for name, text in rows:
        assert text == f"{name.casefold()}\n{name[4:]}@example.com\n"


BIG = [2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**30, 90071992547409931234567]


@promise("participants.metadata-numbers")
async def test_whole_numbers_in_metadata_keep_every_digit(face: Face) -> None:
    document: dict[str, Any] = {"ids": BIG, "deep": {"applicant": BIG[-1]}, "x": 0.5, "text": "9" * 40}
    made = await face.ask("create_participant", name="Ada", email="ada@example.com", metadata=document)
    assert made["data"]["metadata"] == document
    id = made["data"]["id"]
    assert (await face.ask("get_participant", id=id))["data"]["metadata"] == document
    assert (await face.ask("list_participants"))["data"][0]["metadata"] == document
    changed = await face.ask("update_participant", id=id, metadata={"n": 10**50})
    assert changed["data"]["metadata"] == {"n": 10**50}


async def test_a_replay_keeps_every_digit_too(rest: RestFace) -> None:
    async def post(number: int) -> httpx.Response:
        return await rest.http.post(
            "/api/v1/participants",
            json={"name": "Ada", "email": "ada@example.com", "metadata": {"n": number}},
            headers={"x-api-key": rest.key, "idempotency-key": "k"},
        )

    first, again, other = await post(10**30), await post(10**30), await post(10**30 + 1)
    assert (first.status_code, first.json()["data"]["metadata"]) == (201, {"n": 10**30})
    assert again.json() == first.json()
    assert other.status_code == 422


async def test_the_rules_of_a_profile_keep_every_digit(face: Face) -> None:
    made = await face.send(
        "create_agent_profile",
        name="Nora",
        persona="I am Nora.",
        useCase="hiring",
        evaluationDimensions=[{"name": "Code", "description": "Writes it.", "weight": 100}],
        scoring={"recommendationLogic": {"n": 10**30}},
    )
    assert made.status_code == 201, made.json()
    assert made.json()["data"]["scoring"]["recommendationLogic"] == {"n": 10**30}


@pytest.mark.parametrize("digits", [70_000, 5_000])
async def test_a_number_beyond_all_measure_is_refused(rest: RestFace, digits: int) -> None:
    body = '{"name": "Ada", "email": "ada@example.com", "metadata": {"n": %s}}' % ("9" * digits)
    answer = await rest.http.post(
        "/api/v1/participants",
        content=body,
        headers={"x-api-key": rest.key, "content-type": "application/json"},
    )
    assert (answer.status_code, answer.json()["issues"][0]["code"]) == (400, "number_too_long")


async def test_many_long_numbers_count_for_the_size(face: Face) -> None:
    sent: dict[str, Any] = {"name": "Ada", "email": "ada@example.com", "metadata": {"n": [10**1000] * 66}}
    answer = await face.send("create_participant", **sent)
    assert (answer.status_code, answer.json()["issues"][0]["path"]) == (400, ["metadata"])
