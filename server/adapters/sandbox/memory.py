"""What a box uses, read from outside, where no program in the box can change the answer."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from server.adapters.sandbox import cgroups

# A socket may hold its send buffer in the kernel, where no process shows it. That many are normal.
_SOCKET_KB = 320
_FREE_SOCKETS = 32


def machine_bytes() -> int:
    """The memory that the server and its boxes may use: the machine's, or less in a container with a limit."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(machine, cgroups.memory_limit() or machine)


@dataclass(frozen=True)
class Usage:
    """Memory in kB, now and the sum of the processes' peaks, and the number of files in /tmp."""

    kb: int
    peak_kb: int
    files: int


class Meter:
    """Reads what a box uses. Open it before a candidate's program starts, and `close` it at the end.

    It holds the box's own /proc and /tmp. The server may not open them where it is root without CAP_SYS_PTRACE: then
    processes are found through their parents, and files are not counted.
    """

    def __init__(self, init: int) -> None:
        self._init = init
        self._proc = _open_folder(f"/proc/{init}/root/proc")
        self._tmp = _open_folder(f"/proc/{init}/root/tmp")
        self._sockets = self._count_sockets() + _FREE_SOCKETS

    def read(self) -> Usage:
        """The memory of all processes, sockets and files of the box.

        It counts resident, swapped and huge pages and page tables. Pages that processes share count for each of them.
        """
        kb = peak_kb = 0
        for status in self._statuses():
            kb += sum(_kb(status, name) for name in ("VmRSS", "VmSwap", "VmPTE", "HugetlbPages"))
            peak_kb += _kb(status, "VmHWM")
        hidden = _SOCKET_KB * max(0, self._count_sockets() - self._sockets)
        files = 0
        if self._tmp is not None:
            tmp = os.fstatvfs(self._tmp)
            hidden += (tmp.f_blocks - tmp.f_bfree) * tmp.f_frsize // 1024
            files = tmp.f_files - tmp.f_ffree
        return Usage(kb + hidden, max(peak_kb, kb) + hidden, files)

    def close(self) -> None:
        for folder in (self._proc, self._tmp):
            if folder is not None:
                os.close(folder)
        self._proc = self._tmp = None

    def _statuses(self) -> list[dict[str, str]]:
        if self._proc is None:
            return _descendants(self._init)
        found = []
        with suppress(OSError):  # the namespace has ended
            for name in os.listdir(self._proc):
                if name.isdigit() and (status := _status(f"{name}/status", self._proc)):
                    found.append(status)
        return found

    def _count_sockets(self) -> int:
        """The number of sockets in the box's network namespace, also of those that no process holds."""
        with suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self._init}/net/sockstat").read_text().split()[2])
        return 0


def _descendants(root: int) -> list[dict[str, str]]:
    """The status of a process and of its descendants. It may miss some while processes start and end."""
    found, pids = [], [root]
    while pids:
        pid = pids.pop()
        found.append(_status(f"/proc/{pid}/status"))
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
    return found


def _status(path: str, folder: int | None = None) -> dict[str, str]:
    """The fields of a process's status; none when it has ended."""
    try:
        file = os.open(path, os.O_RDONLY, dir_fd=folder)
    except OSError:
        return {}
    try:
        lines = os.read(file, 16_384).decode(errors="replace").splitlines()
    except OSError:
        return {}
    finally:
        os.close(file)
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _kb(status: dict[str, str], name: str) -> int:
    return int(status[name].split()[0]) if name in status else 0


def _open_folder(path: str) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
