"""Background work: enqueued in a transaction, run after it commits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work.

    `name` says which function runs. Two jobs with the same `id` run once. `args` are strings and numbers only, since
    they are stored. `delay` counts from the commit.
    """

    name: str
    id: str
    args: tuple[str | int, ...] = ()
    delay: timedelta = timedelta()
