"""The rows of the contract about the MCP endpoint, asked for on the wire."""

import json
from typing import Any

import httpx
import pytest

from domain.scopes import Scope
from server.app import House
from tests.contract.promise import promise
from tests.support.mcp_face import McpFace
from tests.support.server_process import ServerProcess
from tests.support.workspaces import Tenant, create_key
from tools.catalog import CATALOG

HANDSHAKE = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "raw", "version": "1"},
}


async def rpc(
    http: httpx.AsyncClient, key: str | None, body: Any, path: str = "/api/mcp", **headers: str
) -> httpx.Response:
    own = {"accept": "application/json, text/event-stream", **headers}
    return await http.post(path, json=body, headers=own | ({"x-api-key": key} if key else {}))


def message(method: str, id_: Any = 1, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


@pytest.mark.parametrize("path", ["/mcp", "/api/mcp"])
@pytest.mark.parametrize("version", ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])
@promise("transport.mcp-path", "mcp.versions", "mcp.stateless")
async def test_a_known_version_is_agreed_to_in_plain_json_without_a_session(
    http: httpx.AsyncClient, grace: Tenant, path: str, version: str
) -> None:
    answer = await rpc(
        http, grace.key, message("initialize", **{**HANDSHAKE, "protocolVersion": version}), path
    )
    assert answer.headers["content-type"].startswith("application/json")
    assert "mcp-session-id" not in answer.headers
    assert answer.json()["result"]["protocolVersion"] == version
    tools = await rpc(http, grace.key, message("tools/list"), path, **{"mcp-protocol-version": version})
    assert len(tools.json()["result"]["tools"]) <= 20


@promise("mcp.notification-202")
async def test_a_notification_is_accepted_with_202_and_nothing_else(
    http: httpx.AsyncClient, grace: Tenant
) -> None:
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    answer = await rpc(http, grace.key, body, **{"mcp-protocol-version": "2025-11-25"})
    assert (answer.status_code, answer.content) == (202, b"")


@promise("mcp.rpc-errors")
async def test_errors_of_the_protocol_have_its_codes(http: httpx.AsyncClient, grace: Tenant) -> None:
    era = {"mcp-protocol-version": "2025-11-25"}
    unknown = await rpc(http, grace.key, message("no/such/method"), **era)
    assert unknown.json()["error"]["code"] == -32601
    bad = await rpc(http, grace.key, message("tools/call", nothing=1), **era)
    assert bad.json()["error"]["code"] == -32602
    headers = {"x-api-key": grace.key, "accept": "application/json", "content-type": "application/json"}
    garbage = await http.post("/api/mcp", content=b"{", headers=headers)
    assert (garbage.status_code, garbage.json()["error"]["code"]) == (400, -32700)


@promise("mcp.401")
async def test_without_a_key_the_answer_is_the_rest_body(http: httpx.AsyncClient, grace: Tenant) -> None:
    answer = await rpc(http, None, message("ping"))
    assert (answer.status_code, answer.json()["code"]) == (401, "no_key")
    bearer = await rpc(http, None, message("ping"), authorization=f"Bearer {grace.key}")
    assert bearer.status_code == 200


@pytest.mark.parametrize("id_", ["seven", 7])
@promise("mcp.id-echo")
async def test_the_id_comes_back_as_it_was(http: httpx.AsyncClient, grace: Tenant, id_: Any) -> None:
    answer = await rpc(http, grace.key, message("ping", id_), **{"mcp-protocol-version": "2025-11-25"})
    assert answer.json()["id"] == id_


@promise("mcp.get")
async def test_a_plain_get_describes_the_endpoint(http: httpx.AsyncClient, grace: Tenant) -> None:
    headers = {"x-api-key": grace.key}
    card = (await http.get("/api/mcp", headers=headers)).json()
    assert {"name", "version", "protocolVersion", "transport", "endpoint"} <= card.keys()
    stream = await http.get("/api/mcp", headers={**headers, "accept": "text/event-stream"})
    assert stream.status_code == 405


@promise("scopes.mcp-twin", "mcp.tool-errors")
async def test_a_tool_needs_the_scope_of_its_rest_twin(
    http: httpx.AsyncClient, house: House, grace: Tenant
) -> None:
    key = await create_key(house, grace.id, frozenset({Scope.candidates_read}))
    era = {"mcp-protocol-version": "2025-11-25"}
    for method in ("ping", "tools/list"):
        assert "result" in (await rpc(http, key, message(method), **era)).json()
    call = message("tools/call", name="create_participant", arguments={"name": "A", "email": "a@example.com"})
    result = (await rpc(http, key, call, **era)).json()["result"]
    assert result["isError"] is True
    over_rest = await http.post(
        "/api/v1/participants", json={"name": "A", "email": "a@example.com"}, headers={"x-api-key": key}
    )
    assert over_rest.status_code == 403
    assert json.loads(result["content"][0]["text"]) == over_rest.json()
    # clients hold structured content against the tool's schema, which describes no error
    assert "structuredContent" not in result


@promise("mcp.tools", "mcp.tool-answers", "mcp.tool-hints")
async def test_every_operation_is_a_tool_with_hints_and_structured_answers(
    house: House, grace: Tenant
) -> None:
    async with McpFace(house.app, grace.key).client() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        result = await client.call_tool("list_participants", {})
    assert tools.keys() == CATALOG.keys()
    for name, op in CATALOG.items():
        hints = tools[name].annotations
        assert hints is not None
        assert hints.read_only_hint is op.reads
    assert result.structured_content is not None
    assert result.structured_content["meta"]["total"] == 0


@promise("auth.key-shown-once")
def test_a_key_is_shown_when_it_is_made_and_never_again(tmp_path: Any) -> None:
    with ServerProcess(tmp_path) as server:
        key = server.viva("key", "create", "--name", "ATS")
        assert key.startswith("iv_live_")
        listed = server.viva("key", "list")
        assert key not in listed
        assert key[-4:] in listed
        stored = (tmp_path / "viva.db").read_bytes() + (tmp_path / "viva.db-wal").read_bytes()
        assert key.encode() not in stored
