"""The description of an attack."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """A hostile program, how it may end, and what it must or must not print."""

    name: str
    code: str
    ends: tuple[str, ...] | str
    prints: str = ""
    never: str = ""
