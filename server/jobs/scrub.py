"""The job that removes the bytes of erased people from a SQLite database. It may run any number of times."""

from datetime import timedelta

from server.adapters.job_queue import RunAgain
from storage.engine.scrub import scrub
from storage.engine.store import is_sqlite

_RETRY = RunAgain(timedelta(seconds=15))


class ScrubJob:
    """Called with anything: it is about the whole database. On PostgreSQL there is nothing that it could do."""

    def __init__(self, database: str) -> None:
        self._database = database

    def __call__(self, *_: str | int) -> RunAgain | None:
        if not is_sqlite(self._database):
            return None
        return None if scrub(self._database) else _RETRY
