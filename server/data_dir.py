"""The data directory: what Viva keeps in it, and that nobody else can read it."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from server.settings import Settings
from storage.engine.private_files import make_private_folder, open_to_others, restrict

log = logging.getLogger(__name__)

_BESIDE_DATABASE = ("", "-wal", "-shm", "-journal", ".migrating")
_FILES = ("viva.lock", "*.key", ".secret.*")


def set_umask() -> None:
    """Make every file of this process, and of those it starts, its own user's only."""
    os.umask(0o077)


def protect(settings: Settings) -> None:
    """Make the data directory if it is missing, and take the rights of others to what is in it.

    What belongs to another user stays as it is, and the log says so.
    """
    make_private_folder(settings.data_dir)
    shared = _is_shared(settings.data_dir)
    failed = restrict(
        path for path in _contents(settings) if not (shared and path == settings.data_dir.resolve())
    )
    for path in [*failed, *([settings.data_dir] if shared else [])]:
        log.warning("other users may read a file of the data directory", extra={"path": str(path)})


def readable_by_others(settings: Settings) -> list[Path]:
    """What in the data directory others may read. Changes nothing."""
    return list(open_to_others(_contents(settings)))


def _contents(settings: Settings) -> Iterator[Path]:
    """The directory and what Viva makes in it. Files of others in it are left alone."""
    folder = settings.data_dir
    yield folder.resolve()
    for pattern in _FILES:
        yield from folder.glob(pattern)
    yield from _database_files(settings)
    yield settings.outbox
    yield from settings.outbox.glob("*.eml")
    yield from settings.outbox.glob(".*.part")


def _database_files(settings: Settings) -> Iterator[Path]:
    path = sa.make_url(settings.database).database if settings.on_sqlite else None
    if path:
        for ending in _BESIDE_DATABASE:
            yield Path(path + ending).resolve()


def _is_shared(folder: Path) -> bool:
    """Whether the folder is one that every user writes to, like /tmp: closing it would lock them out."""
    return bool(folder.stat().st_mode & stat.S_ISVTX)
