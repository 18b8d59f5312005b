"""Asking for a draft where no model is set up."""

from server.app import House
from tests.support.faces import Face
from tests.support.seed import add_pipeline
from tests.support.workspaces import Tenant


async def test_without_a_model_the_refusal_says_what_to_do_instead(
    face: Face, house: House, grace: Tenant
) -> None:
    role = await add_pipeline(house, grace.id)
    refused = await face.refused("draft_script", id=str(role.stages["screen"]))
    assert refused["code"] == "no_model"
    assert "write_script" in refused["hint"]
    assert "read_script" in refused["hint"]
    assert "VIVA_MODEL" in refused["hint"]
