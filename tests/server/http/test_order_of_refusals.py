"""Which refusal comes first, members that contradict each other, and answers where there is no rate limit."""

from typing import Any

import httpx
import pytest

from domain.scopes import Scope
from server.app import House
from tests.contract.promise import promise
from tests.support.faces import Face
from tests.support.mcp_face import McpFace
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant
from tests.support.workspaces import Tenant, create_key, create_tenant

BROKEN: list[tuple[bytes, str]] = [
    (b"{", "application/json"),
    (b"[]", "application/json"),
    (b"\xff\xfe", "application/json"),
    (b"name=Ada", "application/x-www-form-urlencoded"),
    (b"<xml/>", "text/xml"),
    (b'{"name": 5}', "application/json"),
    (b'{"accountSlug": "mallory"}', "application/json"),
]


@pytest.fixture
async def reader(house: House, grace: Tenant) -> str:
    """A key that may read participants and do nothing else."""
    return await create_key(house, grace.id, frozenset({Scope.candidates_read}))


@promise("errors.403-before-body")
@pytest.mark.parametrize(("body", "kind"), BROKEN)
@pytest.mark.parametrize(
    "address",
    [
        "POST /api/v1/participants",
        "POST /api/v1/participants?page=%ff",
        "PATCH /api/v1/participants/no-id",
        "POST /api/v1/sessions",
        "POST /api/v1/execute",
    ],
)
async def test_the_scope_comes_before_the_body(
    rest: RestFace, reader: str, body: bytes, kind: str, address: str
) -> None:
    method, path = address.split(" ")
    headers = {"content-type": kind, "idempotency-key": "x" * 300}
    answer = await rest.http.request(method, path, content=body, headers=headers | {"x-api-key": reader})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    nobody = await rest.http.request(method, path, content=body, headers=headers)
    assert nobody.status_code == 401
    allowed = await rest.http.request(method, path, content=body, headers=headers | {"x-api-key": rest.key})
    assert allowed.status_code in (400, 403, 415)
    assert allowed.json()["code"] != "scope_missing"


async def test_a_query_of_another_workspace_comes_before_the_body(rest: RestFace) -> None:
    answer = await rest.http.post(
        "/api/v1/participants?accountSlug=mallory", content=b"{", headers={"x-api-key": rest.key}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_workspace")


async def test_the_scope_comes_first_for_an_assistant(assistant: McpFace, reader: str) -> None:
    for wrong in ({}, {"name": 5}, {"metadata": {"n": float("inf")}}):
        answer = await assistant.send("create_participant", reader, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_an_id_in_the_body_must_be_the_one_in_the_address(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    ada, bob = await add_participant(house, grace.id, "Ada"), await add_participant(house, grace.id, "Bob")

    async def patched(**body: Any) -> httpx.Response:
        return await rest.http.patch(
            f"/api/v1/participants/{ada}", json={"phone": "1", **body}, headers={"x-api-key": rest.key}
        )

    for same in (str(ada), str(ada).upper(), None):
        assert (await patched(id=same)).status_code == 200
    for other in (str(bob), "", 5, ["x"]):
        answer = await patched(id=other, phone="2")
        assert (answer.status_code, answer.json()["issues"][0]["path"]) == (400, ["id"])
    assert (await rest.ask("get_participant", id=str(ada)))["data"]["phone"] == "1"
    assert (await rest.ask("get_participant", id=str(bob)))["data"]["phone"] is None


async def test_two_spellings_inside_a_group_must_agree(face: Face) -> None:
    made = await face.ask(
        "create_participant",
        name="Ada",
        email="ada@example.com",
        profile={"experience_level": "senior", "experienceLevel": "senior"},
    )
    answer = await face.send(
        "update_participant",
        id=made["data"]["id"],
        profile={"experience_level": "junior", "experienceLevel": "senior"},
    )
    assert answer.status_code == 400
    assert answer.json()["issues"][0]["path"] == ["profile", "experienceLevel"]
    profile = await face.ask(
        "create_agent_profile",
        name="Nora",
        persona="I am Nora.",
        useCase="hiring",
        evaluationDimensions=[{"name": "Code", "description": "Writes it.", "weight": 100}],
    )
    groups: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("interaction", {"probing_depth": "deep"}, {"probingDepth": "light"}),
        ("output", {"include_transcript": True}, {"includeTranscript": False}),
        ("scoring", {"scoring_method": "rule_based"}, {"scoringMethod": "weighted_average"}),
    ]
    for group, one, other in groups:
        sent: dict[str, Any] = {group: one | other}
        answer = await face.send("update_agent_profile", id=profile["data"]["id"], **sent)
        assert answer.status_code == 400, (group, answer.json())
        assert answer.json()["issues"][0]["code"] == "two_spellings"


@promise("limits.unlimited")
async def test_without_a_limit_no_header_speaks_of_one(http: httpx.AsyncClient, house: House) -> None:
    free = await create_tenant(house, "free", rate_limit=0)
    for path, headers, status in (
        ("/api/v1/participants", {"x-api-key": free.key}, 200),
        ("/api/v1/participants/x", {"x-api-key": free.key}, 400),
        ("/api/v1/nothing", {"x-api-key": free.key}, 404),
        ("/api/v1/participants", {}, 401),
        ("/api/mcp", {"x-api-key": free.key}, 200),
    ):
        answer = await http.get(path, headers=headers)
        assert answer.status_code == status
        assert not [name for name in answer.headers if "ratelimit" in name.lower()]
        assert "retry-after" not in answer.headers


async def test_a_key_with_a_limit_of_its_own_is_told_it(http: httpx.AsyncClient, house: House) -> None:
    hasty = await create_tenant(house, "hasty", rate_limit=3)
    answer = await http.get("/api/v1/participants", headers={"x-api-key": hasty.key})
    assert answer.headers["x-ratelimit-remaining"] == "2"
