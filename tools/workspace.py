"""The workspace at a glance: what is there, what is running, what to do next (an extension)."""

from pydantic import BaseModel

from domain.lifecycle import SessionStatus
from domain.scopes import Scope
from storage import counters, credits, workspaces
from tools.operation import Call, Effect, Toolset, operation
from tools.shapes import One, Request


class WorkspaceView(BaseModel):
    """Counts of the workspace's records, its plan, and a hint at the next step."""

    slug: str
    name: str
    agent_profiles: int
    evaluation_templates: int
    evaluation_stages: int
    participants: int
    sessions: dict[SessionStatus, int]
    credits_used: int
    credit_limit: int | None
    interviewer: str
    mail: str
    next_step: str


class WorkspaceStatus(Request):
    pass


@operation(
    "GET /api/v1/workspace",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.sessions,
    title="Workspace status",
    extension=True,
)
def workspace_status(call: Call, args: WorkspaceStatus) -> One[WorkspaceView]:
    """What the workspace holds and what state its interviews are in. A good first call in a conversation."""
    row = workspaces.get(call.db, call.workspace)
    assert row is not None, "a caller's workspace exists"
    count = {
        name: counters.read(call.db, call.workspace, name)
        for name in ("profiles", "templates", "stages", "participants")
    }
    sessions = {
        status: counters.read(call.db, call.workspace, f"sessions:{status}") for status in SessionStatus
    }
    view = WorkspaceView(
        slug=row["slug"],
        name=row["name"],
        agent_profiles=count["profiles"],
        evaluation_templates=count["templates"],
        evaluation_stages=count["stages"],
        participants=count["participants"],
        sessions=sessions,
        credits_used=credits.used(call.db, call.workspace),
        credit_limit=row["credit_limit"],
        interviewer=call.services.policy.interviewer,
        mail=call.services.policy.mail,
        next_step=_next(count, sessions),
    )
    return One(data=view)


def _next(count: dict[str, int], sessions: dict[SessionStatus, int]) -> str:
    if not count["profiles"]:
        return "Define an interviewer with create_agent_profile."
    if not count["templates"]:
        return "Describe a role with create_evaluation_template."
    if not count["stages"]:
        return "Set the template's stages with compose_evaluation_stages."
    if not count["participants"]:
        return "Add people with create_participant or bulk_import_participants."
    if not any(sessions.values()):
        return "Invite people with schedule_sessions."
    return "See how interviews stand with list_sessions."
