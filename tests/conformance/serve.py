"""Serves Viva, or the fixture face, for the conformance suite, whose client has no way to send a key."""

import argparse
import asyncio
from pathlib import Path
from tempfile import mkdtemp

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from server.app import build
from server.settings import Settings
from tests.conformance.fixture_face import fixture_app
from tests.support.recorded_jobs import RecordedJobs
from tests.support.workspaces import create_tenant


class WithKey:
    """Adds a key to every request, as a proxy in front of a server would."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._header = (b"x-api-key", key.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["headers"] = [*scope["headers"], self._header]
        await self._app(scope, receive, send)


async def viva(port: int) -> ASGIApp:
    settings = Settings(
        data_dir=Path(mkdtemp(prefix="viva-conformance-")),
        port=port,
        rate_limit_per_minute=0,
        secret_key="a secret for tests",
    )
    house = build(settings, jobs=RecordedJobs())
    return WithKey(house.app, (await create_tenant(house, "conformance")).key)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["viva", "fixture"])
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    app = await viva(options.port) if options.what == "viva" else fixture_app(options.port)
    await uvicorn.Server(uvicorn.Config(app, port=options.port, log_level="warning", lifespan="on")).serve()


if __name__ == "__main__":
    asyncio.run(main())
