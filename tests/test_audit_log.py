"""The audit log: complete, chained, and blind to values."""

import pytest
import sqlalchemy as sa

from domain.audit import first_break
from server.app import House
from storage import audit
from tests.house import RestFace, Tenant


async def test_every_write_is_noted_with_actor_door_and_subject(rest: RestFace, grace: Tenant) -> None:
    made = await rest.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    template = made["data"]["id"]
    await rest.ask("update_evaluation_template", id=template, level="Senior")
    await rest.ask("list_evaluation_templates")
    log = (await rest.ask("list_audit_log"))["data"]
    assert [(entry["operation"], entry["face"], entry["subject"]) for entry in log] == [
        ("update_evaluation_template", "rest", template),
        ("create_evaluation_template", "rest", template),
    ]
    assert log[0]["fields"] == ["level"]
    assert log[0]["actor"].startswith("key:")
    assert "Senior" not in str(log)


async def test_a_refused_write_leaves_no_entry(rest: RestFace) -> None:
    await rest.ask("create_evaluation_template", template_name="", use_case="hiring")
    await rest.ask("delete_evaluation_template", id="00000000-0000-0000-0000-000000000000")
    assert (await rest.ask("list_audit_log"))["meta"]["total"] == 0


async def test_mallory_reads_only_her_own_log(rest: RestFace, mallory: Tenant) -> None:
    await rest.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    assert (await rest.ask("list_audit_log", mallory.key))["data"] == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entries SET operation = 'x' WHERE seq = 2",
        "DELETE FROM audit_entries WHERE seq = 2",
        "DELETE FROM audit_entries WHERE seq = 3",
    ],
)
async def test_a_changed_or_removed_entry_breaks_the_chain(
    rest: RestFace, house: House, grace: Tenant, tampering: str
) -> None:
    for name in ("A", "B", "C"):
        await rest.ask("create_evaluation_template", template_name=name, use_case="hiring")

    def check(db: sa.Connection) -> int | None:
        return first_break(audit.every(db, grace.id), *audit.head(db, grace.id))

    assert await house.store.read(check) is None
    await house.store.write(lambda db: db.execute(sa.text(tampering)) and None)
    assert await house.store.read(check) == (3 if tampering.endswith("3") else 2)
