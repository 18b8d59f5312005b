"""Installs, before the tests run, the Debian packages that they need: as root, unless VIVA_TEST_APT=0 forbids it.

Then says in one line each what is still missing; the tests that need it are skipped.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

from tests.support.needs import NEEDS, lack

_SECONDS = 900


def main() -> int:
    """Never fails: tests that lack something say so themselves."""
    wanted = _missing()
    if wanted and _may_install():
        _install(wanted)
    for what in NEEDS:
        if trouble := lack(what):
            print(f"note: {trouble}", file=sys.stderr)
    return 0


def _missing() -> list[str]:
    """Debian's names of what the tests can use and this machine has not."""
    there = {
        "bubblewrap": shutil.which("bwrap"),
        "chromium": shutil.which("chromium"),
        "postgresql": any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        "libseccomp2": find_library("seccomp"),
        # the node of Playwright's driver needs it
        "libatomic1": find_library("atomic"),
    }
    return [package for package, found in there.items() if not found]


def _may_install() -> bool:
    allowed = os.environ.get("VIVA_TEST_APT", "1") != "0"
    return allowed and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    print(f"installing {', '.join(packages)} (VIVA_TEST_APT=0 forbids it)", file=sys.stderr)
    # with this runlevel no service is started: tests have a PostgreSQL of their own
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        try:
            done = subprocess.run(
                command, check=False, env=quiet, stdout=subprocess.DEVNULL, timeout=_SECONDS
            )
        except subprocess.TimeoutExpired:
            print(f"note: {' '.join(command[:2])} was given up after {_SECONDS} s", file=sys.stderr)
            return
        if done.returncode:
            print(f"note: {' '.join(command[:2])} failed; see above", file=sys.stderr)
            return


if __name__ == "__main__":
    sys.exit(main())
