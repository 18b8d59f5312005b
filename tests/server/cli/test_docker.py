"""The Dockerfile's steps that need no Docker: build the wheel, install only it, start it in an empty folder.

`tests/docker_steps.sh` does the same with exactly the locked dependencies, from a package index.
"""

import json
import os
import re
import subprocess
import sys
import time
import venv
from pathlib import Path

import httpx

from tests.support.postgres import free_port
from tests.support.server_process import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_image_runs_as_somebody_who_is_not_root_and_copies_no_source_tree() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.findall(r"^USER (\S+)", last, re.M) == ["viva"]
    assert re.findall(r"^COPY (.*)", last, re.M) == ["--from=build /opt/viva /opt/viva"]
    assert json.loads(re.findall(r"^CMD (.*)", last, re.M)[0]) == ["python", "-P", "-m", "server"]


def test_the_wheel_alone_answers_from_an_empty_folder(tmp_path: Path) -> None:
    wheels = tmp_path / "wheel"
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(wheels),
    ]
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True, text=True)
    [wheel] = wheels.glob("*.whl")
    python = _environment(tmp_path / "venv")
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    # a PYTHONPATH of whoever runs the tests would lead to the source tree
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    where = [str(python), "-P", "-c", "import server, pathlib; print(pathlib.Path(server.__file__).parent)"]
    asked = subprocess.run(where, check=True, capture_output=True, text=True, cwd=tmp_path, env=own)
    found = asked.stdout.strip()
    assert found.startswith(str(tmp_path / "venv")), "the source tree must not be found first"
    _answers(python, tmp_path)


def _environment(folder: Path) -> Path:
    """A fresh environment that sees this one's libraries, but not its link to the source tree."""
    venv.create(folder, with_pip=True)
    [site] = (folder / "lib").glob("python*/site-packages")
    # a plain folder on the path: .pth files in it are not read, so the editable install stays out
    (site / "libraries.pth").write_text(str(Path(httpx.__file__).parent.parent) + "\n")
    return folder / "bin" / "python"


def _answers(python: Path, folder: Path) -> None:
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("VIVA_", "PYTHONPATH"))}
    environment = own | {"VIVA_DATA_DIR": str(folder / "data"), "VIVA_PORT": str(port)}
    process = subprocess.Popen(
        [str(python), "-P", "-m", "server"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                page = httpx.get(f"http://127.0.0.1:{port}/docs", timeout=2)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            assert page.status_code == 200
            assert httpx.get(f"http://127.0.0.1:{port}/static/papers.css", timeout=2).status_code == 200
            assert _healthy(python, environment)
            assert not _healthy(python, environment | {"VIVA_PORT": str(free_port())})
            return
        raise AssertionError("it did not start")
    finally:
        process.terminate()
        process.wait(30)


def _healthy(python: Path, environment: dict[str, str]) -> bool:
    """Whether the HEALTHCHECK command succeeds."""
    found = re.search(r"^HEALTHCHECK.*?CMD (\[.*?\])$", DOCKERFILE, re.M | re.S)
    assert found is not None
    command = [str(python), *json.loads(found[1])[1:]]
    return subprocess.run(command, env=environment, stderr=subprocess.DEVNULL).returncode == 0
