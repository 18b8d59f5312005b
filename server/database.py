"""Opens the database for this server: migrated, and with the key that seals its audit logs."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from domain.audit_chain import AuditKey
from server import secrets
from server.settings import Settings
from storage.access import audit
from storage.engine.migrate import migrate
from storage.engine.store import engine_for


class OtherAuditKey(Exception):
    """The audit logs of this database are sealed with another key. Writing on with ours would break them."""

    def __init__(self) -> None:
        super().__init__(
            "The audit log of this database is sealed with another key. Give this server the same VIVA_AUDIT_KEY, or"
            " the same audit.key in VIVA_DATA_DIR, as the server that began it. To go on with this server's key: stop"
            " all servers and run `viva audit reseal`."
        )


def open_database(settings: Settings) -> AuditKey:
    """Migrate the database, and return the key of its audit logs. Raises `OtherAuditKey`."""
    key = load_audit_key(settings)
    migrate(settings.database, key)
    with transaction(settings) as db:
        if not audit.pin_key(db, key):
            raise OtherAuditKey
    return key


def load_audit_key(settings: Settings) -> AuditKey:
    """This server's key for audit logs. It is made on first use unless it is set."""
    shared = "" if settings.on_sqlite else settings.secret_key.get_secret_value()
    return secrets.load_audit_key(settings.audit_key.get_secret_value(), settings.data_dir, shared)


@contextmanager
def transaction(settings: Settings) -> Iterator[sa.Connection]:
    """One transaction on the server's database, from outside the server."""
    engine = engine_for(settings.database)
    try:
        with engine.begin() as db:
            yield db
    finally:
        engine.dispose()
