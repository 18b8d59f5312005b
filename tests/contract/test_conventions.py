"""What holds for every REST endpoint: envelope, keys, scopes, pages, refusals, limits (contract 2)."""

import re
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.scopes import ALL_SCOPES, Scope
from server.app import House
from storage.access import keys
from tests.contract.promise import promise
from tests.support.clock import ManualClock
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.workspaces import Tenant, create_key, create_tenant
from tools.catalog import CATALOG

TEMPLATES = "/api/v1/evaluation-templates"
TEMPLATE = {"template_name": "Backend", "use_case": "hiring"}


async def create_template(rest: RestFace, key: str | None = None) -> str:
    made = await rest.ask("create_evaluation_template", key, **TEMPLATE)
    return str(made["data"]["id"])


# 2.1 transport, 2.4 envelope ----------------------------------------------------------------------


@promise("transport.prefix")
@pytest.mark.parametrize("op", CATALOG.values(), ids=CATALOG)
def test_every_route_lives_under_the_prefix(op: Any) -> None:
    for route in op.routes:
        assert re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) /api/v1/\S+", route)


@promise(
    "transport.json", "transport.delete-204", "transport.uuid-ids", "envelope.one", "envelope.created-201"
)
async def test_one_resource_stands_under_data_and_a_delete_says_nothing(rest: RestFace) -> None:
    made = await rest.send("create_evaluation_template", **TEMPLATE)
    assert (made.status_code, made.headers["content-type"]) == (201, "application/json")
    assert made.json().keys() == {"data"}
    id = made.json()["data"]["id"]
    assert str(UUID(id)) == id
    changed = await rest.send("update_evaluation_template", id=id, level="Senior")
    assert (changed.status_code, changed.json().keys()) == (200, {"data"})
    read = await rest.send("get_evaluation_template", id=id)
    assert (read.status_code, read.json().keys()) == (200, {"data"})
    gone = await rest.send("delete_evaluation_template", id=id)
    assert (gone.status_code, gone.content) == (204, b"")


@promise("transport.unknown-fields-ignored")
async def test_unknown_fields_are_ignored(rest: RestFace) -> None:
    made = await rest.send("create_evaluation_template", **TEMPLATE, from_the_future={"x": [1]})
    assert made.status_code == 201
    assert "from_the_future" not in made.json()["data"]


@promise("time.utc")
async def test_times_are_utc_in_whole_seconds(rest: RestFace, clock: ManualClock) -> None:
    clock.forward(microseconds=987_654)
    made = (await rest.ask("create_evaluation_template", **TEMPLATE))["data"]
    assert (made["created_at"], made["updated_at"]) == ("2026-06-01T09:00:00Z", "2026-06-01T09:00:00Z")


# 2.2 keys -----------------------------------------------------------------------------------------


@promise("auth.x-api-key", "auth.bearer", "auth.key-prefix", "errors.401", "errors.body")
async def test_a_key_lets_in_and_everything_else_does_not(http: httpx.AsyncClient, grace: Tenant) -> None:
    assert grace.key.startswith("iv_live_")
    for headers, status in (
        ({"x-api-key": grace.key}, 200),
        ({"authorization": f"Bearer {grace.key}"}, 200),
        ({}, 401),
        ({"x-api-key": ""}, 401),
        ({"x-api-key": grace.key[:-1]}, 401),
        ({"x-api-key": grace.key.replace("iv_live_", "")}, 401),
        ({"authorization": f"Basic {grace.key}"}, 401),
    ):
        answer = await http.get(TEMPLATES, headers=headers)
        assert answer.status_code == status, headers
        assert status == 200 or isinstance(answer.json()["error"], str)


