"""Two steps before a person is written to or something is gone: first see what would happen, then do exactly that.

The preview is the operation itself, run in a transaction that is rolled back. The token it comes with is bound to
the operation, its arguments, the caller and the state of what the call is about, works once, and is used up inside the
confirmed call's transaction.
"""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic import BaseModel

from domain.moments import Stamp
from domain.principal import Face, Principal
from storage.access import confirmations, credits
from storage.interviews import booking
from storage.schema.records import ConfirmationRecord
from tools.kernel.consequences import Consequence
from tools.kernel.operation import Call, Operation, Services, open_call
from tools.kernel.perform import act_digest, admit, reader_of

TOKEN_PREFIX = "confirm_"

# Left out of a preview: the confirmed call makes these anew.
_MADE_ANEW = {"id", "join_url", "created_at", "updated_at", "transcript_url", "recording_url"}


class Preview(BaseModel):
    """What would happen, and the token that makes it happen."""

    confirmation_required: Literal[True] = True
    operation: str
    act: str | None = None
    losses: dict[str, int] | None = None
    would: dict[str, Any]
    mails: list[dict[str, Any]]
    credits_used_after: int
    credit_limit: int | None
    confirmation_token: str
    expires_at: Stamp


class _RolledBack(Exception):
    """Carries the preview out of a transaction that must be rolled back."""

    def __init__(self, seen: dict[str, Any], digest: str) -> None:
        self.seen = seen
        self.digest = digest


async def preview(
    services: Services, op: Operation[Any, Any], raw: Mapping[str, Any], principal: Principal, via: Face
) -> Preview:
    """What `op` would do with these arguments; raises what the operation itself would raise."""
    admit(op, principal)
    read = reader_of(op, raw, principal, via)

    def rehearse(db: sa.Connection) -> None:
        call = open_call(services, db, principal, via)
        args = read(db)
        assert op.run is not None
        consequence = op.consequence(call, args) if op.consequence else None
        out = op.run(call, args)
        raise _RolledBack(
            _observe(call, out) | _consequence_facts(consequence), act_digest(op, args, consequence)
        )

    try:
        await services.store.write(rehearse)
    except _RolledBack as rolled_back:
        return await _offer(services, op, principal, rolled_back)
    raise AssertionError("a preview always ends by being rolled back")


def _observe(call: Call, out: BaseModel) -> dict[str, Any]:
    previews = call.services.mail_previews
    mails = [mail for job in call.unit.queued if (mail := previews.preview(call.db, job)) is not None]
    return {
        "would": _lasting(out.model_dump(mode="json", by_alias=True)),
        "mails": mails,
        "credits_used_after": credits.count_used(call.db, call.workspace),
        "credit_limit": booking.credit_limit(call.db, call.workspace),
    }


def _consequence_facts(consequence: Consequence | None) -> dict[str, Any]:
    if consequence is None:
        return {}
    losses = {name: count for name, count in consequence.losses.items() if count}
    return {"act": consequence.sentence, "losses": losses or None}


def _lasting(value: Any) -> Any:
    """An answer without the members that the real call will make anew, and without nulls."""
    if isinstance(value, dict):
        return {k: _lasting(v) for k, v in value.items() if k not in _MADE_ANEW and v is not None}
    return [_lasting(member) for member in value] if isinstance(value, list) else value


async def _offer(
    services: Services, op: Operation[Any, Any], principal: Principal, rolled_back: _RolledBack
) -> Preview:
    now = services.clock()
    row = ConfirmationRecord(
        # random, not a UUIDv7: it must not be guessable
        id=uuid4(),
        workspace_id=principal.workspace,
        caller=principal.name,
        operation=op.name,
        digest=rolled_back.digest,
        expires_at=now + services.policy.confirmation_lasts,
        created_at=now,
    )
    await services.store.write(lambda db: confirmations.add(db, row))
    token = TOKEN_PREFIX + row.id.hex
    return Preview(operation=op.name, confirmation_token=token, expires_at=row.expires_at, **rolled_back.seen)


def token_id(token: str) -> UUID | None:
    """The confirmation a token names, or None when it is not one of ours."""
    try:
        return UUID(token.removeprefix(TOKEN_PREFIX)) if token.startswith(TOKEN_PREFIX) else None
    except ValueError:
        return None
