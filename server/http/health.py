"""For whoever runs Viva: is it alive, can it work, what has it done."""

import asyncio

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.adapters.job_queue import DurableJobQueue
from server.http import metrics
from storage.engine.store import Store

_SELECT_1 = sa.text("SELECT 1")
_PATIENCE = 5.0


def health_routes(store: Store, durable: DurableJobQueue | None = None) -> list[Route]:
    """`/health` (the process lives), `/ready` (the database answers, promises can be kept), `/metrics` (Prometheus)."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        checks = {"database": await _answers(store), "queue": durable is None or durable.healthy()}
        fine = all(checks.values())
        body = {"status": "ok" if fine else "unavailable", "checks": checks}
        return JSONResponse(body, 200 if fine else 503)

    async def measured(_request: Request) -> Response:
        body, kind = metrics.exposition()
        return Response(body, media_type=kind)

    return [Route("/health", health), Route("/ready", ready), Route("/metrics", measured)]


async def _answers(store: Store) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            await store.read(lambda db: db.execute(_SELECT_1).scalar_one())
    except Exception:
        return False
    return True
