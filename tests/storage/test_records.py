"""Records: each fits the columns that fill it, and one that does not is refused when it is declared."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from storage.engine.prepared import PreparedQuery
from storage.engine.records import RecordError, Records, changed, values_of
from storage.interviews import sessions
from storage.schema import records
from storage.schema.records import SessionRecord
from storage.schema.tables import Session, Workspace, table
from tests.records import FILE, models, text

WORKSPACES = table(Workspace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspelt:
    id: UUID
    nane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nullable:
    id: UUID
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverNull:
    id: UUID
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherType:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWithSlug(Named):
    slug: str


def session(**members: object) -> SessionRecord:
    now = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
    some = UUID(int=1)
    plain = SessionRecord(
        id=some,
        workspace_id=some,
        status="scheduled",
        stage="screen",
        interview_id=some,
        candidate_id=some,
        evaluation_template_id=some,
        session_mode="interview",
        scheduled_at=now,
        timezone="UTC",
        language="en",
        duration_minutes=30,
        invite_status="queued",
        score_scale="0-10",
        created_at=now,
        updated_at=now,
    )
    return replace(plain, **members)  # type: ignore[arg-type]


def test_the_file_of_records_is_what_the_tables_say() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run `make snapshots`"


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_each_table_has_a_record_that_fits_it(model: type) -> None:
    Records(getattr(records, f"{model.__name__}Record"), table(model).c)


@pytest.mark.parametrize(
    ("record", "names", "complaint"),
    [
        (Misspelt, ("id", "name"), "differ in: name, nane"),
        (Nullable, ("id", "name"), "Nullable.name can not be null"),
        (NeverNull, ("id", "contact"), "NeverNull.contact may be null"),
        (OtherType, ("id", "name"), "OtherType.id is not UUID"),
        (Named, ("id",), "differ in: name"),
        (Named, ("id", "name", "slug"), "differ in: slug"),
    ],
)
def test_a_record_that_does_not_fit_its_columns_is_refused_when_it_is_declared(
    record: type[Named], names: tuple[str, ...], complaint: str
) -> None:
    columns = [WORKSPACES.c[name] for name in names]
    with pytest.raises(RecordError, match=complaint):
        Records(record, columns)
    with pytest.raises(RecordError, match=complaint):
        PreparedQuery(sa.select(*columns), record)


def test_rows_come_as_frozen_records_also_of_a_class_that_extends_another() -> None:
    engine = sa.create_engine("sqlite://")
    rows = Records(NamedWithSlug, [WORKSPACES.c.slug, WORKSPACES.c.id, WORKSPACES.c.name])
    prepared = PreparedQuery(rows.select(), NamedWithSlug)
    with engine.connect() as db:
        WORKSPACES.create(db)
        db.execute(
            sa.insert(WORKSPACES).values(
                id=UUID(int=7),
                slug="acme",
                name="Acme",
                reminder_minutes=[],
                created_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
            )
        )
        expected = NamedWithSlug(id=UUID(int=7), name="Acme", slug="acme")
        assert rows.all(db, rows.select()) == [expected]
        assert prepared.one(db) == expected
        found = rows.one(db, rows.select())
    assert found is not None
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "Other"  # type: ignore[misc]
    engine.dispose()


def test_an_update_writes_only_what_differs() -> None:
    before = session()
    assert changed(before, replace(before, score="7.0")) == {"score": "7.0"}
    assert changed(before, before) == {}
    assert list(values_of(before)) == [column.key for column in table(Session).c]


def test_a_status_is_not_changed_by_the_way() -> None:
    before = session()
    engine = sa.create_engine("sqlite://")
    with engine.connect() as db, pytest.raises(ValueError, match="transition"):
        sessions.change(db, before, replace(before, status="completed"))
    engine.dispose()
