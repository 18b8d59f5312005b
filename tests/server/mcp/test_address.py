"""Switches on the address of a connection: understood, or refused as a whole. Never ignored."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from mcp.shared.exceptions import MCPError

from server.app import House
from server.mcp.view import BadAddress, View
from tests.support.mcp_face import Era, McpFace
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant
from tools.kernel.operation import EVERYDAY, Toolset

BAD = [
    "readonly=1",
    "readOnly=1",
    "read-only=1",
    "Read_only=1",
    "read_only",
    "read_only=",
    "read_only=yes",
    "read_only=on",
    "read_only=2",
    "read_only=TRUE",
    "read_only=1 ",
    "read_only=1%00",
    "read_only=0&read_only=1",
    "read_only=1&read_only=1",
    "read_only=1;toolsets=all",
    "read_only=%ff",
    "toolset=all",
    "Toolsets=all",
    "toolsets",
    "toolsets=",
    "toolsets=everything",
    "toolsets=All",
    "toolsets=setup,,people",
    "toolsets=setup,nonsense",
    "toolsets=all,nonsense",
    "toolsets=setup&toolsets=people",
    "toolsets[]=setup",
    "tools=setup",
    "accountSlug=grace",
    "api_key=iv_live_1",
    "read_only=1&x=1",
    "=1",
    "&".join(["read_only=1"] * 50),
]
PERSON = {"name": "Noor", "email": "noor@example.com"}


@pytest.mark.parametrize("query", BAD)
def test_what_is_not_understood_is_refused(query: str) -> None:
    with pytest.raises(BadAddress) as refused:
        View.of(query)
    assert "read_only takes 1, true, 0 or false" in refused.value.hint


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("", View()),
        ("read_only=1", View(read_only=True)),
        ("read_only=true", View(read_only=True)),
        ("read_only=0", View()),
        ("read_only=false", View()),
        ("toolsets=all", View(frozenset(Toolset), names_toolsets=True)),
        ("toolsets=setup,people", View(frozenset({Toolset.setup, Toolset.people}), names_toolsets=True)),
        ("toolsets=setup%2C%20people", View(frozenset({Toolset.setup, Toolset.people}), names_toolsets=True)),
        ("toolsets=default,review", View(EVERYDAY | {Toolset.review}, names_toolsets=True)),
        ("toolsets=all&read_only=1", View(frozenset(Toolset), read_only=True, names_toolsets=True)),
    ],
)
def test_what_is_understood_holds(query: str, view: View) -> None:
    assert View.of(query) == view


@pytest.mark.parametrize("era", ["auto", "legacy"])
@pytest.mark.parametrize("query", ["readonly=1", "read_only=yes", "toolset=people", "toolsets="])
async def test_a_client_of_either_era_is_told_which_switches_there_are(
    house: House, grace: Tenant, rest: RestFace, era: Era, query: str
) -> None:
    face = McpFace(house.app, grace.key, era)

    async def connect_and_write() -> None:
        async with face.client(query=query) as client:
            await client.call_tool("create_participant", PERSON)

    task = asyncio.create_task(connect_and_write())
    await asyncio.wait({task})
    words = str(_innermost(task.exception()))
    assert "read_only takes 1, true, 0 or false" in words
    assert (await rest.ask("list_participants"))["meta"]["total"] == 0


def _innermost(error: BaseException | None) -> BaseException:
    """The one error in a group of groups."""
    assert error is not None
    while isinstance(error, BaseExceptionGroup):
        [error] = error.exceptions
    assert isinstance(error, MCPError)
    return error


@pytest.mark.parametrize("path", ["/mcp", "/api/mcp"])
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_every_message_to_such_an_address_is_refused(
    http: httpx.AsyncClient, grace: Tenant, path: str, method: str
) -> None:
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    body["params"] = {"name": "create_participant", "arguments": PERSON}
    headers = {"x-api-key": grace.key, "content-type": "application/json"}
    answer = await http.request(method, f"{path}?readonly=1", content=json.dumps(body), headers=headers)
    assert answer.status_code == 400
    refused = answer.json()["error"]["data"] if method == "POST" else answer.json()
    assert refused["code"] == "bad_address"
    assert "readonly" not in answer.text
