"""Work that is promised in a transaction and done after it commits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """A job's name, an id that makes it happen once, and its arguments.

    Arguments are strings and numbers only: they are stored. `delay` counts from the commit.
    """

    name: str
    id: str
    args: tuple[str | int, ...] = ()
    delay: timedelta = timedelta()
