"""The audit log: complete, chained, and blind to values."""

import pytest
import sqlalchemy as sa

from domain.audit_chain import first_break
from server.app import House
from storage.access import audit
from storage.engine.records import values_of
from tests.support.faces import Face
from tests.support.workspaces import Tenant


async def test_every_write_is_logged_with_actor_face_and_subject(face: Face, grace: Tenant) -> None:
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    template = made["data"]["id"]
    await face.ask("update_evaluation_template", id=template, level="Senior")
    await face.ask("list_evaluation_templates")
    log = (await face.ask("list_audit_log"))["data"]
    assert [(entry["operation"], entry["face"], entry["subject"]) for entry in log] == [
        ("update_evaluation_template", face.name, template),
        ("create_evaluation_template", face.name, template),
    ]
    assert log[0]["fields"] == ["level"]
    assert log[0]["actor"].startswith("key:")
    assert "Senior" not in str(log)


async def test_a_refused_write_leaves_no_entry(face: Face) -> None:
    await face.refused("create_evaluation_template", template_name="", use_case="hiring")
    await face.refused("delete_evaluation_template", id="00000000-0000-0000-0000-000000000000")
    assert (await face.ask("list_audit_log"))["meta"]["total"] == 0


async def test_mallory_reads_only_her_own_log(face: Face, mallory: Tenant) -> None:
    await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    assert (await face.ask("list_audit_log", mallory.key))["data"] == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entries SET operation = 'x' WHERE seq = 2",
        "DELETE FROM audit_entries WHERE seq = 2",
        "DELETE FROM audit_entries WHERE seq = 3",
    ],
)
async def test_a_changed_or_removed_entry_breaks_the_chain(
    face: Face, house: House, grace: Tenant, tampering: str
) -> None:
    for name in ("A", "B", "C"):
        await face.ask("create_evaluation_template", template_name=name, use_case="hiring")

    def check(db: sa.Connection) -> int | None:
        return first_break(map(values_of, audit.every(db, grace.id)), *audit.head(db, grace.id))

    assert await house.store.read(check) is None
    await house.store.write(lambda db: db.execute(sa.text(tampering)) and None)
    assert await house.store.read(check) == (3 if tampering.endswith("3") else 2)
