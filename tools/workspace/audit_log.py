"""The audit log: every write, by whom, over which face (an extension; not in the public contract)."""

from uuid import UUID

from pydantic import BaseModel, Field

from domain.moments import Stamp
from domain.scopes import Scope
from storage.access import audit
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import Label, Line, Many, Paged, meta_of


class AuditEntryView(BaseModel):
    """One write. `actor` is `key:<id>` or `user:<id>`; `fields` names what the caller sent, never values."""

    seq: int
    at: Stamp
    actor: str
    client: str
    face: str
    operation: str
    subject: str | None
    fields: list[str]
    previous: str
    hash: str


class ListAuditLog(Paged):
    subject: UUID | None = Field(default=None, description="Only writes to the record with this id.")
    operation: Label | None = Field(default=None, description="Only this operation, e.g. schedule_session.")
    actor: Line | None = Field(default=None, description="Only this caller, e.g. key:<id>.")


@operation(
    "GET /api/v1/audit-log",
    scope=Scope.interviews_read,
    effect=Effect.reads,
    toolset=Toolset.operations,
    title="Read the audit log",
    extension=True,
)
def list_audit_log(call: Call, args: ListAuditLog) -> Many[AuditEntryView]:
    """Every write in the workspace, newest first: who, when, over which face, on what.

    Use it to see how something came about. Each entry's hash covers the one before; `viva audit verify` checks
    the whole chain.
    """
    filters = args.model_dump(include={"operation", "actor"}, exclude_none=True)
    if args.subject is not None:
        filters["subject"] = str(args.subject)
    rows, total = audit.list_page(call.db, call.workspace, filters, args.page_size, args.offset)
    shown = [AuditEntryView.model_validate(row, from_attributes=True) for row in rows]
    return Many(data=shown, meta=meta_of(args, total))
