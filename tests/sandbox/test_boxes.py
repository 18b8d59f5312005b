"""A box whose building is cancelled leaves no process and no pipe behind."""

import asyncio
import gc
import os
import resource
import warnings

import pytest

from domain.code.runs import Language
from server.adapters.sandbox.box import Box
from server.adapters.sandbox.command_line import NoBox
from server.adapters.sandbox.runtimes import runtime_of

pytestmark = pytest.mark.needs("sandbox")


def children() -> set[str]:
    found: set[str] = set()
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as lines:
            found |= set(lines.read().split())
    return found


@pytest.mark.parametrize("turns_of_the_loop", range(0, 40, 3))
async def test_a_box_given_up_while_it_is_built_is_ended_with_all_its_pipes(turns_of_the_loop: int) -> None:
    before, open_before = children(), len(os.listdir("/proc/self/fd"))
    building = asyncio.create_task(Box.open(runtime_of(Language.PYTHON)))
    for _ in range(turns_of_the_loop):
        await asyncio.sleep(0)
    building.cancel()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await asyncio.gather(building, return_exceptions=True)
        gc.collect()
    assert building.cancelled()
    assert children() <= before
    assert (
        len(os.listdir("/proc/self/fd")) <= open_before + 1
    )  # asyncio keeps a watcher of its own after the first


async def test_a_box_that_finds_too_few_descriptors_closes_those_it_has() -> None:
    await (await Box.open(runtime_of(Language.PYTHON))).close()  # what is opened once is open
    gc.collect()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before, children_before = len(os.listdir("/proc/self/fd")), children()
    refused = 0
    try:
        for limit in range(before, before + 40):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
            try:
                await (await Box.open(runtime_of(Language.PYTHON))).close()
                break
            except (OSError, NoBox):
                refused += 1
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert refused > 5
    assert len(os.listdir("/proc/self/fd")) == before
    assert children() == children_before
