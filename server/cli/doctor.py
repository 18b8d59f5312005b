"""`viva doctor`: report which parts work, which do not, and what to do about it. It changes nothing."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from server import data_dir
from server.adapters.sandbox import Sandbox
from server.adapters.sandbox.programs import find_program
from server.secrets import AUDIT_KEY_FILE
from server.settings import Settings
from storage.engine.migrate import UnknownSchema, pending
from storage.engine.store import is_sqlite, with_psycopg


@dataclass(frozen=True)
class Finding:
    """The state of one part. `broken` means that Viva cannot work without it."""

    what: str
    state: str
    fine: bool = True
    broken: bool = False
    advice: str = ""

    @property
    def mark(self) -> str:
        return "ok  " if self.fine else ("FAIL" if self.broken else "note")


def examine(settings: Settings) -> list[Finding]:
    """Check every part. Never raises, and changes nothing on the disk or in the database."""
    checks: list[Callable[[Settings], Finding]] = [
        _database,
        _data_dir,
        _secret,
        _audit_key,
        _mail,
        _model,
        _sandbox,
        _address,
    ]
    return [check(settings) for check in checks]


def _database(settings: Settings) -> Finding:
    kind = "SQLite" if settings.on_sqlite else "PostgreSQL"
    advice = "Check VIVA_DATABASE_URL, or that VIVA_DATA_DIR can be written."
    path = sa.make_url(settings.database).database if settings.on_sqlite else None
    if path is not None and not _may_write(Path(path)):
        return Finding("database", f"{kind}: {path} cannot be written", False, True, advice)
    if path is not None and not Path(path).exists():
        return Finding("database", f"{kind}, not there yet; the first start makes {path}")
    try:
        with contextlib.closing(_Untouched(settings.database)) as database, database.engine.connect() as db:
            version = db.dialect.server_version_info
            behind = pending(db)
    except UnknownSchema:
        advice = "Run the version of Viva that made it, or a later one."
        return Finding("database", f"{kind}: its schema is none that this version knows", False, True, advice)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        return Finding("database", f"{kind}: {type(error).__name__}", False, True, advice)
    shown = ".".join(str(part) for part in version or ())
    if behind:
        advice = "The next start applies the migrations. Back the database up before."
        return Finding("database", f"{kind} {shown}, {behind} migrations behind", False, False, advice)
    return Finding("database", f"{kind} {shown}, schema up to date")


class _Untouched:
    """An engine that reads a database and changes nothing on the disk, not even the files beside it."""

    def __init__(self, url: str) -> None:
        if not is_sqlite(url):
            self.engine = sa.create_engine(with_psycopg(url))
            return
        path = Path(sa.make_url(url).database or "").absolute()
        # SQLite makes the files of its write-ahead log when it opens the database, unless the file is immutable.
        # A running server has made them already, and then they must be read.
        beside = all(path.with_name(path.name + ending).exists() for ending in ("-wal", "-shm"))
        mode = "mode=ro" if beside else "mode=ro&immutable=1"
        address = f"file:{quote(str(path))}?{mode}"
        self.engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))

    def close(self) -> None:
        self.engine.dispose()


def _may_write(path: Path) -> bool:
    """Whether this process may write the file, or make it together with the folders that are missing."""
    if path.exists():
        return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    there = next((folder for folder in path.absolute().parents if folder.exists()), path.absolute())
    return there.is_dir() and os.access(there, os.W_OK)


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.is_dir():
        return Finding(
            "data directory", f"not there yet; the first start makes {folder} for its own user only"
        )
    wide = data_dir.readable_by_others(settings)
    if not wide:
        return Finding("data directory", f"{folder}, for its own user only")
    foreign = [path for path in wide if path.lstat().st_uid != os.geteuid()]
    state = f"others may read {', '.join(str(path) for path in wide[:3])}{' and more' * (len(wide) > 3)}"
    advice = "The next start takes that right away."
    if foreign and os.geteuid() != 0:
        advice = f"{foreign[0]} belongs to another user; as that user: chmod go-rwx. Viva cannot change it."
    return Finding("data directory", state, False, False, advice)


def _secret(settings: Settings) -> Finding:
    if settings.secret_key.get_secret_value():
        return Finding("secret key", "from VIVA_SECRET_KEY")
    path = settings.data_dir / "secret.key"
    state = f"in {path}" if path.exists() else f"not there yet; the first start makes {path}"
    if settings.on_sqlite:
        return Finding("secret key", f"{state}; back it up with the database")
    advice = "Replicas must share it: set VIVA_SECRET_KEY to the same value on each."
    return Finding("secret key", state, False, False, advice)


def _audit_key(settings: Settings) -> Finding:
    if settings.audit_key.get_secret_value():
        return Finding("audit key", "from VIVA_AUDIT_KEY")
    path = settings.data_dir / AUDIT_KEY_FILE
    there = path.exists()
    if settings.on_sqlite or there:
        state = f"in {path}; back it up apart from the database" if there else f"the first start makes {path}"
        return Finding("audit key", state)
    if settings.secret_key.get_secret_value():
        return Finding("audit key", "derived from VIVA_SECRET_KEY; set VIVA_AUDIT_KEY to keep it apart")
    advice = "Replicas must share it: set VIVA_AUDIT_KEY to the same value on each."
    return Finding("audit key", f"not there yet; the first start makes {path}", False, False, advice)


def _mail(settings: Settings) -> Finding:
    if settings.mail == "outbox":
        advice = "To send, set VIVA_MAIL=smtp and VIVA_SMTP_HOST."
        return Finding(
            "mail", f"written as files to {settings.outbox}; nothing is sent", False, False, advice
        )
    return Finding("mail", f"SMTP {settings.smtp_host}:{settings.smtp_port}, {settings.smtp_security}")


def _model(settings: Settings) -> Finding:
    if not settings.model:
        advice = "Set VIVA_MODEL and VIVA_MODEL_API_KEY for a language model; it is not needed."
        return Finding("interviewer", "built-in rules, no model", True, False, advice)
    return Finding("interviewer", f"model {settings.model}")


def _sandbox(settings: Settings) -> Finding:
    problem = asyncio.run(Sandbox(1, warm=0).probe())
    if problem is None:
        return Finding("sandbox", f"candidates' code runs and is kept in by {find_program('bwrap')}")
    advice = f"{problem} Until then code is refused, never run bare."
    return Finding("sandbox", "candidates' code cannot be run", False, False, advice)


def _address(settings: Settings) -> Finding:
    if settings.public_url:
        return Finding("address", settings.url)
    advice = "Set VIVA_PUBLIC_URL to the address people reach; links in mails start with it."
    return Finding("address", f"{settings.url} (this machine only)", False, False, advice)
