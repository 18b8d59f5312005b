"""The CPU time that a server takes for calls, without what it spends on waiting for work."""

import ctypes
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import sysconf
from pathlib import Path


def idle_shares(pids: Sequence[int], seconds: float) -> list[float]:
    """How much of one CPU each server takes while nobody calls, looked at for `seconds`."""
    before, began = [_cpu_seconds(pid) for pid in pids], time.perf_counter()
    time.sleep(seconds)
    after, took = [_cpu_seconds(pid) for pid in pids], time.perf_counter() - began
    return [(end - start) / took for start, end in zip(before, after, strict=True)]


def seconds_spent(pid: int, idle: float, work: Callable[[], None]) -> float:
    """Seconds of CPU that a server takes for `work`, less what idling takes in the same time.

    The longer a busy machine needs for the same calls, the more of the engine's polling falls into them.
    """
    before, began = _cpu_seconds(pid), time.perf_counter()
    work()
    spent = _cpu_seconds(pid) - before
    return spent - idle * (time.perf_counter() - began)


def _cpu_seconds(pid: int) -> float:
    """Of a process with its threads and, as far down as they go, its children: the ended and the running ones."""
    processes = _processes()
    family, seconds = [pid], 0.0
    while family:
        member = family.pop()
        if member in processes:
            seconds += _own_seconds(member) + processes[member].waited_for
        family += [child for child, process in processes.items() if process.parent == member]
    return seconds


def _own_seconds(pid: int) -> float:
    """By the process's own clock: a slice of calls is too short for the hundred ticks a second in /proc/PID/stat."""
    clock = ctypes.c_int()
    if ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)) == 0:
        with suppress(OSError):
            return time.clock_gettime(clock.value)
    return 0.0  # it ended meanwhile, and is counted with those that its parent waited for


@dataclass(frozen=True)
class _Process:
    """Whose child it is, and the seconds of its own children that it has waited for."""

    parent: int
    waited_for: float


def _processes() -> dict[int, _Process]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            columns = (folder / "stat").read_text().rpartition(")")[2].split()
            ticks = int(columns[13]) + int(columns[14])
            found[int(folder.name)] = _Process(int(columns[1]), ticks / sysconf("SC_CLK_TCK"))
    return found
