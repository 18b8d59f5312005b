"""The house in small: a built Viva, its cast, and a way to ask it over a real face."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.jobs import Job
from domain.scopes import ALL_SCOPES, Scope
from server.app import House
from server.secrets import new_key
from storage.access import keys, workspaces
from storage.engine.ids import new_id
from storage.schema.tables import ApiKey, Workspace

PUBLIC_URL = "https://viva.example"


@dataclass
class RecordedJobs:
    """Keeps promises in a list, and takes them back when their transaction fails."""

    kept: list[Job] = field(default_factory=list)

    def enqueue(self, db: sa.Connection, job: Job) -> None:
        if job.id not in {known.id for known in self.kept}:
            self.kept.append(job)

    def of(self, name: str) -> list[Job]:
        return [job for job in self.kept if job.name == name]

    def delays(self, name: str) -> list[timedelta]:
        return [job.delay for job in self.of(name)]


@dataclass(frozen=True)
class Tenant:
    """A workspace and a key to it."""

    id: UUID
    slug: str
    key: str


async def tenant(
    house: House, slug: str, *, scopes: frozenset[Scope] = ALL_SCOPES, **settings: Any
) -> Tenant:
    """Make a workspace with one key."""
    workspace = Workspace(
        id=new_id(),
        slug=slug,
        name=slug.title(),
        reminder_minutes=[1440, 60],
        created_at=house.services.clock(),
        **settings,
    )
    await house.store.write(lambda db: workspaces.add(db, workspace))
    return Tenant(workspace.id, slug, await key_for(house, workspace.id, scopes))


async def key_for(house: House, workspace: UUID, scopes: frozenset[Scope] = ALL_SCOPES) -> str:
    """One more key to a workspace."""
    key = new_key()
    row = ApiKey(
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
