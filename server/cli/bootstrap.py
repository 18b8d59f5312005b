"""Create workspaces and API keys in the database from outside a running server."""

import re
from uuid import UUID

import sqlalchemy as sa

from domain.scopes import ALL_SCOPES, Scope
from server import secrets as secret_keys
from server.app import now
from server.settings import Settings
from storage.access import keys, workspaces
from storage.engine.ids import new_id
from storage.schema.records import ApiKeyRecord, WorkspaceRecord

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DEFAULT_REMINDERS = [1440, 60]  # minutes before the interview: a day and an hour


class CommandError(Exception):
    """A command cannot be carried out. The text says why and what to do."""


def make_workspace(
    db: sa.Connection,
    slug: str,
    name: str | None = None,
    *,
    credits: int | None = None,
    contact: str | None = None,
) -> WorkspaceRecord:
    """Add a workspace. Raises `CommandError` when the slug is malformed or in use."""
    if not _SLUG.fullmatch(slug):
        raise CommandError("A slug is 1 to 63 lower-case letters, digits and hyphens.")
    if workspaces.by_slug(db, slug) is not None:
        raise CommandError("A workspace with this slug exists already.")
    workspace = WorkspaceRecord(
        id=new_id(),
        slug=slug,
        name=name or slug,
        contact=contact,
        credit_limit=credits,
        reminder_minutes=_DEFAULT_REMINDERS,
        created_at=now(),
    )
    workspaces.add(db, workspace)
    return workspace


def make_key(
    db: sa.Connection, settings: Settings, workspace: UUID, name: str, scopes: frozenset[Scope]
) -> str:
    """Add an API key and return it. Only its digest is stored, so it cannot be shown again."""
    secret = secret_keys.load(settings.secret_key.get_secret_value(), settings.data_dir)
    key = secret_keys.new_key()
    row = ApiKeyRecord(
        id=new_id(),
        workspace_id=workspace,
        name=name,
        hint=key[-4:],
        digest=secret.digest_of_key(key),
        scopes=sorted(scopes),
        created_at=now(),
    )
    keys.add(db, row)
    return key


def scopes_of(text: str) -> frozenset[Scope]:
    """Parse `all`, `read`, or a comma-separated list of scopes. Raises `CommandError` for unknown ones."""
    if text == "all":
        return ALL_SCOPES
    if text == "read":
        return frozenset(scope for scope in Scope if scope.endswith(".read"))
    names = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(names - set(Scope))
    if unknown or not names:
        raise CommandError(f"Scopes are: {', '.join(Scope)}; or all; or read.")
    return frozenset(Scope(name) for name in names)
