"""What a candidate may see behind their link. Not in the catalog: the link is the permission, there is no key."""

from typing import Any
from uuid import UUID

from storage import booking, sessions, workspaces
from tools.operation import Services


async def seen_by_candidate(services: Services, session: UUID) -> dict[str, Any] | None:
    """The session as its candidate may see it, or None when it is gone. The id comes from a link we signed."""

    def read(db: Any) -> dict[str, Any] | None:
        row = sessions.behind_link(db, session)
        if row is None:
            return None
        workspace = workspaces.get(db, row["workspace_id"])
        template = booking.template(db, row["workspace_id"], row["evaluation_template_id"])
        assert workspace is not None
        assert template is not None
        return {
            "status": row["status"],
            "workspace": workspace["name"],
            "contact": workspace["contact"],
            "role": template["template_name"],
            "minutes": row["duration_minutes"],
            "scheduled_at": row["scheduled_at"],
            "timezone": row["timezone"],
            "language": row["language"],
        }

    return await services.store.read(read)
