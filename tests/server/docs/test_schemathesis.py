"""Every route against its description: no 5xx, and no undocumented status or schema, whatever is sent."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
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
    seen[answer.status_code] += 1
