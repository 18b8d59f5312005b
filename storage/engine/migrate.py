"""Migrates a database to this version's schema. Safe when several processes start at once."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from domain.audit_chain import AuditKey
from storage.engine.private_files import make_private_file, make_private_folder
from storage.engine.store import is_sqlite, sqlite_engine, with_psycopg

_LOCK = 7_002_026  # the key of an advisory lock on PostgreSQL


class UnknownSchema(Exception):
    """The database was brought to a schema that this version does not know: a later version's."""


def config_for(db: sa.Connection, audit_key: AuditKey | None = None) -> Config:
    """Alembic's configuration for our migrations on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["connection"] = db
    config.attributes["audit_key"] = audit_key
    return config


def migrate(url: str, audit_key: AuditKey | None = None) -> None:
    """Apply every missing migration; other processes that start meanwhile wait.

    The key is needed by a database with an audit log from before there were seals.
    """
    with _lock(url) as db:
        command.upgrade(config_for(db, audit_key), "head")


def pending(db: sa.Connection) -> int:
    """How many migrations this database still needs. Changes nothing. Raises `UnknownSchema`."""
    scripts = ScriptDirectory.from_config(config_for(db))
    # the newest first; a database without tables stands behind the oldest
    known = [*(script.revision for script in scripts.walk_revisions()), None]
    applied = MigrationContext.configure(db).get_current_revision()
    if applied not in known:
        raise UnknownSchema()
    return known.index(applied)


@contextlib.contextmanager
def _lock(url: str) -> Iterator[sa.Connection]:
    if is_sqlite(url):
        path = sa.make_url(url).database
        assert path is not None
        make_private_folder(Path(path).parent)
        make_private_file(Path(path))
        engine = sqlite_engine(url)
        make_private_file(Path(f"{path}.migrating"))
        with _closing(engine), open(f"{path}.migrating", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with engine.begin() as db:
                yield db
        return
    engine = sa.create_engine(with_psycopg(url))
    # a migration that fails closes its connection, and with it the lock
    with _closing(engine), engine.connect() as guard:
        guard.execute(sa.select(sa.func.pg_advisory_lock(_LOCK)))
        with engine.begin() as db:
            yield db


@contextlib.contextmanager
def _closing(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()
