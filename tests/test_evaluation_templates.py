"""Evaluation templates over the faces."""

from tests.house import RestFace, Tenant


async def test_a_template_is_made_with_defaults_filled_in(rest: RestFace) -> None:
    made = await rest.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    assert made["data"]["success_outcome"] == "hire_no_hire"
    assert (await rest.ask("get_evaluation_template", id=made["data"]["id"])) == made


async def test_mallory_sees_no_template_of_grace(rest: RestFace, mallory: Tenant) -> None:
    made = await rest.ask("create_evaluation_template", template_name="Backend", use_case="hiring")
    asked = await rest.ask("get_evaluation_template", mallory.key, id=made["data"]["id"])
    assert asked["code"] == "not_found"
    assert (await rest.ask("list_evaluation_templates", mallory.key))["meta"]["total"] == 0
