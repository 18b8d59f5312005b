"""Every route against its description: no 5xx, and no undocumented status or schema, whatever is sent."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.docs.openapi import openapi
from server.docs.openapi_examples import EXAMPLES
from tests.support.app import PUBLIC_URL
from tests.support.existing_records import ExistingRecords
from tests.support.server_process import ServerProcess
from tools.catalog import CATALOG

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]
# What a document cannot say, by the code of the issue or the refusal: a request that follows it may meet these.
REASONS = {
    "unstorable_text": "No text may hold the character NUL; a pattern at each text would drown the document.",
    "unprintable": "A name in a mail's header is one line without control characters.",
    "empty_change": "A change that holds only members that nobody knows changes nothing.",
    "beyond_scale": "How far a pass mark may go depends on the profile's scale.",
    "unknown_stage": "The id of a stage is one of the template's own.",
    "datetime_range": "JSON Schema knows no bounds for moments; the years 1970 to 9000 are taken.",
    "idempotency_key_reused": "A key stands for one request; the examples of one run share keys.",
    "pick_one_body": "Two operations share an address, and `action` in the query decides which body it is.",
    "no_model": "This server has no model; tests/tools/setup/test_drafts.py holds answers against their schema.",
    "case_style": "Which members a case needs depends on whether there is an entry_point.",
}
# Issues that are spelt like others: (operation's path, code) → the reason's name.
SPECIAL = {
    ("/api/v1/agent-profiles", "missing"): "pick_one_body",
    ("/api/v1/execute", "missing"): "case_style",
    ("/api/v1/code-execution", "missing"): "case_style",
}
REFUSALS_OF_FORM = (400, 413, 415, 422)
schema = schemathesis.openapi.from_dict(openapi(CATALOG.values(), version="test", url=PUBLIC_URL))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, pristine: Path) -> Iterator[ServerProcess]:
    """A real server, worker included, that all examples are sent to."""
    data = tmp_path_factory.mktemp("schemathesis")
    shutil.copy(pristine, data / "viva.db")
    # every example is also sent with a wrong key: the brake would answer 429 where 401 is to be seen
    running = ServerProcess(data, {"VIVA_WEBHOOK_NETWORKS": "127.0.0.0/8", "VIVA_WRONG_ATTEMPTS": "0"})
    running.start()
    yield running
    running.stop()


@pytest.fixture
def cast(server: ServerProcess) -> Iterator[ExistingRecords]:
    """Records for the examples of one operation."""
    with httpx.Client(base_url=server.url, headers={"x-api-key": server.key}) as http:
        yield ExistingRecords(http)


@pytest.fixture
def seen() -> Iterator[Counter[int]]:
    """Counts each status of an operation. At least one call must succeed."""
    statuses: Counter[int] = Counter()
    yield statuses
    assert any(200 <= status < 300 for status in statuses), f"only refusals were seen: {dict(statuses)}"


@schema.parametrize()
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(
    case: schemathesis.Case[Any], server: ServerProcess, cast: ExistingRecords, seen: Counter[int]
) -> None:
    # Nearly every generated slug is another workspace's: 403, before anything else is checked.
    case.query.pop("accountSlug", None)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        # Many examples reuse a key with another body: 422, before anything else is checked.
        case.headers.pop("Idempotency-Key", None)
        case.path_parameters.update(cast.path(case.path))
        case.body = cast.body(case.body)
    answer = case.call_and_validate(
        base_url=server.url, headers={"x-api-key": server.key, "user-agent": "schemathesis"}, checks=CHECKS
    )
    # as far as a server without a model goes
    seen[200 if _lacks_model(answer) else answer.status_code] += 1
    if case.meta is not None and case.meta.generation.mode.is_positive:
        assert unexplained(case.path, answer) == set(), answer.text


def _lacks_model(answer: Any) -> bool:
    return bool(answer.status_code == 422 and answer.json()["code"] == "no_model")


def unexplained(path: str, answer: Any) -> set[str]:
    """The codes of a refusal of a request that follows the document, without those that have a reason."""
    if answer.status_code not in REFUSALS_OF_FORM:
        return set()
    problem = answer.json()
    codes = [issue["code"] for issue in problem.get("issues", ())] or [problem["code"]]
    return {code for code in codes if SPECIAL.get((path, code), code) not in REASONS}


def test_each_documented_example_is_accepted(server: ServerProcess) -> None:
    with httpx.Client(base_url=server.url, headers={"x-api-key": server.key}) as http:
        records = ExistingRecords(http)
        for op in CATALOG.values():
            if op.name not in EXAMPLES:
                continue
            method, path = op.rest.split(" ", 1)
            address = path.format(**records.path(path.partition("?")[0]))
            answer = http.request(method, address, json=records.example(EXAMPLES[op.name]))
            assert answer.is_success or _lacks_model(answer), (op.name, answer.text)


def test_each_body_has_an_example_and_each_example_follows_the_document() -> None:
    document = openapi(CATALOG.values(), version="test", url=PUBLIC_URL)
    checked = 0
    for path in document["paths"].values():
        for entry in path.values():
            if "requestBody" not in entry:
                continue
            content = entry["requestBody"]["content"]["application/json"]
            for example in content["examples"].values():
                whole = {**content["schema"], "components": document["components"]}
                jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(example["value"])
                checked += 1
    assert checked >= len(EXAMPLES)
