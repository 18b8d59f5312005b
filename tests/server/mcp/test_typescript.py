"""The main workflow with the TypeScript SDK's clients from npm: the handshake release and the stateless one."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.npm import NODE, install_npm_packages
from tests.support.server_process import ServerProcess

STORY = Path(__file__).parents[2] / "typescript" / "story.mjs"
PACKAGES = {"v1": "@modelcontextprotocol/sdk@1.32.2", "v2": "@modelcontextprotocol/client@2.4.0"}


@pytest.mark.parametrize("line", PACKAGES)
def test_the_typescript_client_sets_up_an_interview(tmp_path: Path, line: str) -> None:
    home = install_npm_packages(PACKAGES[line])
    # imports are looked up from where a script lies
    script = Path(shutil.copy(STORY, home / "story.mjs"))
    with ServerProcess(tmp_path) as server:
        command = [NODE, str(script), line, f"{server.url}/mcp", server.key]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer.pop("tools") <= 20
    asked = answer.pop("asked")
    assert len(asked) == (1 if line == "v2" else 0)
    assert all("“Ada ada@example.com” would get" in question for question in asked)
    assert answer == {"scheduled": 1, "total": 1, "workspace": "main", "prompted": True}
