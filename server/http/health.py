"""Health and readiness for operators, which need no key, and metrics, which are not for strangers."""

import asyncio

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.adapters.job_queue import DurableJobQueue
from storage.engine.store import Store

_SELECT_1 = sa.text("SELECT 1")
_TIMEOUT_SECONDS = 5.0


def health_routes(store: Store, queue: DurableJobQueue | None = None) -> list[Route]:
    """`/health` (the process runs) and `/ready` (the database and the job queue answer)."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        checks = {"database": await _database_answers(store), "queue": queue is None or queue.healthy()}
        ready_now = all(checks.values())
        body = {"status": "ok" if ready_now else "unavailable", "checks": checks}
        return JSONResponse(body, 200 if ready_now else 503)

    return [Route("/health", health), Route("/ready", ready)]


async def _database_answers(store: Store) -> bool:
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await store.read(lambda db: db.execute(_SELECT_1).scalar_one())
    except Exception:
        return False
    return True
