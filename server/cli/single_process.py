"""Allow one server process for each SQLite file. Two would run the same jobs twice."""

import fcntl
from pathlib import Path
from typing import IO

from storage.engine.private_files import make_private_file, make_private_folder


class AlreadyRunning(Exception):
    """Another Viva serves this data directory."""


class ProcessLock:
    """A lock on the data directory. The kernel releases it when the process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        make_private_folder(data_dir)
        self._path = data_dir / "viva.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Lock the directory. Raises `AlreadyRunning` when another process has it."""
        make_private_file(self._path)
        file = self._path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise AlreadyRunning from None
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
