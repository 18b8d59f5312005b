"""One server process for each SQLite file: two would run the same promised work twice."""

import fcntl
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another Viva serves this data directory."""


class SingleProcess:
    """Holds the data directory for as long as this process lives; kill -9 lets it go."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._path = data_dir / "viva.lock"
        self._file: IO[str] | None = None

    def hold(self) -> None:
        """Take the directory, or raise `AlreadyRunning`."""
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
