"""The memory that a box uses, read from outside, where no program in the box can change the answer."""

from contextlib import suppress
from pathlib import Path


def resident_kb(root: int) -> tuple[int, int]:
    """Resident memory of a process and its descendants in kB: now, and the sum of their peaks.

    Pages that processes share count for each of them.
    """
    now, peak, pids = 0, 0, [root]
    while pids:
        pid = pids.pop()
        # A process may end while it is read.
        with suppress(OSError, ValueError, KeyError):
            status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
            now += _kb(status["VmRSS"])
            peak += _kb(status["VmHWM"])
            for task in Path(f"/proc/{pid}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
    return now, peak


def _kb(field: str) -> int:
    return int(field.split()[0])
