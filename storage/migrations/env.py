"""How alembic runs here: on the connection that `storage.engine.migrate` opened, and only over our own tables."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from storage.schema import tables
from storage.schema.columns import Json, Utc

OURS = set(tables.metadata.tables)


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether alembic manages it: the job engine's tables share the database, and alembic leaves them alone."""
    return kind != "table" or name in OURS


def _render(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our own column types by name, so that a migration reads like the tables."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, Utc):
        return "Utc()"
    return "Json" if item is Json else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.metadata,
    include_name=_ours,
    render_item=_render,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=False,
    # The whole upgrade runs in the caller's transaction.
    transactional_ddl=False,
)
context.run_migrations()
