"""What all live interviews of this process share. Each room gets it; nothing changes it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import sqlalchemy as sa

from domain import json_codec
from domain.interview.wording import LINK_HOURS
from domain.plan.items import InterviewPlan
from server.interview.code_runs import CodeRunner
from server.interview.turns import TurnTaker
from storage.engine.store import Store
from tools.kernel.unit import Unit, Units

# An interview that fails so often at one place is given up.
MOST_STUMBLES = 5


class PlanCache:
    """One plan object for all rooms that follow the same plan: most follow one of a few."""

    def __init__(self) -> None:
        self._plans: WeakValueDictionary[bytes, InterviewPlan] = WeakValueDictionary()

    def plan_of(self, body: dict[str, Any]) -> InterviewPlan:
        """The plan in this document."""
        key = sha256(json_codec.dumps(body, sort_keys=True)).digest()
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = InterviewPlan.model_validate(body)
        return plan


class StumbleCounter:
    """Counts how often an interview fails at one place of its log through an error in our code."""

    def __init__(self) -> None:
        self._failed: dict[UUID, tuple[int, int]] = {}

    def count(self, session: UUID, place: int, error: BaseException) -> bool:
        """Count one failure; whether the interview cannot go on.

        A database or network failure does not count: it passes.
        """
        if isinstance(error, sa.exc.SQLAlchemyError | OSError):
            return False
        before, times = self._failed.get(session, (-1, 0))
        times = times + 1 if before == place else 1
        self._failed[session] = (place, times)
        if times < MOST_STUMBLES:
            return False
        del self._failed[session]
        return True


@dataclass(frozen=True, slots=True)
class InterviewContext:
    """The parts that rooms work with.

    `grace` is how many seconds a candidate's line may be down before the clock stands, `gather` how many seconds of
    quiet end the candidate's turn, `link_hours` how long a link works after the candidate was last seen. `shared` says
    that other processes may hold lines to the same sessions.
    """

    store: Store
    units: Units
    practice_reply: Callable[[str], str]
    sandbox: CodeRunner | None = None
    turns: TurnTaker = field(default_factory=TurnTaker)
    # the language model that words and may assess, as provider:name; empty for none
    model: str = ""
    grace: float = 20.0
    gather: float = 0.0
    link_hours: float = LINK_HOURS
    shared: bool = False
    plans: PlanCache = field(default_factory=PlanCache)
    stumbles: StumbleCounter = field(default_factory=StumbleCounter)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        """The present moment."""
        return self.units.clock()

    def unit(self, db: sa.Connection) -> Unit:
        """A unit of work on an open transaction; a live interview acts as `system`."""
        return self.units.within(db)
