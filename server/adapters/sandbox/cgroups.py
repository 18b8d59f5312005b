"""Control groups: limits that the kernel itself keeps, on everything that a box uses, kernel memory included.

They are used where the server may make groups below its own: version 2 with a delegated group (systemd's
`Delegate=yes`), version 1 as root. Elsewhere the limits are sampled, and there are no groups.
"""

import asyncio
import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_NAME = "viva-box-"
_SERVER = "viva-server"
_numbers = itertools.count()
_emptying: list["Group"] = []


@dataclass(frozen=True)
class Hierarchy:
    """The folder below which groups are made. Version 1 has one for memory and one for processes."""

    folder: Path
    version: int


class Group:
    """The group of one box. A process of one thread that writes 0 into `files` enters it with all children to come."""

    def __init__(self, hierarchies: tuple[Hierarchy, ...], memory_bytes: int, processes: int) -> None:
        """Raises OSError when the group or its limits cannot be made."""
        _emptying[:] = [group for group in _emptying if not group._remove()]
        name = f"{_NAME}{os.getpid()}-{next(_numbers)}"
        self._folders = [hierarchy.folder / name for hierarchy in hierarchies]
        try:
            for hierarchy, folder in zip(hierarchies, self._folders, strict=True):
                folder.mkdir()
                _limit(hierarchy.version, folder, memory_bytes, processes)
        except OSError:
            self._remove()
            raise
        # A thread that moves itself, which only version 1 knows, does not wait for all other processes.
        file = "tasks" if hierarchies[0].version == 1 else "cgroup.procs"
        self.files = [str(folder / file) for folder in self._folders]

    def out_of_memory(self) -> bool:
        """Whether the kernel has ended something in the group, because its memory was used up."""
        for folder in self._folders:
            for file in ("memory.events", "memory.oom_control"):
                with suppress(OSError):
                    counts = dict(line.split() for line in (folder / file).read_text().splitlines())
                    if counts.get("oom_kill", "0") != "0":
                        return True
        return False

    def close(self) -> None:
        """Remove the group, or have the next one do it: the kernel needs a moment to see that a group is empty."""
        if not self._remove():
            _emptying.append(self)

    def _remove(self) -> bool:
        for folder in self._folders:
            with suppress(OSError):
                folder.rmdir()
        return not any(folder.exists() for folder in self._folders)


def _limit(version: int, folder: Path, memory_bytes: int, processes: int) -> None:
    if version == 2:
        (folder / "memory.max").write_text(str(memory_bytes))
        (folder / "memory.oom.group").write_text("1")
        (folder / "pids.max").write_text(str(processes))
        with suppress(OSError):  # a kernel without swap
            (folder / "memory.swap.max").write_text("0")
        return
    if (folder / "pids.max").exists():
        (folder / "pids.max").write_text(str(processes))
    if (folder / "memory.limit_in_bytes").exists():
        (folder / "memory.limit_in_bytes").write_text(str(memory_bytes))
        with suppress(OSError):
            (folder / "memory.memsw.limit_in_bytes").write_text(str(memory_bytes))


def usable_hierarchies() -> tuple[Hierarchy, ...]:
    """Where groups can be made, entered and limited: tried once. Empty when that is not possible."""
    return _usable_to(os.geteuid())


@cache
def _usable_to(user: int) -> tuple[Hierarchy, ...]:
    for hierarchies in (_claim_delegated_group(), _version_1() if user == 0 else ()):
        if hierarchies and _works(hierarchies):
            return hierarchies
    return ()


def _works(hierarchies: tuple[Hierarchy, ...]) -> bool:
    for hierarchy in hierarchies:
        _remove_left_behind(hierarchy.folder)
    try:
        group = Group(hierarchies, 64 * 1024 * 1024, 8)
    except OSError:
        return False
    enter = "; ".join(f'echo 0 > "{file}" || exit 1' for file in group.files)
    done = subprocess.run(["/bin/sh", "-c", enter], check=False, stderr=subprocess.DEVNULL)
    group._remove()
    return done.returncode == 0


def _remove_left_behind(folder: Path) -> None:
    """Remove empty groups of a server that was killed. Another server's new group is empty too, until it is entered."""
    for left in folder.glob(f"{_NAME}*"):
        server = left.name.removeprefix(_NAME).partition("-")[0]
        if not Path("/proc", server).exists():
            with suppress(OSError):
                left.rmdir()


def _claim_delegated_group() -> tuple[Hierarchy, ...]:
    """The server's own group of version 2, with memory and processes limited for the groups below."""
    for folder in _own_folders("cgroup2", ""):
        base = folder.parent if folder.name == _SERVER else folder
        try:
            if not _controls(base / "cgroup.subtree_control") and _controls(base / "cgroup.controllers"):
                _delegate(base)
        except OSError:
            return ()
        if _controls(base / "cgroup.subtree_control"):
            return (Hierarchy(base, 2),)
    return ()


def _delegate(base: Path) -> None:
    """Pass the controllers on to groups below. A group that does so holds no processes, so the server moves down."""
    if (base / "cgroup.procs").read_text().split() == [str(os.getpid())]:
        (base / _SERVER).mkdir(exist_ok=True)
        (base / _SERVER / "cgroup.procs").write_text(str(os.getpid()))
    (base / "cgroup.subtree_control").write_text("+memory +pids")


def _controls(file: Path) -> bool:
    try:
        return {"memory", "pids"} <= set(file.read_text().split())
    except OSError:
        return False


def _version_1() -> tuple[Hierarchy, ...]:
    found = [Hierarchy(folder, 1) for name in ("memory", "pids") for folder in _own_folders("cgroup", name)]
    return tuple(dict.fromkeys(found)) if len(found) == 2 else ()


def memory_limit() -> int | None:
    """The least limit in bytes on the groups that the server is in; None when there is none."""
    limits = []
    for kind, name, file in (("cgroup2", "", "memory.max"), ("cgroup", "memory", "memory.limit_in_bytes")):
        for folder in _own_folders(kind, name):
            for above in (folder, *folder.parents):
                with suppress(OSError, ValueError):
                    limits.append(int((above / file).read_text()))
    return min(limits, default=None)


def _own_folders(kind: str, controller: str) -> Iterator[Path]:
    """The folder of the server's own group in each mounted hierarchy of this kind, with this controller."""
    try:
        groups = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
        mounts = [line.split(" - ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    except OSError:
        return
    own = next((path for _, names, path in groups if controller in names.split(",")), None)
    if own is None:
        return
    for where, what in mounts:
        root, place = where.split()[3:5]
        if what.split()[0] == kind and (not controller or controller in what.split()[2].split(",")):
            inside = os.path.relpath(own, root)
            if not inside.startswith(".."):
                yield Path(place, inside)


async def remove_all() -> None:
    """Remove the groups of boxes that have ended."""
    for _ in range(50):
        _emptying[:] = [group for group in _emptying if not group._remove()]
        if not _emptying:
            return
        await asyncio.sleep(0.01)