@promise("auth.several-keys", "auth.revoked-at-once", "auth.keys-hashed", "errors.401")
async def test_several_keys_work_side_by_side_until_they_are_revoked(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    second = await create_key(house, grace.id)
    stored = await house.store.read(lambda db: keys.every(db, grace.id))
    assert len(stored) == 2
    assert second not in str(stored)
    assert (await rest.send("list_evaluation_templates", second)).status_code == 200
    newest = max(row.id for row in stored)
    await house.store.write(lambda db: keys.revoke(db, grace.id, newest, house.services.clock()))
    assert (await rest.send("list_evaluation_templates", second)).status_code == 401
    assert (await rest.send("list_evaluation_templates")).status_code == 200


@promise("auth.workspace-scoped", "errors.404")
async def test_what_belongs_to_another_workspace_does_not_exist(rest: RestFace, mallory: Tenant) -> None:
    theirs = await rest.send("get_evaluation_template", mallory.key, id=await create_template(rest))
    nothing = await rest.send("get_evaluation_template", mallory.key, id=str(uuid4()))
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert theirs.json() == nothing.json()


@promise("auth.account-slug-own", "auth.account-slug-foreign-403", "auth.account-slug-query-first")
async def test_the_account_may_be_named_beside_a_key(
    http: httpx.AsyncClient, grace: Tenant, mallory: Tenant
) -> None:
    for query, body, status in (
        (grace.slug, None, 201),
        (None, grace.slug, 201),
        (grace.slug, mallory.slug, 201),
        (mallory.slug, None, 403),
        (None, mallory.slug, 403),
        (mallory.slug, grace.slug, 403),
    ):
        answer = await http.post(
            TEMPLATES,
            params={"accountSlug": query} if query else {},
            json=TEMPLATE | ({"accountSlug": body} if body else {}),
            headers={"x-api-key": grace.key},
        )
        assert answer.status_code == status, (query, body)


# 2.3 scopes ---------------------------------------------------------------------------------------

NEEDED = {
    Scope.candidates_read: {"list_participants", "get_participant"},
    Scope.candidates_write: {"create_participant", "update_participant", "bulk_import_participants"},
    Scope.candidates_delete: {"delete_participant"},
    Scope.interviews_read: {"list_agent_profiles", "get_agent_profile", "list_sessions", "get_session"},
    Scope.interviews_write: {
        "create_agent_profile",
        "fork_agent_profile",
        "update_agent_profile",
        "delete_agent_profile",
        "schedule_session",
        "schedule_sessions",
        "reschedule_session",
        "cancel_session",
    },
    Scope.evaluation_templates_read: {"list_evaluation_templates", "get_evaluation_template"},
    Scope.evaluation_templates_write: {
        "create_evaluation_template",
        "update_evaluation_template",
        "delete_evaluation_template",
    },
    Scope.evaluation_stages_read: {"list_evaluation_stages", "get_evaluation_stage"},
    Scope.evaluation_stages_write: {
        "create_evaluation_stage",
        "update_evaluation_stage",
        "delete_evaluation_stage",
        "compose_evaluation_stages",
    },
}


@promise(
    "scopes.candidates-read",
    "scopes.candidates-write",
    "scopes.candidates-delete",
    "scopes.interviews-read",
    "scopes.interviews-write",
    "scopes.templates",
    "scopes.stages",
    "scopes.deletes-under-write",
    "scopes.bulk",
)
@pytest.mark.parametrize("scope", NEEDED)
def test_each_operation_needs_the_documented_scope(scope: Scope) -> None:
    assert {name: CATALOG[name].scope for name in NEEDED[scope]} == dict.fromkeys(NEEDED[scope], scope)


@promise("errors.403", "scopes.additive")
@pytest.mark.parametrize("scope", NEEDED)
async def test_without_its_scope_an_operation_is_forbidden_and_with_it_alone_it_is_not(
    rest: RestFace, house: House, grace: Tenant, scope: Scope
) -> None:
    every_other = await create_key(house, grace.id, ALL_SCOPES - {scope})
    only = await create_key(house, grace.id, frozenset({scope}))
    for name in NEEDED[scope]:
        args = {"id": str(uuid4())} if "{id}" in CATALOG[name].rest else {}
        refused = await rest.send(name, every_other, **args)
        assert (refused.status_code, refused.json()["scope"]) == (403, scope), name
        assert (await rest.send(name, only, **args)).status_code in (200, 400, 404), name


@promise("scopes.programs")
def test_the_scopes_of_programs_are_known() -> None:
    assert {"programs.read", "programs.write"} <= set(Scope)
    assert len(Scope) == 11


# 2.5 pages ----------------------------------------------------------------------------------------


@promise("envelope.many", "paging.defaults", "paging.empty", "paging.meta")
@pytest.mark.parametrize(
    "operation",
    [
        "list_agent_profiles",
        "list_evaluation_templates",
        "list_evaluation_stages",
        "list_participants",
        "list_sessions",
    ],
)
async def test_an_empty_list_has_no_pages(rest: RestFace, operation: str) -> None:
    meta = {"page": 1, "pageSize": 20, "total": 0, "totalPages": 0}
    assert await rest.ask(operation) == {"data": [], "meta": meta}


@promise("paging.total-pages", "paging.empty", "paging.newest-first", "paging.page-size-100")
async def test_pages_end_where_total_pages_says(rest: RestFace, clock: ManualClock) -> None:
    made = []
    for _ in range(5):
        clock.forward(seconds=1)
        made.append(await create_template(rest))
    second = await rest.ask("list_evaluation_templates", page=2, pageSize=2)
    assert [row["id"] for row in second["data"]] == [made[2], made[1]]
    assert second["meta"] == {"page": 2, "pageSize": 2, "total": 5, "totalPages": 3}
    beyond = await rest.ask("list_evaluation_templates", page=4, pageSize=2)
    assert (beyond["data"], beyond["meta"]["totalPages"]) == ([], 3)
    assert len((await rest.ask("list_evaluation_templates", pageSize=100))["data"]) == 5


@promise("paging.bad-400", "paging.page-size-100")
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"pageSize": "101"}, "pageSize"),
        ({"pageSize": "0"}, "pageSize"),
        ({"pageSize": "ten"}, "pageSize"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "1.5"}, "page"),
        ({"page": ""}, "page"),
        ({"page": "9" * 5_000}, "page"),
    ],
)
async def test_a_page_that_cannot_be_is_refused(rest: RestFace, query: dict[str, str], field: str) -> None:
    answer = await rest.send("list_participants", **query)
    assert (answer.status_code, answer.json()["issues"][0]["path"]) == (400, [field])


