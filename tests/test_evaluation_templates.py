"""Evaluation templates over the faces."""

from tests.house import Tenant
from tests.mcp_face import Face


async def test_a_template_is_made_with_defaults_filled_in(face: Face) -> None:
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    assert made["data"]["success_outcome"] == "hire_no_hire"
    read = await face.ask("get_evaluation_template", id=made["data"]["id"])
    assert read["data"] == made["data"] | {"stages": []}


async def test_mallory_sees_no_template_of_grace(face: Face, mallory: Tenant) -> None:
    made = await face.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    asked = await face.ask("get_evaluation_template", mallory.key, id=made["data"]["id"])
    assert asked["code"] == "not_found"
    assert (await face.ask("list_evaluation_templates", mallory.key))["meta"]["total"] == 0
