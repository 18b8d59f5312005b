"""What the audit log keeps of a call: who, through which door, what, on which record. Never a value."""

from typing import Any

from pydantic import BaseModel

from storage.access import audit
from tools.kernel.operation import Call, Operation


def audited(op: Operation[Any, Any], call: Call, args: BaseModel, out: BaseModel) -> None:
    """Add the call to the workspace's chain, in the call's own transaction."""
    audit.append(
        call.db,
        call.workspace,
        at=call.now,
        actor=call.principal.name,
        client=call.principal.client,
        face=call.via.value,
        operation=op.name,
        subject=subject_of(args, out),
        fields=sorted(args.model_fields_set - {"id"}),
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
