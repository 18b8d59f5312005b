"""The OpenAPI document: valid, complete, and the same as what is served."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from server.openapi import openapi
from tests.house import PUBLIC_URL
from tools.catalog import CATALOG

SNAPSHOTS = Path(__file__).parent / "snapshots"


def document() -> dict[str, Any]:
    return openapi(CATALOG.values(), version="snapshot", url=PUBLIC_URL)


def test_it_is_valid_openapi_31() -> None:
    validate(document())


def test_every_route_of_the_catalog_is_described() -> None:
    paths = document()["paths"]
    for op in CATALOG.values():
        for route in op.routes:
            method, address = route.split(" ", 1)
            assert method.lower() in paths[address.partition("?")[0]], route


def test_operation_ids_are_given_once() -> None:
    ids = [op["operationId"] for path in document()["paths"].values() for op in path.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["openapi", "tools"])
def test_a_change_of_the_wire_shows_in_the_diff(name: str) -> None:
    from tests.snapshot import taken

    kept = json.loads((SNAPSHOTS / f"{name}.json").read_text())
    assert taken(name) == kept, "the wire changed: run `make snapshots` and read the diff"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_papers_need_no_key_and_run_no_inline_script(http: httpx.AsyncClient) -> None:
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
