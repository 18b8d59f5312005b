"""Looks from outside for what a box left behind: processes in its namespace, and what it used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from server.adapters.sandbox.init import Init


class Namespaces:
    """The process namespaces of all boxes that were built since."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        # An open handle keeps the number of a namespace from being given to the next one, perhaps of another test.
        self._handles: list[int] = []

    def note(self, pid: int) -> None:
        """Note the namespace of a process."""
        self._handles.append(os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY))
        self.seen.add(os.readlink(f"/proc/self/fd/{self._handles[-1]}"))

    def __del__(self) -> None:
        for handle in self._handles:
            os.close(handle)

    def processes(self) -> list[str]:
        """Every process of the machine that is in one of them: id, command line, state and parent.

        Not a zombie that waits for another parent than this process: it runs nothing and holds nothing, and when the
        machine's first process reaps it is not ours to say.
        """
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    if os.readlink(folder / "ns" / "pid") not in self.seen:
                        continue
                    state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                    command = (folder / "cmdline").read_bytes()
                except OSError:
                    continue
                if state != "Z" or int(parent) == os.getpid():
                    found.append(f"{folder.name} {command!r} state {state}, parent {parent}")
        return found


@contextmanager
def record_namespaces() -> Iterator[Namespaces]:
    """Note the namespace of each box that is built meanwhile."""
    namespaces = Namespaces()
    original = Init.__init__

    def note(init: Init, pid: int, parent: int) -> None:
        original(init, pid, parent)
        namespaces.note(pid)

    with mock.patch.object(Init, "__init__", note):
        yield namespaces
