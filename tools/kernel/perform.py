"""Carries out operations: scope, request, transaction. Every face calls `perform`; nothing else runs an operation.

The order 401 → 403 → 400 → 404 → replay → 409 → 402 (contract 9.6) follows from the steps: the face has checked
the key, `perform` checks scope and form, the operation looks records up before it decides.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Protocol, TypeVar, cast, runtime_checkable
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel

from domain import json_codec
from domain.errors import BadConfirmation, Conflict, KeyReused, ScopeMissing
from domain.principal import Face, Principal
from storage.access import confirmations, replays
from tools.kernel.arguments import read_arguments
from tools.kernel.auditing import audit_call
from tools.kernel.consequences import Consequence
from tools.kernel.operation import AsyncCall, Call, Operation, Services, open_call
from tools.kernel.parsing import parse
from tools.kernel.references import references, resolve

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)


@runtime_checkable
class ForCaller(Protocol):
    """A part of an answer that depends on who asks."""

    def for_caller(self, call: Call) -> Any:
        """The same part as this caller may see it."""
        ...


async def perform(
    services: Services,
    op: Operation[In, Out],
    raw: Mapping[str, Any],
    principal: Principal,
    *,
    via: Face = Face.rest,
    replay_key: str | None = None,
    confirmation: UUID | None = None,
) -> Out:
    """Carry out `op` for `principal`, or raise a `VivaError` and leave nothing behind.

    `replay_key` is the Idempotency-Key header: the same key with the same request answers what it answered
    before, with another request it is `KeyReused`. An assistant's call that sends something to a person, or whose
    operation names a consequence, needs a `confirmation` from `tools.kernel.confirm.preview`; without one that fits it
    is `BadConfirmation`.
    """
    admit(op, principal)
    if op.run_async is not None:
        call = AsyncCall(principal, services.clock(), via, services)
        return await op.run_async(call, await _read_outside(services, op, raw, principal, via))
    read = reader_of(op, raw, principal, via)

    def work(db: sa.Connection) -> Out:
        call = open_call(services, db, principal, via)
        args = read(db)
        if via.is_assistant and op.may_ask:
            _require_confirmation(op, call, args, confirmation)
        return act(op, call, args, replay_key)

    try:
        return await (services.store.read(work) if op.reads else services.store.write(work))
    except sa.exc.IntegrityError as raced:
        # Another call was faster: a unique index or a foreign key refused this one.
        raise Conflict(hint="Something changed at the same moment. Read it again and repeat.") from raced


def admit(op: Operation[Any, Any], principal: Principal) -> None:
    """`ScopeMissing` unless the caller holds the operation's scope."""
    if op.scope not in principal.scopes:
        raise ScopeMissing(scope=op.scope.value)


def reader_of(op: Operation[In, Any], raw: Mapping[str, Any], principal: Principal, via: Face) -> Any:
    """A function that reads the request: at once, or on the MCP face with names looked up in the transaction.

    `Invalid` at once for an argument that an assistant invented.
    """
    if via.is_assistant:
        asked = read_arguments(op.takes, raw, controls=controls_of(op))
        return lambda db: parse(op.takes, resolve(db, principal.workspace, op.takes, asked))
    args = parse(op.takes, raw)
    return lambda _db: args


async def _read_outside(
    services: Services, op: Operation[In, Any], raw: Mapping[str, Any], principal: Principal, via: Face
) -> In:
    """The request of an operation that gets no transaction; names are looked up in one that ends at once."""
    read = reader_of(op, raw, principal, via)
    if via.is_assistant and references(op.takes):
        return cast(In, await services.store.read(read))
    return cast(In, read(None))


def controls_of(op: Operation[Any, Any]) -> tuple[str, ...]:
    """The arguments of a tool that the MCP face reads itself: how much to show, and what was confirmed."""
    return (*(("detail",) if op.reads else ()), *(("confirmation_token",) if op.may_ask else ()))


def act(op: Operation[In, Out], call: Call, args: In, replay_key: str | None = None) -> Out:
    """Run the operation on an open connection, add it to the audit log and write its jobs."""
    assert op.run is not None
    again = None if op.reads else replay_key
    out = op.run(call, args) if again is None else _once(op, call, args, again)
    if not op.reads and not getattr(args, "dry_run", False):
        audit_call(op, call, args, out)
    call.unit.flush()
    return out


def _require_confirmation(op: Operation[In, Any], call: Call, args: In, confirmation: UUID | None) -> None:
    consequence = op.consequence(call, args) if op.consequence else None
    if not op.sends and consequence is None:
        return
    fits = confirmation is not None and confirmations.use(
        call.db,
        call.workspace,
        confirmation,
        caller=call.principal.name,
        operation=op.name,
        digest=act_digest(op, args, consequence),
        now=call.now,
    )
    if not fits:
        raise BadConfirmation()


def digest_of(op: Operation[Any, Any], args: BaseModel) -> str:
    """A fingerprint of a request: what replays are bound to."""
    sent = args.model_dump(mode="json")
    return sha256(json_codec.dumps([op.name, sent], sort_keys=True)).hexdigest()


def act_digest(op: Operation[Any, Any], args: BaseModel, consequence: Consequence | None) -> str:
    """What a confirmation is bound to: the request, and the state of what it is about."""
    state = consequence.digest if consequence else ""
    return sha256(f"{digest_of(op, args)}:{state}".encode()).hexdigest()


def repeatable(out: BaseModel) -> dict[str, Any]:
    """An answer as it is kept to be repeated: without what is shown once."""
    kept: BaseModel = _each_model(out, _without_secrets)
    return kept.model_dump(mode="json", by_alias=True)


def _each_model(value: Any, change: Callable[[BaseModel], BaseModel]) -> Any:
    """The answer with every model in it changed, inner ones first."""
    if isinstance(value, list):
        return [_each_model(member, change) for member in value]
    if not isinstance(value, BaseModel):
        return value
    members = {name: _each_model(getattr(value, name), change) for name in type(value).model_fields}
    return change(value.model_copy(update=members))


def _without_secrets(model: BaseModel) -> BaseModel:
    return model.model_copy(update=dict.fromkeys(getattr(model, "shown_once", ())))


def _as_seen_by(call: Call) -> Callable[[BaseModel], BaseModel]:
    """How a model is shown to this caller, whose key may not be the one that got the first answer."""
    return lambda model: model.for_caller(call) if isinstance(model, ForCaller) else model


def _once(op: Operation[In, Out], call: Call, args: In, key: str) -> Out:
    digest = digest_of(op, args)
    if replays.begin(call.db, call.workspace, key, op.name, digest, call.now):
        assert op.run is not None
        out = op.run(call, args)
        replays.finish(call.db, call.workspace, key, repeatable(out))
        return out
    earlier = replays.get(call.db, call.workspace, key)
    if earlier is None or earlier.digest != digest or earlier.body is None:
        raise KeyReused()
    answer = op.gives.model_validate(earlier.body, by_alias=True, by_name=True)
    return cast(Out, _each_model(answer, _as_seen_by(call)))
