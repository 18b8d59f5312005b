"""What an operation is: one typed function that is an MCP tool, a REST route and a dashboard action at once.

`operation` marks a plain function that runs in one transaction; `async_operation` an async one that waits for
something outside and gets none. Both only *return* a value; `tools.catalog` lists them. Nothing registers itself.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from enum import Flag, StrEnum, auto
from typing import Any, Generic, Protocol, TypeVar, get_type_hints
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel

from domain.audit_chain import AuditKey
from domain.code.runs import Run, RunResult
from domain.jobs import Job
from domain.plan.drafting import Draft, DraftBrief
from domain.principal import Face, Principal
from domain.scopes import Scope
from domain.webhooks.urls import UrlRules
from storage.engine.store import Store
from tools.kernel.consequences import Consequence
from tools.kernel.unit import Actor, JobQueue, Unit

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)
T = TypeVar("T")


class Effect(Flag):
    """What an operation does to the world. `sends` is added where somebody outside gets a message."""

    reads = auto()
    creates = auto()
    updates = auto()
    deletes = auto()
    sends = auto()


class Toolset(StrEnum):
    """Groups of tools on the MCP face. The first four are what a recruiter's assistant needs every day."""

    setup = "setup"
    people = "people"
    sessions = "sessions"
    results = "results"
    review = "review"
    manage = "manage"
    code = "code"
    questions = "questions"
    webhooks = "webhooks"
    operations = "operations"


EVERYDAY: frozenset[Toolset] = frozenset({Toolset.setup, Toolset.people, Toolset.sessions, Toolset.results})


class MailPreviews(Protocol):
    """Shows what a job would send, before the transaction that enqueues it commits."""

    def preview(self, db: sa.Connection, job: Job) -> dict[str, Any] | None:
        """The mail this job would send (to, subject, text, leaves_at), or None when it sends none."""
        ...


class Runner(Protocol):
    """Runs candidates' code in the sandbox."""

    async def run(self, run: Run) -> RunResult:
        """The result; `Invalid`, `SandboxBusy`, `TimedOut` or `RunnerFailed` when there is none."""
        ...


class Drafter(Protocol):
    """Has a model draft scripts."""

    async def draft(self, workspace: UUID, brief: DraftBrief) -> Draft:
        """The draft; `DraftsBusy`, `Unavailable`, `DraftUnknown` or `DraftUnusable` when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's choices that operations need to know."""

    public_url: str
    hold: Mapping[Face, timedelta] = field(default_factory=dict)
    confirmation_lasts: timedelta = timedelta(minutes=10)
    interviewer: str = "rules"
    mail: str = "outbox"
    webhook_urls: UrlRules = field(default_factory=UrlRules)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything operations may reach, put together once in `server.app`."""

    store: Store
    jobs: JobQueue
    mail_previews: MailPreviews
    policy: Policy
    clock: Callable[[], datetime]
    join_secret: Callable[[UUID, int], str]
    # workspace, session and the end of its time, for the address of a report
    report_secret: Callable[[UUID, UUID, datetime], str]
    # encrypts a secret that must be read again, for the purpose named second
    seal: Callable[[str, str], str]
    audit_key: AuditKey
    sandbox: "Runner | None" = None
    # None where no model is set up
    drafter: "Drafter | None" = None


@dataclass(slots=True)
class Call:
    """One call as an operation sees it: who calls, over which face, in which unit of work."""

    unit: Unit
    principal: Principal
    via: Face
    services: Services

    @property
    def db(self) -> sa.Connection:
        """The call's own transaction."""
        return self.unit.db

    @property
    def now(self) -> datetime:
        """When the call began."""
        return self.unit.now

    @property
    def workspace(self) -> UUID:
        """The tenant that every query of this call must name."""
        return self.principal.workspace


def open_call(services: Services, db: sa.Connection, principal: Principal, via: Face) -> Call:
    """A call on an open transaction. Whoever opened it flushes the call's unit before the commit."""
    policy = services.policy
    actor = Actor(principal.name, principal.client, via.value)
    hold = policy.hold.get(via, timedelta())
    unit = Unit(db, services.clock(), services.jobs, policy.public_url, services.audit_key, actor, hold)
    return Call(unit, principal, via, services)


