"""A role with two stages and one participant, as most tests of the kernel need them."""

from uuid import UUID

import pytest

from server.app import House
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, "screen", "final")


@pytest.fixture
async def ada(house: House, grace: Tenant) -> UUID:
    return await add_participant(house, grace.id, "Ada")
