"""A box whose building is cancelled leaves no process and no pipe behind."""

import asyncio
import gc
import os
import warnings

import pytest

from domain.code.runs import Language
from server.adapters.sandbox.box import Box
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
