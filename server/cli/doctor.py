"""`viva doctor`: report which parts work, which do not, and what to do about it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from server.adapters.sandbox import Sandbox
from server.adapters.sandbox.programs import find_program
from server.settings import Settings
from storage.engine.migrate import migrate
from storage.engine.store import is_sqlite, sqlite_engine, with_psycopg


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
    """Check every part. Never raises."""
    checks: list[Callable[[Settings], Finding]] = [_database, _secret, _mail, _model, _sandbox, _address]
    return [check(settings) for check in checks]


def _database(settings: Settings) -> Finding:
    kind = "SQLite" if settings.on_sqlite else "PostgreSQL"
    try:
        migrate(settings.database)
        url = settings.database
        engine = sqlite_engine(url) if is_sqlite(url) else sa.create_engine(with_psycopg(url))
        with engine.connect() as db:
            version = db.dialect.server_version_info
        engine.dispose()
    except (sa.exc.SQLAlchemyError, OSError) as error:
        advice = "Check VIVA_DATABASE_URL, or that VIVA_DATA_DIR can be written."
        return Finding("database", f"{kind}: {type(error).__name__}", False, True, advice)
    shown = ".".join(str(part) for part in version or ())
    return Finding("database", f"{kind} {shown}, schema up to date")


def _secret(settings: Settings) -> Finding:
    if settings.secret_key.get_secret_value():
        return Finding("secret key", "from VIVA_SECRET_KEY")
    path = settings.data_dir / "secret.key"
    if settings.on_sqlite:
        return Finding("secret key", f"in {path}; back it up with the database")
    advice = "Replicas must share it: set VIVA_SECRET_KEY to the same value on each."
    return Finding("secret key", f"in {path}", False, False, advice)


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
