"""The main workflow with the TypeScript SDK's clients from npm: the handshake release and the stateless one."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.npm import NODE, install_npm_packages
from tests.support.server_process import ServerProcess
from tools.catalog import CATALOG

SCRIPTS = Path(__file__).parents[2] / "typescript"
PACKAGES = {"v1": "@modelcontextprotocol/sdk@1.32.2", "v2": "@modelcontextprotocol/client@2.4.0"}


def run_script(name: str, data: Path, line: str, query: str = "") -> Any:
    """What a script prints about a fresh server."""
    home = install_npm_packages(PACKAGES[line])
    # imports are looked up from where a script lies
    script = Path(shutil.copy(SCRIPTS / name, home / name))
    with ServerProcess(data) as server:
        command = [NODE, str(script), line, f"{server.url}/mcp{query}", server.key]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("line", PACKAGES)
def test_a_client_that_checks_answers_reads_the_errors_of_every_tool(tmp_path: Path, line: str) -> None:
    seen = run_script("errors.mjs", tmp_path, line, "?toolsets=all")
    assert {each["name"] for each in seen} == CATALOG.keys()
    for each in seen:
        assert each.get("isError") is True, each
        assert each["structured"] is False, each
        body, words = each["text"]
        assert json.loads(body)["error"], each
        assert words, each
        if each["kind"] == "unknown":
            assert "no_such_argument: There is no argument of this name." in words


@pytest.mark.parametrize("line", PACKAGES)
def test_the_typescript_client_sets_up_an_interview(tmp_path: Path, line: str) -> None:
    answer = run_script("story.mjs", tmp_path, line)
    assert answer.pop("tools") <= 20
    asked = answer.pop("asked")
    assert len(asked) == (1 if line == "v2" else 0)
    assert all("“Ada ada@example.com” would get" in question for question in asked)
    assert answer == {"scheduled": 1, "total": 1, "workspace": "main", "prompted": True}
