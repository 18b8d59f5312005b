"""The audit log: complete, chained, and blind to values."""

from server.app import House
from storage.access import audit
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


async def test_a_write_is_one_entry_and_one_head(face: Face, house: House, grace: Tenant) -> None:
    await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    [shown] = (await face.ask("list_audit_log"))["data"]
    end = await house.store.read(lambda db: audit.head(db, grace.id))
    assert end is not None
    assert (end.seq, end.hash) == (1, shown["hash"])
    assert house.services.audit_key.fits(grace.id, end)
