"""Workspaces and their API keys, written straight to the storage."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.scopes import ALL_SCOPES, Scope
from server.app import House
from server.secrets import new_key
from storage.access import keys, workspaces
from storage.engine.ids import new_id
from storage.schema.records import ApiKeyRecord, WorkspaceRecord


@dataclass(frozen=True)
class Tenant:
    """A workspace and a key to it."""

    id: UUID
    slug: str
    key: str


async def create_tenant(
    house: House, slug: str, *, scopes: frozenset[Scope] = ALL_SCOPES, **settings: Any
) -> Tenant:
    """Add a workspace with one key."""
    workspace = WorkspaceRecord(
        id=new_id(),
        slug=slug,
        name=slug.title(),
        reminder_minutes=[1440, 60],
        created_at=house.services.clock(),
        **settings,
    )
    await house.store.write(lambda db: workspaces.add(db, workspace))
    return Tenant(workspace.id, slug, await create_key(house, workspace.id, scopes))


async def create_key(house: House, workspace: UUID, scopes: frozenset[Scope] = ALL_SCOPES) -> str:
    """Add a key to a workspace; the key."""
    key = new_key()
    row = ApiKeyRecord(
        id=new_id(),
        workspace_id=workspace,
        name="test",
        hint=key[-4:],
        digest=house.secrets.digest_of_key(key),
        scopes=sorted(scopes),
        created_at=house.services.clock(),
    )
    await house.store.write(lambda db: keys.add(db, row))
    return key
