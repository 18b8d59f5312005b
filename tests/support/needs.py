"""What tests need of a machine beyond what pip installs: is it there, and if not, one line that says what to do."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from server.adapters.sandbox import Sandbox
from tests.support import postgres


@cache
def lack(what: str) -> str:
    """Empty when this machine has it; else one line that says which tests are skipped and what would help."""
    trouble = _LOOKS[what]()
    return f"tests that need {NEEDS[what]} are NOT run: {trouble}" if trouble else ""


def _sandbox() -> str:
    # in a thread, since tests have event loops of their own
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, Sandbox(1, warm=0).probe()).result(60) or ""


def _browser() -> str:
    import playwright

    if shutil.which("chromium") is None:
        return "install the package chromium"
    driver = Path(playwright.__file__).parent / "driver" / "node"
    started = subprocess.run([driver, "--version"], capture_output=True, text=True, timeout=60, check=False)
    if "libatomic" in started.stderr:
        return "install the package libatomic1"
    return started.stderr.strip()[-200:]


def _postgresql() -> str:
    return "" if postgres.programs() else "install the package postgresql"


_LOOKS: dict[str, Callable[[], str]] = {
    "sandbox": _sandbox,
    "browser": _browser,
    "postgresql": _postgresql,
}
NEEDS = {"sandbox": "the sandbox", "browser": "a browser", "postgresql": "PostgreSQL"}
