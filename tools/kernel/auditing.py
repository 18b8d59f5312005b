"""What the audit log keeps of a call or a job: who, through which face, what, on which record. Never a value."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from storage.access import audit
from tools.kernel.operation import Call, Operation
from tools.kernel.unit import SYSTEM, Unit


def audit_call(op: Operation[Any, Any], call: Call, args: BaseModel, out: BaseModel) -> None:
    """Add the call to the workspace's chain, in the call's own transaction."""
    fields = sorted(args.model_fields_set - {"id"})
    _append(call.unit, call.workspace, op.name, subject_of(args, out), fields)


def audit_system(unit: Unit, workspace: UUID, operation: str, subject: UUID) -> None:
    """Add what a job or a live room does by itself; what a caller does is added by the call as a whole."""
    if unit.actor is SYSTEM:
        _append(unit, workspace, operation, str(subject), ())


def _append(unit: Unit, workspace: UUID, operation: str, subject: str | None, fields: Sequence[str]) -> None:
    audit.append(
        unit.db,
        workspace,
        unit.audit_key,
        at=unit.now,
        actor=unit.actor.name,
        client=unit.actor.client,
        face=unit.actor.face,
        operation=operation,
        subject=subject,
        fields=fields,
    )


def subject_of(args: BaseModel, out: BaseModel) -> str | None:
    """The id of the record that was written; of a batch, that of the first."""
    if (given := getattr(args, "id", None)) is not None:
        return str(given)
    data = getattr(out, "data", out)
    if isinstance(data, list):
        data = data[0] if data else None
    made = getattr(data, "id", None)
    return None if made is None else str(made)
