"""Access to the database: reads and writes, without knowing what they mean.

SQLite: reads run on the event loop on one open connection, since a point read takes microseconds. A read that calls
`heavy` moves to a thread. Every write goes through one writer thread that commits in batches
(`storage.engine.group_commit`). PostgreSQL: reads and writes run in threads on a pool. A write returns after COMMIT.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

from domain import json_codec
from domain.errors import Busy
from storage.engine.group_commit import GroupWriter
from storage.engine.private_files import make_private_file, make_private_folder

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

log = logging.getLogger(__name__)

# Serialization failure and deadlock on PostgreSQL: the transaction may run again.
_RETRY = {"40001", "40P01"}
_TRIES = 4

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=20000",
    "foreign_keys=ON",
    "secure_delete=ON",
)


class TakesLong(Exception):
    """Raised on the event loop by a read that belongs in a thread; the store moves it there."""


def heavy(db: sa.Connection) -> None:
    """Say that what follows may take more than a few milliseconds (an export, a deep page, a filtered count)."""
    if db.info.get("on_loop"):
        raise TakesLong


class Store(Protocol):
    """The database as the rest of Viva uses it."""

    @property
    def engine(self) -> sa.Engine:
        """For jobs and commands in threads of their own: `with store.engine.begin() as db`."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that sees committed rows and must not write."""
        ...

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own; returns after COMMIT, or raises and leaves nothing."""
        ...

    def version(self) -> int | None:
        """A number that changes with every commit of any connection; None where it costs as much as a read."""
        ...

    async def close(self) -> None: ...


def _dumps(value: object) -> str:
    return json_codec.dumps(value).decode()


def _pragmas(dbapi: DBAPIConnection, _record: object) -> None:
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for pragma in _PRAGMAS:
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


def _begin_immediate(db: sa.Connection) -> None:
    db.exec_driver_sql("BEGIN IMMEDIATE")


def sqlite_engine(url: str) -> sa.Engine:
    """The only safe engine for read-modify-write on SQLite: every transaction is BEGIN IMMEDIATE."""
    engine = sa.create_engine(url, json_serializer=_dumps, json_deserializer=json_codec.loads)
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _sqlite_reader(url: str) -> sa.Engine:
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        json_serializer=_dumps,
        json_deserializer=json_codec.loads,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _pragmas)
    return engine


class SqliteStore:
    """SQLite: one file, one process. Create it inside the running event loop."""

    def __init__(self, url: str) -> None:
        if path := sa.make_url(url).database:
            make_private_folder(Path(path).parent)
            make_private_file(Path(path))
        self.engine = sqlite_engine(url)
        self._reader = _sqlite_reader(url)
        self._connection = self._reader.connect()
        self._connection.info["on_loop"] = True
        self._writer = GroupWriter(self.engine)
        self._threads = anyio.CapacityLimiter(4)

    async def read(self, work: Work[T]) -> T:
        try:
            return work(self._connection)
        except TakesLong:
            return await anyio.to_thread.run_sync(self._read_in_thread, work, limiter=self._threads)

    def _read_in_thread(self, work: Work[T]) -> T:
        with self._reader.connect() as db:
            db.info.pop("on_loop", None)
            return work(db)

    async def write(self, work: Work[T]) -> T:
        return await self._writer.submit(work)

    def version(self) -> int | None:
        # the pragma counts commits of other connections, and this one only reads
        raw: Any = self._connection.connection.driver_connection
        return int(raw.execute("PRAGMA data_version").fetchone()[0])

    async def close(self) -> None:
        await self._writer.close()
        self._connection.close()
        self._reader.dispose()
        self.engine.dispose()


class PostgresStore:
    """PostgreSQL: a pool of connections, used from threads. Any number of processes may share the database."""

    def __init__(self, url: str, pool_size: int = 16) -> None:
        self.engine = sa.create_engine(
            url,
            pool_pre_ping=True,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=20,
            json_serializer=_dumps,
            json_deserializer=json_codec.loads,
        )
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._threads = anyio.CapacityLimiter(pool_size)

    async def read(self, work: Work[T]) -> T:
        return await self._threaded(self._read, work)

    async def write(self, work: Work[T]) -> T:
        return await self._threaded(self._write, work)

    def version(self) -> int | None:
        return None

    async def _threaded(self, run: Callable[[Work[T]], T], work: Work[T]) -> T:
        try:
            # not abandoned on cancel: when a client disconnects, its transaction still runs to its end
            return await anyio.to_thread.run_sync(run, work, limiter=self._threads)
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            log.warning("the database did not answer", extra={"error": type(error).__name__})
            raise Busy() from error

    def _read(self, work: Work[T]) -> T:
        try:
            with self._autocommit.connect() as db:
                return work(db)
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
        with self._autocommit.connect() as db:  # a read may always run again
            return work(db)

    def _write(self, work: Work[T]) -> T:
        for attempt in range(_TRIES):
            try:
                with self.engine.begin() as db:
                    return work(db)
            except sa.exc.DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in _RETRY or attempt == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    async def close(self) -> None:
        await asyncio.to_thread(self.engine.dispose)


def is_sqlite(url: str) -> bool:
    """Whether a database URL means SQLite."""
    return sa.make_url(url).get_backend_name() == "sqlite"


def open_store(url: str) -> Store:
    """The store for a database URL, `sqlite:///…` or `postgresql://…`."""
    if is_sqlite(url):
        return SqliteStore(url)
    return PostgresStore(with_psycopg(url))


def engine_for(url: str) -> sa.Engine:
    """An engine of its own on this database, for work from outside a server. Dispose of it at the end."""
    return sqlite_engine(url) if is_sqlite(url) else sa.create_engine(with_psycopg(url))


def with_psycopg(url: str) -> str:
    """The same PostgreSQL address with psycopg as its driver."""
    return sa.make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@contextmanager
def snapshot(url: str) -> Iterator[sa.Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile, and holds nobody up."""
    if is_sqlite(url):
        engine = _sqlite_reader(url)
        event.listen(engine, "begin", lambda db: db.exec_driver_sql("BEGIN"))
    else:
        engine = sa.create_engine(with_psycopg(url), isolation_level="REPEATABLE READ")
    try:
        with engine.begin() as db:
            yield db
    finally:
        engine.dispose()
