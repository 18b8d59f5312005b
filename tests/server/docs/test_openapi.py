"""The OpenAPI document is valid and complete, and it is the one that is served."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from server.app import House
from server.docs.openapi import openapi
from tests.snapshot import build_snapshot
from tests.support.app import PUBLIC_URL
from tests.support.rest_face import RestFace
from tests.support.workspaces import create_tenant
from tools.catalog import CATALOG
from tools.kernel.operation import Operation

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"
DOCUMENT = openapi(CATALOG.values(), version="test", url=PUBLIC_URL)


def routes() -> Iterator[tuple[Operation[Any, Any], str, str, str]]:
    """Every operation's routes: method, path, fixed query."""
    for op in CATALOG.values():
        for route in op.routes:
            method, address = route.split(" ", 1)
            path, _, query = address.partition("?")
            yield op, method.lower(), path, query


def described() -> Iterator[dict[str, Any]]:
    for path in DOCUMENT["paths"].values():
        yield from path.values()


def test_it_is_valid_openapi_31() -> None:
    validate(DOCUMENT)


def test_every_route_of_the_catalog_is_described() -> None:
    for op, method, path, query in routes():
        entry = DOCUMENT["paths"][path][method]
        if not query:
            assert (entry["summary"], entry["x-viva-scope"]) == (op.title, op.scope.value)
            assert entry["description"].startswith(op.purpose)
        assert ("x-viva-extension" in entry) == ("extensions" in entry["tags"]) == op.extension


def test_every_documented_route_carries_its_operations_name() -> None:
    for op in CATALOG.values():
        method, address = op.rest.split(" ", 1)
        path, _, query = address.partition("?")
        entry = DOCUMENT["paths"][path][method.lower()]
        assert op.name in (entry["description"] if query else entry["operationId"])


def test_operation_ids_are_given_once() -> None:
    ids = [entry["operationId"] for entry in described()]
    assert len(ids) == len(set(ids))


def test_operations_told_apart_by_a_query_share_an_entry_with_both_bodies() -> None:
    entry = DOCUMENT["paths"]["/api/v1/agent-profiles"]["post"]
    schema = entry["requestBody"]["content"]["application/json"]["schema"]
    names = [part["$ref"].rpartition("/")[2] for part in schema["anyOf"]]
    assert names == ["CreateAgentProfile", "ForkAgentProfile"]
    assert entry["parameters"][0]["schema"]["const"] == "fork"
    assert entry["parameters"][0]["required"] is False


def test_each_operation_says_which_scope_it_needs_and_how_it_may_refuse() -> None:
    for op, method, path, _ in routes():
        entry = DOCUMENT["paths"][path][method]
        assert entry["security"] == [{"key": [op.scope.value]}, {"bearer": [op.scope.value]}]
        assert {"400", "401", "403", "429", "500", "503"} <= entry["responses"].keys()
        if not op.reads:
            assert {"404", "409", "413", "415", "422"} <= entry["responses"].keys()


def test_what_the_path_says_is_no_member_of_a_body() -> None:
    for _, method, path, _ in routes():
        body = DOCUMENT["paths"][path][method].get("requestBody")
        if body is None or "{id}" not in path:
            continue
        name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert "id" not in DOCUMENT["components"]["schemas"][name]["properties"]


def test_every_component_is_referred_to() -> None:
    text = json.dumps(DOCUMENT)
    for kind in ("schemas", "parameters", "headers"):
        for name in DOCUMENT["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text


@pytest.mark.parametrize("name", ["openapi", "tools"])
def test_a_change_of_the_wire_shows_in_the_diff(name: str) -> None:
    kept = json.loads((SNAPSHOTS / f"{name}.json").read_text())
    assert build_snapshot(name) == kept, "the wire changed: run `make snapshots` and read the diff"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestServed:
    async def test_docs_need_no_key_and_run_no_inline_script(self, http: httpx.AsyncClient) -> None:
        assert (await http.get("/api/v1/openapi.json")).json()["openapi"] == "3.1.0"
        for path in ("/", "/docs"):
            page = await http.get(path)
            assert page.status_code == 200
            assert "script-src 'self'" in page.headers["content-security-policy"]
            assert "<script" not in page.text
            assert " style=" not in page.text
        assert "schedule_sessions" in (await http.get("/llms.txt")).text
        assert (await http.get("/static/papers.css")).status_code == 200
        missing = await http.get("/nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")

    async def test_pages_load_nothing_from_elsewhere(self, http: httpx.AsyncClient) -> None:
        for path in ("/", "/docs", "/static/papers.css"):
            text = (await http.get(path)).text
            for way in ('src="http', 'href="http', "url(http", "@import"):
                assert way not in text

    async def test_every_operation_and_every_link_is_on_the_page(self, http: httpx.AsyncClient) -> None:
        page = (await http.get("/docs")).text
        for entry in described():
            assert f'<section id="{entry["operationId"]}"' in page
        for name in DOCUMENT["components"]["schemas"]:
            assert f'<section id="schema-{name}"' in page
        for part in page.split('href="#')[1:]:
            assert f'id="{part.partition(chr(34))[0]}"' in page

    async def test_the_registrys_card_names_this_server(self, http: httpx.AsyncClient) -> None:
        card = (await http.get("/server.json")).json()
        assert card["remotes"][0] == {
            "type": "streamable-http",
            "url": f"{PUBLIC_URL}/mcp",
            "headers": [
                {
                    "name": "x-api-key",
                    "description": "A key to a workspace of this server.",
                    "isRequired": True,
                    "isSecret": True,
                }
            ],
        }

    async def test_answers_have_the_documented_headers(self, rest: RestFace, house: House) -> None:
        hasty = await create_tenant(house, "hasty", rate_limit=3)
        answer = await rest.send("list_sessions", hasty.key)
        for name in DOCUMENT["components"]["headers"]:
            assert (name.lower() in answer.headers) == name.startswith("X-RateLimit")
