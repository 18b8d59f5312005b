"""Which workspace a command is about."""

from uuid import UUID

import sqlalchemy as sa

from server.cli.bootstrap import CommandError
from storage.access import workspaces


def chosen_workspace(db: sa.Connection, slug: str | None) -> UUID:
    """The workspace with this slug, or the only one there is when no slug is given."""
    if slug is not None:
        found = workspaces.by_slug(db, slug)
        if found is None:
            raise CommandError("There is no workspace with this slug. `viva workspace list` shows them.")
        return found.id
    every = workspaces.every(db)
    if len(every) != 1:
        raise CommandError("Say which workspace: --workspace SLUG. `viva workspace list` shows them.")
    return every[0].id
