"""Says, before the tests run, what this machine lacks for them; as root on Debian it installs that first."""

import os
import shutil
import subprocess
import sys

_WANTED = {
    "bwrap": ("bubblewrap", "tests of the sandbox"),
    "chromium": ("chromium", "tests of the pages in a browser"),
}


def main() -> int:
    """Never fails: tests that lack something say so themselves."""
    missing = {package: use for program, (package, use) in _WANTED.items() if shutil.which(program) is None}
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        missing = _installed(missing)
    for package, use in missing.items():
        print(f"note: {package} is not installed, so the {use} are skipped", file=sys.stderr)
    return 0


def _installed(missing: dict[str, str]) -> dict[str, str]:
    """What is still missing after an attempt to install it."""
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        if subprocess.run(command, check=False, **quiet).returncode:  # type: ignore[call-overload]
            return missing
    return {}


if __name__ == "__main__":
    sys.exit(main())