@dataclass(slots=True)
class AsyncCall:
    """One call of an operation that waits for something outside: no transaction, no connection.

    What it needs from the database it reads before the wait, in a transaction that is over by then.
    """

    principal: Principal
    now: datetime
    via: Face
    services: Services

    async def read(self, work: Callable[[Call], T]) -> T:
        """What `work` reads in a short transaction, which is over when this returns."""
        return await self.services.store.read(
            lambda db: work(open_call(self.services, db, self.principal, self.via))
        )


@dataclass(frozen=True)
class Operation(Generic[In, Out]):
    """One capability with everything the faces derive from it."""

    name: str
    purpose: str
    takes: type[In]
    gives: type[Out]
    rest: str
    scope: Scope
    effect: Effect
    toolset: Toolset
    title: str
    also: tuple[str, ...] = ()
    extension: bool = False
    # what must be confirmed about a call on the MCP face; None of a call that needs no confirmation
    consequence: Callable[[Call, In], Consequence | None] | None = None
    run: Callable[[Call, In], Out] | None = None
    run_async: Callable[[AsyncCall, In], Awaitable[Out]] | None = None

    @property
    def reads(self) -> bool:
        return self.effect is Effect.reads

    @property
    def sends(self) -> bool:
        return Effect.sends in self.effect

    @property
    def may_ask(self) -> bool:
        """Whether an assistant's call may first be answered by a preview, which a second call confirms."""
        return self.sends or self.consequence is not None

    @property
    def routes(self) -> tuple[str, ...]:
        """The REST routes, `METHOD /path`, the documented one first."""
        return (self.rest, *self.also)


def _shapes(function: Callable[..., Any]) -> tuple[type[BaseModel], type[BaseModel]]:
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters)
    return hints[parameters[1]], hints["return"]


def _docstring(function: Callable[..., Any]) -> str:
    text = inspect.getdoc(function)
    if not text:
        raise TypeError(f"{function.__name__} needs a docstring: it is the tool's description")
    return text


@dataclass(frozen=True, slots=True)
class _Options:
    """The arguments of a decorator."""

    rest: str
    scope: Scope
    effect: Effect
    toolset: Toolset
    title: str
    also: tuple[str, ...]
    extension: bool
    consequence: Callable[[Call, Any], Consequence | None] | None = None

    def describe(self, function: Callable[..., Any]) -> dict[str, Any]:
        """The members of the `Operation`, except the function itself."""
        takes, gives = _shapes(function)
        if Effect.deletes in self.effect and self.consequence is None:
            raise TypeError(f"{function.__name__} deletes, so it must say what is lost: consequence=…")
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            **said,
            "name": function.__name__,
            "purpose": _docstring(function),
            "takes": takes,
            "gives": gives,
        }


def operation(
    rest: str,
    *,
    scope: Scope,
    effect: Effect,
    toolset: Toolset,
    title: str,
    also: tuple[str, ...] = (),
    extension: bool = False,
    consequence: Callable[[Call, In], Consequence | None] | None = None,
) -> Callable[[Callable[[Call, In], Out]], Operation[In, Out]]:
    """Make an operation of a function that runs in one transaction; `extension`: not in the contract.

    `consequence` says what must be confirmed on the MCP face before it happens: required of whatever deletes, and for
    whatever changes who somebody is, what others can see, or a secret. It runs in the call's own transaction.
    """
    options = _Options(rest, scope, effect, toolset, title, also, extension, consequence)
    return lambda function: Operation(**options.describe(function), run=function)


def async_operation(
    rest: str,
    *,
    scope: Scope,
    effect: Effect,
    toolset: Toolset,
    title: str,
    also: tuple[str, ...] = (),
    extension: bool = False,
) -> Callable[[Callable[[AsyncCall, In], Awaitable[Out]]], Operation[In, Out]]:
    """Make an operation of an async function that waits for something outside; it gets no transaction."""
    options = _Options(rest, scope, effect, toolset, title, also, extension)
    return lambda function: Operation(**options.describe(function), run_async=function)
