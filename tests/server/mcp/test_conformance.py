"""The official MCP conformance suite. Scenarios that need fixtures run against `tests.conformance.fixture_face`.

The suite comes from npm into a scratch folder and needs Node 22 or newer, which a package from PyPI brings.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.npm import NODE, install_npm_packages
from tests.support.postgres import free_port
from tests.support.server_process import ROOT

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"
HERE = Path(__file__).parents[2] / "conformance"

# Scenarios that need no fixtures: Viva itself must pass them.
NEUTRAL = {
    "2026-07-28": (
        "completion-complete",
        "tools-list",
        "resources-list",
        "prompts-list",
        "sep-2164-resource-not-found",
        "dns-rebinding-protection",
        "caching",
        "input-required-result-missing-input-response",
        "input-required-result-unsupported-methods",
        "input-required-result-ignore-extra-params",
        "input-required-result-validate-input",
        "server-sse-multiple-streams",
        "http-header-validation",
    ),
    "2025-11-25": (
        "server-initialize",
        "server-session-lifecycle",
        "ping",
        "completion-complete",
        "tools-list",
        "resources-list",
        "prompts-list",
        "dns-rebinding-protection",
    ),
}


@pytest.fixture(scope="module")
def suite() -> Path:
    return install_npm_packages(SUITE)


@pytest.fixture(scope="module", params=["viva", "fixture"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """What is served, and its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.conformance.serve", request.param, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    _wait(port)
    yield request.param, f"http://127.0.0.1:{port}/mcp"
    process.terminate()
    process.wait(30)


@pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])
def test_the_suite_finds_nothing_unexpected(
    suite: Path, served: tuple[str, str], revision: str, tmp_path: Path
) -> None:
    what, url = served
    if what == "fixture":
        chosen = ["--requirements", revision] if revision == "2026-07-28" else ["--spec-version", revision]
        expected = HERE / f"fixture-{revision}.yaml"
        done = _run(suite, tmp_path, url, *chosen, "--expected-failures", str(expected))
        assert done.returncode == 0, done.stdout[-3000:]
        return
    for scenario in NEUTRAL[revision]:
        done = _run(suite, tmp_path, url, "--scenario", scenario, "--spec-version", revision)
        assert done.returncode == 0, f"{scenario}: {done.stdout[-2000:]}"


def _run(suite: Path, folder: Path, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [NODE, str(suite / "node_modules/.bin/conformance"), "server", "--url", url, *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/mcp", timeout=2)
        except httpx.TransportError:
            # another process is starting: there is nothing to be woken by
            time.sleep(0.05)
            continue
        return
    raise AssertionError("the server did not start")
