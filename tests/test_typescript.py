"""The story again, with the TypeScript SDK's client from npm."""

import json
import shutil
import subprocess
from pathlib import Path

from tests.scratch import NODE, npm_installed
from tests.server_process import ServerProcess

STORY = Path(__file__).parent / "typescript" / "story.mjs"


def test_the_typescript_client_sets_up_an_interview(tmp_path: Path) -> None:
    home = npm_installed("@modelcontextprotocol/sdk@1")
    # imports are looked up from where a script lies
    script = Path(shutil.copy(STORY, home / "story.mjs"))
    with ServerProcess(tmp_path) as server:
        command = [NODE, str(script), f"{server.url}/mcp", server.key]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer.pop("tools") <= 20
    assert answer == {"scheduled": 1, "total": 1, "workspace": "main"}
