"""Removes the bytes of deleted rows from a SQLite database and the files beside it.

`secure_delete` overwrites a row where it stood. That leaves two places: the write-ahead log, until it is truncated,
and copies in the unused space of pages, which SQLite leaves behind when it splits or merges pages (about one row in
two thousand was measured). VACUUM writes every page anew, so both are needed.
"""

import contextlib
import sqlite3

import sqlalchemy as sa

_BUSY_SECONDS = 20.0
# While the checkpoint waits for readers, nobody can write; so it waits briefly and is tried again.
_READER_MILLISECONDS = 500


def keeps_deleted_bytes(db: sa.Connection) -> bool:
    """Whether deleted rows stay in the database's files until `scrub`. On PostgreSQL that is the operator's part."""
    return db.dialect.name == "sqlite"


def scrub(url: str) -> bool:
    """Rewrite a SQLite database without what was deleted. False when a reader or writer was in the way: try again.

    Writers wait meanwhile, about four seconds for each gigabyte; the disk needs room for a second copy.
    """
    path = sa.make_url(url).database
    assert path is not None
    with contextlib.closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as db:
        db.execute("PRAGMA secure_delete=ON")
        try:
            db.execute("VACUUM")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            return False
        db.execute(f"PRAGMA busy_timeout={_READER_MILLISECONDS}")
        (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
