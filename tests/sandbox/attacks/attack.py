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

    @property
    def seconds(self) -> float:
        """How long it may run: little where time may end it, much where something else must, however busy the machine."""
        return 1.5 if self.ends == "any" or "time_limit" in self.ends else 10.0
