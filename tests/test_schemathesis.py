"""Every route against its own description: no 5xx, no undocumented status or shape, whatever is sent."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.openapi import openapi
from tests.house import PUBLIC_URL
from tests.server_process import ServerProcess
from tools.catalog import CATALOG

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(openapi(CATALOG.values(), version="test", url=PUBLIC_URL))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, pristine: Path) -> Iterator[ServerProcess]:
    """A real server, worker included, that all examples are sent to."""
    data = tmp_path_factory.mktemp("schemathesis")
    shutil.copy(pristine, data / "viva.db")
    running = ServerProcess(data)
    running.start()
    yield running
    running.stop()


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_described(case: schemathesis.Case[Any], server: ServerProcess) -> None:
    case.call_and_validate(base_url=server.url, headers={"x-api-key": server.key}, checks=CHECKS)
