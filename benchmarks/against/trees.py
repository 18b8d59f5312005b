"""The two states of the sources that are compared, each in a folder of its own and with a Python that can run it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path

from tests.support.server_process import ROOT

_LOCKS = ("requirements/runtime.lock", "requirements/dev.lock")
# an outer make hands its own variables on, such as a PYTHON or VENV given to it, and ours is not the commit's path
_OURS = ("MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "PYTHONPATH", "VIRTUAL_ENV")


class UnknownCommit(Exception):
    """No commit has this name."""


@dataclass(frozen=True)
class Tree:
    """Sources that a server can be started from."""

    name: str
    root: Path
    python: Path


def commit(rev: str) -> str:
    """The full id of what git knows as `rev`."""
    asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}"]
    try:
        return _git(*asked).strip()
    except subprocess.CalledProcessError:
        raise UnknownCommit(f"git knows no commit {rev!r}") from None


@contextmanager
def committed(rev: str, root: Path) -> Iterator[Tree]:
    """A commit in a git worktree at `root`, removed on leaving the block."""
    _git("worktree", "add", "--quiet", "--detach", str(root), commit(rev))
    try:
        yield Tree(_git("rev-parse", "--short", commit(rev)).strip(), root, _python(root))
    finally:
        _git("worktree", "remove", "--force", str(root))


def working(root: Path) -> Tree:
    """A copy at `root` of the working tree with all that is not committed yet, so that it may be edited meanwhile."""
    for name in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    return Tree("working tree", root, Path(sys.executable))


def _python(root: Path) -> Path:
    """The Python in use where the lock files are the same, else one that the commit's own Makefile sets up."""
    # a commit from before the lock files had these names has others, and so another environment
    if all((root / name).is_file() and cmp(root / name, ROOT / name, shallow=False) for name in _LOCKS):
        return Path(sys.executable)
    own = {name: value for name, value in os.environ.items() if name not in _OURS}
    command = ["make", "install", f"PYTHON={sys.executable}"]
    subprocess.run(command, cwd=root, env=own, stdout=sys.stderr, check=True)
    return root / ".venv" / "bin" / "python"


def _git(*command: str) -> str:
    return subprocess.run(["git", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
