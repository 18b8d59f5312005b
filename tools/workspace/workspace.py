"""The workspace at a glance: what is there, what is running, what to do next (an extension)."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from domain.errors import Invalid
from domain.scopes import Scope
from domain.sessions.lifecycle import SessionStatus
from storage.access import credits, workspaces
from storage.engine import counters
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import NO_BOOLEAN, Email, Line, Name, One, Request, changes, documented


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
    sender_name: str | None
    reply_to: str | None
    contact: str | None
    reminder_minutes: list[int]
    interviewer: str
    mail: str
    next_step: str


class WorkspaceStatus(Request):
    pass


def _in_header(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError("unprintable", "Give one line of text without control characters.")
    return value


def _latest_last(minutes: list[int]) -> list[int]:
    return sorted(set(minutes), reverse=True)


Reminder = Annotated[int, Field(ge=5, le=20_160), NO_BOOLEAN]
Reminders = Annotated[list[Reminder], Field(max_length=5), AfterValidator(_latest_last)]
# The default of a new workspace: a day and an hour before.
REMINDERS = (1440, 60)


class UpdateWorkspace(Request):
    name: Annotated[Name, AfterValidator(_in_header)] | None = Field(
        default=None,
        description="What candidates know the workspace as.",
        json_schema_extra=documented(type="string"),
    )
    sender_name: Annotated[Name, AfterValidator(_in_header)] | None = Field(
        default=None, description="Whose name mails carry; the workspace's if cleared with null."
    )
    reply_to: Email | None = Field(default=None, description="Where answers to mails go.")
    contact: Annotated[Line, AfterValidator(_in_header)] | None = Field(
        default=None,
        description="Whom candidates may write to; told of failures if it is an address.",
    )
    reminder_minutes: Reminders = Field(
        default_factory=lambda: list(REMINDERS),
        description="Reminders before a session, in minutes; [] for none, [1440, 60] unless set.",
    )


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
    return One(data=_view(call))


@operation(
    "PATCH /api/v1/workspace",
    scope=Scope.interviews_write,
    effect=Effect.updates,
    toolset=Toolset.manage,
    title="Change the workspace",
    extension=True,
)
def update_workspace(call: Call, args: UpdateWorkspace) -> One[WorkspaceView]:
    """Set whose name mails carry, where answers go, whom candidates may write to, and when they are reminded.

    Mails that have not left yet are sent as set when they leave; reminders follow the times that hold when the mail
    before them leaves.
    """
    sent = changes(args)
    if "name" in sent and sent["name"] is None:
        raise Invalid.field("name", message="This field cannot be cleared.", code="required")
    workspaces.change(call.db, call.workspace, sent)
    return One(data=_view(call))


def _view(call: Call) -> WorkspaceView:
    row = workspaces.get(call.db, call.workspace)
    assert row is not None, "a caller's workspace exists"
    count = {
        name: counters.read(call.db, call.workspace, name)
        for name in ("profiles", "templates", "stages", "participants")
    }
    sessions = {
        status: counters.read(call.db, call.workspace, f"sessions:{status}") for status in SessionStatus
    }
    return WorkspaceView(
        slug=row.slug,
        name=row.name,
        agent_profiles=count["profiles"],
        evaluation_templates=count["templates"],
        evaluation_stages=count["stages"],
        participants=count["participants"],
        sessions=sessions,
        credits_used=credits.count_used(call.db, call.workspace),
        credit_limit=row.credit_limit,
        sender_name=row.sender_name,
        reply_to=row.reply_to,
        contact=row.contact,
        reminder_minutes=row.reminder_minutes,
        interviewer=call.services.policy.interviewer,
        mail=call.services.policy.mail,
        next_step=_next(count, sessions),
    )


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
