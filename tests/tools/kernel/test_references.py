"""A reference on the MCP face means one record or none, whatever else the workspace holds."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from unicodedata import normalize
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import AmbiguousName, NoSuchName
from domain.text.folding import reference_key
from server.app import House
from storage.access import workspaces
from storage.engine.ids import new_id
from storage.engine.migrate import config_for, migrate
from storage.engine.store import engine_for
from storage.people import participants
from storage.schema.records import ParticipantRecord, WorkspaceRecord
from storage.schema.tables import EvaluationStage, table
from storage.setup import references as queries
from tests.support.mcp_face import McpFace
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.workspaces import Tenant
from tools.kernel.references import resolve
from tools.people.participants import GetParticipant

NOW = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


def person(workspace: UUID, name: str, email: str, **columns: Any) -> ParticipantRecord:
    plain: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": workspace,
        "name": name,
        "email": email,
        "email_key": email.lower(),
        "tags": [],
        "profile": {},
        "background": {},
        "extra": {},
        "status": "active",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return ParticipantRecord(**{**plain, **columns})


# The form in which names are compared -------------------------------------------------------------

SAME = [
    ("Maria Ott", "maria ott"),
    ("Maria Ott", "  MARIA \t\u00a0 Ott\n"),
    ("Zoë Müller", "Zoe Muller"),
    ("Zoë Müller", normalize("NFD", "ZOË MÜLLER")),
    ("Günther Weiß", "gunther WEISS"),
    ("Nguyễn", "nguyen"),
    ("\uff21\uff42\uff43", "abc"),
    ("I\u015eIK", "\u0131\u015f\u0131k"),
]
OTHER = [
    ("Maria Ott", "Maria Ottinger"),
    ("Maria Ott", "Ott Maria"),
    ("Maria Ott", "Maria-Ott"),
    ("Maria Ott", "MariaOtt"),
    ("Maria Ott", "Maria Ott."),
    ("Maria Ott", "M\u0430ria Ott"),  # a Cyrillic a
    ("Maria Ott", "Maria\u200b Ott"),
    ("Maria Ott", "Maria\u200d Ott"),
    ("Maria Ott", "\ufeffMaria Ott"),
    ("O'Brien", "OBrien"),
    ("O Brien", "O\u00b4Brien"),
    ("O'Brien", "O\u2019Brien"),
    ("Ann B", "Ann"),
    ("\u30cf\u30ca", "\u30d0\u30ca"),  # ha-na, ba-na
    ("\u0930\u092e\u0947\u0936", "\u0930\u092e\u0936"),  # Ramesh, Ramsh
    ("Søren", "Soren"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_case_accents_width_and_space_do_not_count(one: str, other: str) -> None:
    assert reference_key(one) == reference_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_everything_else_counts(one: str, other: str) -> None:
    assert reference_key(one) != reference_key(other)


@given(st.text(max_size=40))
def test_the_form_is_its_own_form(text: str) -> None:
    assert reference_key(reference_key(text)) == reference_key(text)


# Never another record -----------------------------------------------------------------------------


@pytest.fixture
async def maria(house: House, grace: Tenant) -> UUID:
    return await add_participant(
        house,
        grace.id,
        "Maria Ottinger",
        email="m.ottinger@corp.example",
        email_key="m.ottinger@corp.example",
    )


@pytest.mark.parametrize(
    "near",
    [
        "Maria Ott",
        "Maria",
        "Ottinger",
        "Ottinger Maria",
        "Maria-Ottinger",
        "Maria Ottinger Jr",
        "M\u0430ria Ottinger",
        "Maria\u200b Ottinger",
        "m-ottinger@corp.example",
        "m.ottinger@corp.exampl",
        "ottinger@corp.example",
        "m.ottinger",
        "*",
        "%",
        "_",
        "",
    ],
)
async def test_what_only_resembles_a_name_is_suggested_and_never_erased(
    assistant: McpFace, rest: RestFace, maria: UUID, near: str
) -> None:
    refused = await assistant.refused("delete_participant", id=near)
    assert refused["code"] in ("no_such_name", "invalid")
    assert (await rest.send("get_participant", id=str(maria))).status_code == 200
    if near in ("Maria Ott", "Ottinger", "m-ottinger@corp.example"):
        assert refused["candidates"] == [
            {
                "id": str(maria),
                "name": "Maria Ottinger",
                "email": "m.ottinger@corp.example",
                "created_at": "2026-06-01T09:00:00Z",
            }
        ]


@pytest.mark.parametrize(
    "reference",
    [
        "maria ottinger",
        " MARIA   OTTINGER ",
        "María Ottinger",
        "M.Ottinger@CORP.example",
        "ATS-7",
        " ATS-7 ",
    ],
)
async def test_a_whole_name_an_address_and_an_external_id_are_references(
    assistant: McpFace, rest: RestFace, maria: UUID, reference: str
) -> None:
    await rest.ask("update_participant", id=str(maria), external_id="ATS-7")
    assert (await assistant.ask("get_participant", id=reference))["data"]["id"] == str(maria)
    assert (await assistant.send_once("get_participant", id="ats-7")).json()["code"] == "no_such_name"


async def test_two_of_one_name_are_told_apart(
    assistant: McpFace, rest: RestFace, house: House, grace: Tenant, maria: UUID
) -> None:
    role = await add_pipeline(house, grace.id)
    other = await rest.ask(
        "create_participant",
        name="MARIA OTTINGER",
        email="other@example.com",
        evaluation_template_id=str(role.template),
    )
    unclear = await assistant.refused("get_participant", id="Maria Ottinger")
    assert unclear["code"] == "ambiguous_name"
    by_id = {each["id"]: each for each in unclear["candidates"]}
    assert by_id.keys() == {str(maria), other["data"]["id"]}
    assert by_id[other["data"]["id"]]["role"] == "Backend Engineer"
    assert by_id[str(maria)]["email"] == "m.ottinger@corp.example"


@pytest.mark.parametrize("taken", ["id", "email", "external_id"])
async def test_a_name_that_is_anothers_id_address_or_external_id_wins_nothing(
    assistant: McpFace, rest: RestFace, maria: UUID, taken: str
) -> None:
    await rest.ask("update_participant", id=str(maria), external_id="ATS-7")
    reference = {"id": str(maria), "email": "m.ottinger@corp.example", "external_id": "ATS-7"}[taken]
    impostor = await rest.ask("create_participant", name=reference, email="impostor@example.com")
    refused = await assistant.refused("delete_participant", id=reference)
    assert refused["code"] == "ambiguous_name"
    assert {each["id"] for each in refused["candidates"]} == {str(maria), impostor["data"]["id"]}
    for id in (str(maria), impostor["data"]["id"]):
        assert (await rest.send("get_participant", id=id)).status_code == 200


async def test_an_id_that_leads_nowhere_is_not_found_and_no_name_is_tried(
    assistant: McpFace, maria: UUID
) -> None:
    refused = await assistant.refused("get_participant", id=str(UUID(int=7)))
    assert refused["code"] == "not_found"
    assert "candidates" not in refused


async def test_the_oldest_of_thousands_is_found_by_name(
    assistant: McpFace, house: House, grace: Tenant, maria: UUID
) -> None:
    later = NOW + dt.timedelta(days=1)
    crowd = [
        person(grace.id, f"Maria Ottinger {place}", f"p{place}@example.com", created_at=later)
        for place in range(3000)
    ]
    await house.store.write(lambda db: participants.add(db, crowd))
    assert (await assistant.ask("get_participant", id="maria ottinger"))["data"]["id"] == str(maria)
    refused = await assistant.refused("get_participant", id="Maria")
    assert (refused["code"], len(refused["candidates"])) == ("no_such_name", 10)


async def test_another_workspace_means_nothing_and_is_told_nothing(
    assistant: McpFace, house: House, mallory: Tenant, maria: UUID, grace: Tenant
) -> None:
    role = await add_pipeline(house, grace.id)
    for tool, references in (
        ("get_participant", ("Maria Ottinger", "m.ottinger@corp.example", "Maria")),
        ("get_evaluation_template", ("Backend Engineer", "Backend")),
        ("get_evaluation_stage", ("screen", "Screen round", "Screen")),
    ):
        for reference in references:
            answer = await assistant.refused(tool, mallory.key, id=reference)
            assert (answer["code"], answer["candidates"]) == ("no_such_name", [])
    for tool, id in (("get_participant", maria), ("get_evaluation_template", role.template)):
        answer = await assistant.refused(tool, mallory.key, id=str(id))
        assert answer["code"] == "not_found"


async def test_the_role_of_a_suggestion_is_never_another_workspaces(
    house: House, grace: Tenant, mallory: Tenant
) -> None:
    theirs = await add_pipeline(house, mallory.id)
    # no call can write such a row; the query holds even so
    await add_participant(house, grace.id, "Ada", evaluation_template_id=theirs.template)
    found = await house.store.read(lambda db: queries.find_similar(db, grace.id, "participant", "ada"))
    assert [record.details.get("role") for record in found] == [None]


# Other kinds of record ----------------------------------------------------------------------------


async def test_templates_stages_and_profiles_are_named_in_the_same_way(
    assistant: McpFace, rest: RestFace, house: House, grace: Tenant
) -> None:
    role = await add_pipeline(house, grace.id, "screen", "final")
    other = await add_pipeline(house, grace.id, "screen")
    await rest.ask("update_evaluation_template", id=str(other.template), template_name="Backend Engineer II")
    profile = await rest.ask(
        "create_agent_profile",
        name="Nora",
        persona="I am Nora.",
        useCase="hiring",
        evaluationDimensions=[{"name": "Code", "description": "", "weight": 100}],
    )
    by_name = (
        ("get_evaluation_template", "backend engineer", str(role.template)),
        ("get_evaluation_template", "Backend Engineer II", str(other.template)),
        ("get_evaluation_stage", "final", str(role.stages["final"])),
        ("get_evaluation_stage", "FINAL round", str(role.stages["final"])),
        ("get_agent_profile", "nora", profile["data"]["id"]),
    )
    for tool, reference, id in by_name:
        assert (await assistant.ask(tool, id=reference))["data"]["id"] == id
    for tool, reference in (
        ("get_evaluation_template", "Backend"),
        ("get_evaluation_stage", "Final"[:4]),
        ("get_agent_profile", "Nor"),
    ):
        assert (await assistant.refused(tool, id=reference))["code"] == "no_such_name"
    both = await assistant.refused("get_evaluation_stage", id="screen")
    assert both["code"] == "ambiguous_name"
    assert {each["role"] for each in both["candidates"]} == {"Backend Engineer", "Backend Engineer II"}


async def test_a_stage_is_looked_for_in_the_template_that_is_named(
    assistant: McpFace, house: House, grace: Tenant
) -> None:
    one = await add_pipeline(house, grace.id, "screen")
    await add_pipeline(house, grace.id, "screen")
    listed = await assistant.ask(
        "list_sessions", evaluation_template_id=str(one.template), interview_id="screen"
    )
    assert listed["meta"]["total"] == 0
    compared = await assistant.ask("compare_candidates", id=str(one.template), interview_id="Screen round")
    assert compared["data"]["candidates"] == []
    refused = await assistant.refused("list_sessions", interview_id="screen")
    assert refused["code"] == "ambiguous_name"


async def test_a_renamed_record_is_found_by_its_new_name_alone(
    assistant: McpFace, rest: RestFace, house: House, grace: Tenant, maria: UUID
) -> None:
    role = await add_pipeline(house, grace.id, "screen")
    await rest.ask("update_participant", id=str(maria), name="Maria Ott")
    await rest.ask("update_evaluation_template", id=str(role.template), template_name="Data Engineer")
    await rest.ask("update_evaluation_stage", id=str(role.stages["screen"]), type="phone", stage_name=None)
    for tool, old, new in (
        ("get_participant", "Maria Ottinger", "Maria Ott"),
        ("get_evaluation_template", "Backend Engineer", "Data Engineer"),
        ("get_evaluation_stage", "screen", "phone"),
        ("get_evaluation_stage", "Screen round", "phone"),
    ):
        assert (await assistant.refused(tool, id=old))["code"] == "no_such_name"
        await assistant.ask(tool, id=new)


async def test_rows_of_an_import_name_their_role(assistant: McpFace, house: House, grace: Tenant) -> None:
    role = await add_pipeline(house, grace.id)
    row = {"name": "Ada", "email": "ada@example.com", "evaluation_template_id": "Backend Engineer"}
    made = await assistant.ask("bulk_import_participants", participants=[row])
    assert made["data"]["participants"][0]["evaluation_template_id"] == str(role.template)
    refused = await assistant.refused(
        "bulk_import_participants", participants=[{**row, "evaluation_template_id": "Backend"}]
    )
    assert refused["field"] == "participants.0.evaluation_template_id"


# Any names ----------------------------------------------------------------------------------------


def _bases() -> st.SearchStrategy[str]:
    return st.sampled_from(
        ["Maria Ott", "Zoë Müller", "Ann B", "O'Brien", "李 明", "Анна", "ann.b@corp.example"]
    )


@st.composite
def variants(draw: st.DrawFn) -> str:
    """A name, or one that resembles it."""
    name = draw(_bases())
    change = draw(st.integers(0, 12))
    altered = {
        0: name,
        1: name.upper(),
        2: f"  {name.replace(' ', '   ')} ",
        3: normalize("NFD", name),
        4: normalize("NFKD", name).encode("ascii", "ignore").decode().strip() or name,
        5: f"{name}inger",
        6: name[: max(1, len(name) - 1)],
        7: " ".join(reversed(name.split())),
        8: name.replace(" ", "-"),
        9: name.replace("a", "\u0430"),
        10: f"{name[:1]}\u200b{name[1:]}",
        11: name.replace(".", "-").replace("'", "\u2019"),
        12: f"{name}.",
    }
    return altered[change]


@pytest.fixture
def empty(database: str) -> Iterator[sa.Engine]:
    engine = engine_for(database)
    yield engine
    engine.dispose()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(variants(), min_size=1, max_size=8), reference=variants())
def test_a_reference_finds_who_has_this_very_name_or_nobody(
    empty: sa.Engine, names: list[str], reference: str
) -> None:
    with empty.connect() as db:
        space = WorkspaceRecord(id=new_id(), slug=new_id().hex, name="S", reminder_minutes=[], created_at=NOW)
        workspaces.add(db, space)
        people = [person(space.id, name, f"p{place}@example.com") for place, name in enumerate(names)]
        participants.add(db, people)
        meant = [each.id for each in people if reference_key(each.name) == reference_key(reference)]
        if len(meant) == 1:
            assert resolve(db, space.id, GetParticipant, {"id": reference}) == {"id": str(meant[0])}
        else:
            with pytest.raises(AmbiguousName if meant else NoSuchName):
                resolve(db, space.id, GetParticipant, {"id": reference})
        db.rollback()


@given(st.text(max_size=20), st.text(max_size=20))
def test_two_names_are_one_reference_only_when_they_differ_in_case_accents_form_or_space(
    one: str, other: str
) -> None:
    if reference_key(one) == reference_key(other):
        plain = [
            "".join(normalize("NFKD", normalize("NFKD", text).casefold()).split()) for text in (one, other)
        ]
        marks = "".join(chr(code) for code in range(0x300, 0x370)) + "\u0131"
        bare = [text.translate({ord(mark): None for mark in marks}).replace("\u0131", "i") for text in plain]
        assert bare[0].replace("i", "") == bare[1].replace("i", "")


async def test_a_reference_of_nothing_but_marks_means_no_record(
    assistant: McpFace, rest: RestFace, house: House, grace: Tenant
) -> None:
    # its form for comparing is empty, as that of a stage without a name, and of a row that an old server wrote
    role = await add_pipeline(house, grace.id, "screen")
    await house.store.write(
        lambda db: db.execute(sa.update(table(EvaluationStage)).values(stage_name=None, name_key=""))
    )
    refused = await assistant.refused("get_evaluation_stage", id="\u0307")
    assert refused["code"] == "no_such_name"
    assert (await rest.ask("get_evaluation_stage", id=str(role.stages["screen"])))["data"]["type"] == "screen"


# Records from before ------------------------------------------------------------------------------


def test_records_from_before_are_found_after_the_migration(database: str) -> None:
    engine = engine_for(database)
    space = WorkspaceRecord(id=new_id(), slug="old", name="Old", reminder_minutes=[], created_at=NOW)
    people = [person(space.id, f"ZOË {place}", f"p{place}@example.com") for place in range(2_100)]
    with engine.begin() as db:
        workspaces.add(db, space)
        participants.add(db, people)
    with engine.begin() as db:
        command.downgrade(config_for(db), "0006")
    migrate(database)
    with engine.connect() as db:
        found = resolve(db, space.id, GetParticipant, {"id": "zoe 2099"})
    engine.dispose()
    assert found == {"id": str(people[2099].id)}


def test_every_part_of_the_query_goes_through_an_index(empty: sa.Engine) -> None:
    if empty.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the table, which is nothing here")
    for kind in ("participant", "agent_profile", "evaluation_template", "evaluation_stage"):
        statement = queries._exact(kind, scoped=False)[0].statement
        with empty.connect() as db:
            text = str(statement.compile(dialect=db.dialect))  # type: ignore[attr-defined]
            places = (1,) * text.count("?")
            plan = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", places).all()
        assert all("SCAN" not in row[3].replace("SCAN anon", "") for row in plan), plan
