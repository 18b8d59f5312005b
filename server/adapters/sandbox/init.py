"""The first process of a box's namespace, its init, as the server sees it.

The kernel ends a whole process namespace when its init is killed from outside. A program in the box cannot prevent it,
whatever it does to that process.
"""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path


class Init:
    """A handle on a namespace's init. It stays valid when the process id is used again. Call `close` at the end."""

    def __init__(self, pid: int, parent: int) -> None:
        """Raises ProcessLookupError unless the process is the child of `parent` and the first in its namespace."""
        self.pid = pid
        self._handle = os.pidfd_open(pid)
        if not _is_first(pid, parent):
            os.close(self._handle)
            raise ProcessLookupError(f"process {pid} is not the first of a namespace")

    def kill(self) -> None:
        """End the process and everything else in its namespace."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    async def wait(self, seconds: float) -> bool:
        """Wait for the end of the namespace. False when the time is over and something in it is left."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._handle, ended.set)  # a pidfd can be read when its process has ended
        try:
            async with asyncio.timeout(seconds):
                await ended.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self._handle)
        return True

    def close(self) -> None:
        # Where the server is the first process of a container it becomes the parent of what lost its own.
        with suppress(OSError):
            os.waitid(os.P_PIDFD, self._handle, os.WEXITED | os.WNOHANG)
        os.close(self._handle)


def _is_first(pid: int, parent: int) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    status = dict(line.split(":", 1) for line in lines)
    ids = status["NSpid"].split()
    return int(status["PPid"]) == parent and len(ids) > 1 and ids[-1] == "1"
