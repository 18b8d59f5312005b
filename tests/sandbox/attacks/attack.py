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

    @property
    def seconds(self) -> float:
        """How long it may run: little where time may end it, much where something else must, however busy the machine."""
        return 1.5 if self.ends == "any" or "time_limit" in self.ends else 10.0
