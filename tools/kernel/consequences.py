"""What a call would do to what stands now: what its preview names, and the state that its confirmation is bound to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from domain.text.quoting import quoted


@dataclass(frozen=True, slots=True)
class Consequence:
    """`sentence` names the act and whom it is about; people's words in it are quoted. `losses` counts what is gone for
    good. `state` is everything that must still be the same when the act is confirmed.
    """

    sentence: str
    losses: Mapping[str, int] = field(default_factory=dict)
    state: tuple[Any, ...] = ()

    @property
    def digest(self) -> str:
        """A fingerprint of the state: whoever was renamed or changed since the preview was not confirmed."""
        return sha256(
            repr((sorted(self.losses.items()), self.state)).encode("utf-8", "surrogatepass")
        ).hexdigest()


def losses_in_words(losses: Mapping[str, int]) -> str:
    """`3 sessions, 2 scorecards`; `nothing else` when there is none."""
    return ", ".join(f"{count} {name}" for name, count in losses.items() if count) or "nothing else"


def person_in_words(name: str, email: str) -> str:
    """A person in a sentence: name and address, quoted."""
    return f"{quoted(name)} ({quoted(email)})"
