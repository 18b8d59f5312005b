"""The CPU time of a server for each call, without what it spends on waiting for work."""

import time
from collections.abc import Callable
from contextlib import suppress
from os import sysconf
from pathlib import Path


def idle_share(pid: int, seconds: float) -> float:
    """How much of one CPU a server takes while nobody calls, looked at for `seconds`."""
    before, began = _cpu_seconds(pid), time.perf_counter()
    time.sleep(seconds)
    return (_cpu_seconds(pid) - before) / (time.perf_counter() - began)


def seconds_a_call(pid: int, idle: float, calls: int, work: Callable[[], None]) -> float:
    """Seconds of CPU for each of the `calls` that `work` makes, less what idling takes in the same time.

    The longer a busy machine needs for the same calls, the more of the engine's polling falls into them.
    """
    before, began = _cpu_seconds(pid), time.perf_counter()
    work()
    spent = _cpu_seconds(pid) - before
    return (spent - idle * (time.perf_counter() - began)) / calls


def _cpu_seconds(pid: int) -> float:
    """Of a process with its threads and, as far down as they go, its children: the ended and the running ones."""
    stats = _stats()
    family, ticks = [pid], 0
    while family:
        member = family.pop()
        ticks += sum(stats[member][1:]) if member in stats else 0
        family += [child for child, (parent, *_) in stats.items() if parent == member]
    return ticks / sysconf("SC_CLK_TCK")


def _stats() -> dict[int, tuple[int, int, int, int, int]]:
    """Each process's parent, and its ticks in user and system mode, its own and those of children it waited for."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile
            columns = (folder / "stat").read_text().rpartition(")")[2].split()
            parent, user, system, users, systems = (int(columns[n]) for n in (1, 11, 12, 13, 14))
            found[int(folder.name)] = (parent, user, system, users, systems)
    return found
