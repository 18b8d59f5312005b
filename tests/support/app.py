"""Runs a built Viva inside the test's process, under an address that no test ever calls for real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

PUBLIC_URL = "https://viva.example"


@asynccontextmanager
async def run_app(app: Starlette) -> AsyncIterator[None]:
    """The application is started inside the block and stopped after it.

    Its lifespan runs in one task, as on a server: the two halves of a fixture run in different ones.
    """
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.router.lifespan_context(app):
            started.set()
            await stop.wait()

    task = asyncio.create_task(live())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    try:
        yield
    finally:
        stop.set()
        await task
