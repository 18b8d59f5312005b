"""What an attack is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attack:
    """A hostile program and what must come of it."""

    name: str
    code: str
    ends: tuple[str, ...] | str
    prints: str = ""
    never: str = ""