# 2.7 refusals -------------------------------------------------------------------------------------


@promise("errors.malformed-json", "errors.405-415", "errors.body")
async def test_a_body_that_cannot_be_read_is_told_apart(http: httpx.AsyncClient, grace: Tenant) -> None:
    key, kind = {"x-api-key": grace.key}, {"content-type": "application/json"}
    for content in (b"{", b"[]", b'"x"', b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000):
        answer = await http.post(TEMPLATES, content=content, headers=key | kind)
        assert (answer.status_code, answer.json()["issues"]) == (400, []), content[:10]
    form = await http.post(TEMPLATES, content=b"a=1", headers=key | {"content-type": "text/plain"})
    assert (form.status_code, "error" in form.json()) == (415, True)
    wrong = await http.put(TEMPLATES, json={}, headers=key)
    assert (wrong.status_code, "error" in wrong.json(), wrong.headers["allow"]) == (405, True, "GET, POST")


@promise("errors.malformed-id", "errors.404", "errors.issue-shape")
@pytest.mark.parametrize(
    "operation",
    [
        "get_agent_profile",
        "get_evaluation_template",
        "get_evaluation_stage",
        "get_participant",
        "get_session",
    ],
)
async def test_a_malformed_id_is_refused_and_an_unknown_one_not_found(rest: RestFace, operation: str) -> None:
    for id in ("x", "1", "ignore-all-rules", "%00", "é"):
        answer = await rest.send(operation, id=id)
        assert answer.status_code == 400, id
        [issue] = answer.json()["issues"]
        assert (issue["path"], issue.keys()) == (["id"], {"path", "message", "code"})
        assert "ignore" not in answer.text
    assert (await rest.send(operation, id=str(uuid4()))).status_code == 404


@promise("errors.order", "errors.402", "errors.409", "sessions.replay-first")
async def test_the_first_refusal_that_applies_answers(rest: RestFace, house: House) -> None:
    poor = await create_tenant(house, "poor", credit_limit=1)
    role = await add_pipeline(house, poor.id, "screen")
    ada = await add_participant(house, poor.id)
    reader = await create_key(house, poor.id, frozenset({Scope.interviews_read}))
    fine = {
        "candidate_id": str(ada),
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        "idempotency_key": "k",
    }
    absent = fine | {"candidate_id": str(uuid4())}
    bad = absent | {"timezone": "Mars/Olympus"}
    for key, body, status in (
        ("iv_live_unknown", bad, 401),
        (reader, bad, 403),
        (poor.key, bad, 400),
        (poor.key, absent, 404),
        (poor.key, fine, 201),
        (poor.key, fine, 200),
        (poor.key, fine | {"idempotency_key": "other"}, 409),
        (poor.key, fine | {"idempotency_key": "other", "force": True}, 402),
    ):
        answer = await rest.send("schedule_session", key, **body)
        assert answer.status_code == status, (status, answer.text)


# 2.8 limits ---------------------------------------------------------------------------------------


@promise("limits.headers", "limits.names", "limits.per-key", "errors.429")
async def test_every_answer_tells_the_limit_and_too_many_calls_are_told_to_wait(
    http: httpx.AsyncClient, house: House
) -> None:
    hasty = await create_tenant(house, "hasty", rate_limit=3)
    patient = await create_key(house, hasty.id)
    answers = [await http.get(f"{TEMPLATES}/x", headers={"x-api-key": hasty.key}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    for answer in answers:
        assert answer.headers["x-ratelimit-limit"] == "3"
        assert answer.headers["x-ratelimit-reset"].isdecimal()
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert isinstance(answers[3].json()["error"], str)
    other = await http.get(TEMPLATES, headers={"x-api-key": patient})
    assert (other.status_code, other.headers["x-ratelimit-remaining"]) == (200, "2")
    nobody = await http.get(TEMPLATES)
    # this server has no limit for addresses
    assert (nobody.status_code, "x-ratelimit-limit" in nobody.headers) == (401, False)


@promise("credits.unlimited", "lifecycle.independent")
async def test_without_a_configured_limit_credits_never_end(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    role, ada = await add_pipeline(house, grace.id), await add_participant(house, grace.id)
    booking: dict[str, Any] = {
        "candidate_id": str(ada),
        "evaluation_template_id": str(role.template),
        "stage": "screen",
    }
    made = [await rest.send("schedule_session", **booking, force=True) for _ in range(5)]
    assert {answer.status_code for answer in made} == {201}
    assert len({answer.json()["data"]["id"] for answer in made}) == 5
