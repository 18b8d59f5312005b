"""What holds for every operation of the catalog: it is tested over each face, and answers as it says it does."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import httpx
import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware import Middleware

from server.app import VERSION, House, brake_of
from server.http.auth import AuthMiddleware, KeyAuth
from server.http.rate_limit import RateLimiter
from server.http.rest import rest_routes
from server.mcp import face as server_mcp
from server.mcp.endpoint import manager_for, mcp_routes
from tests.support.app import PUBLIC_URL
from tests.support.faces import Face, Refused
from tests.support.mcp_face import McpFace
from tests.support.operation_calls import operations_asked
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant
from tools.catalog import CATALOG

TESTS = Path(__file__).parents[1]
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@cache
def asked() -> dict[str, set[str]]:
    return operations_asked(TESTS)


def untested(operations: set[str]) -> list[str]:
    """What no test asks for, each with the face on which it is missing."""
    return [f"{name} over {face}" for face in ("rest", "mcp") for name in sorted(operations - asked()[face])]


def test_every_operation_is_asked_for_by_a_test_over_each_face() -> None:
    missing = untested(set(CATALOG))
    assert not missing, f"no test asks for: {', '.join(missing)}"


def test_an_operation_without_a_test_is_named() -> None:
    assert untested({"list_sessions", "launch_rocket"}) == [
        "launch_rocket over rest",
        "launch_rocket over mcp",
    ]


def test_a_call_counts_for_the_face_that_the_test_hands_to_its_helper(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        """
NAMES = {"by_loop": 1}

async def helper(asker):
    await asker.ask("by_helper")

@pytest.mark.parametrize(("operation", "status"), [("by_table", 200)])
async def test_one(face, rest, assistant, operation, status, mallory):
    await face.ask(operation)
    await helper(rest)
    for name, _ in NAMES.items():
        await assistant.send(name)
    await rest.ask("with_a_key", mallory.key)
    await rest.refused("only_refused")
    await rest.send("only_for_somebody_else", mallory.key)
"""
    )
    assert operations_asked(tmp_path) == {
        "rest": {"by_table", "by_helper", "with_a_key"},
        "mcp": {"by_table", "by_loop"},
    }


# Answers against their schemas --------------------------------------------------------------------


class Nonsense(BaseModel):
    """No answer that the workspace's status could be."""

    data: str = "fine"


@asynccontextmanager
async def answering_nonsense(house: House) -> AsyncIterator[Starlette]:
    """A server whose `workspace_status` does not answer what its schemas say."""
    operation = replace(CATALOG["workspace_status"], run=lambda _call, _args: Nonsense())
    catalog = {operation.name: operation}
    server = server_mcp.McpFace(house.services, catalog).server(VERSION, house.secrets.derive("test"))
    manager = manager_for(server, PUBLIC_URL, "")
    auth = KeyAuth(house.store, house.secrets, house.services.clock)
    app = Starlette(
        routes=[
            *mcp_routes(manager, "viva", VERSION, PUBLIC_URL),
            *rest_routes(house.services, catalog.values()),
        ],
        middleware=[
            Middleware(
                AuthMiddleware,
                authenticate=auth,
                limiter=RateLimiter(0, time.time),
                brake=brake_of(house.settings),
            )
        ],
    )
    async with manager.run():
        yield app


@on_sqlite
async def test_a_rest_answer_against_its_schema_fails_the_test_that_asked(
    house: House, grace: Tenant
) -> None:
    async with (
        answering_nonsense(house) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC_URL) as http,
    ):
        with pytest.raises(AssertionError, match="workspace_status answers against its schema"):
            await RestFace(http, grace.key).ask("workspace_status")


@on_sqlite
async def test_an_mcp_answer_against_its_schema_fails_the_test_that_asked(
    house: House, grace: Tenant
) -> None:
    # the SDK's client checks every answer of a tool that publishes a schema
    said = pytest.RaisesExc(
        RuntimeError, match="Invalid structured content returned by tool workspace_status"
    )
    async with answering_nonsense(house) as app:
        with pytest.RaisesGroup(said, flatten_subgroups=True):
            await McpFace(app, grace.key).ask("workspace_status")


@on_sqlite
async def test_each_schema_turns_down_what_is_no_answer(face: Face) -> None:
    for operation in CATALOG:
        with pytest.raises(AssertionError, match=f"{operation} answers "):
            face.check(operation, {"data": "nonsense"})


# What `ask` and `refused` do ----------------------------------------------------------------------


@on_sqlite
async def test_a_refusal_that_nobody_expects_is_raised_with_what_was_wrong(face: Face) -> None:
    with pytest.raises(Refused) as caught:
        await face.ask("create_participant", name="", email="ada@example.com")
    assert (caught.value.status, caught.value.body["code"]) == (400, "invalid")
    assert str(caught.value).startswith("create_participant: 400 invalid: Validation failed.\n  ['name']: ")


@on_sqlite
async def test_an_answer_where_a_refusal_is_expected_fails_the_test(face: Face) -> None:
    with pytest.raises(AssertionError, match="workspace_status was not refused: 200"):
        await face.refused("workspace_status")
