"""Finding what a caller meant: a name for an id, `final` for a stage called `Final round`.

Pure text matching. It never guesses: one match or a refusal that lists what there is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import AmbiguousName, Issue, NoSuchName

MOST_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Named:
    """A record under the names people use for it, the one to show first."""

    id: UUID
    names: tuple[str, ...]

    @property
    def shown(self) -> dict[str, str]:
        return {"id": str(self.id), "name": self.names[0] if self.names else ""}


def plain(name: str) -> str:
    """A name as it is compared: case, punctuation and spacing do not count."""
    return " ".join(re.findall(r"\w+", name.casefold()))


def matches(text: str, known: Sequence[Named]) -> list[Named]:
    """The records that `text` may mean: the exact ones, else those that start with it, else those that hold
    all its words."""
    wanted = plain(text)
    if not wanted:
        return []
    tests = (
        lambda name: name == wanted,
        lambda name: name.startswith(wanted),
        lambda name: set(wanted.split()) <= set(name.split()),
    )
    for fits in tests:
        found = [record for record in known if any(fits(plain(name)) for name in record.names)]
        if found:
            return found
    return []


def meant(text: str, known: Sequence[Named], *, field: str, what: str) -> UUID:
    """The one record that `text` names; `NoSuchName` or `AmbiguousName` with candidates otherwise."""
    found = matches(text, known)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise NoSuchName(
            what=what, field=field, candidates=[record.shown for record in known[:MOST_CANDIDATES]]
        )
    issue = Issue(
        path=[field], message=f"Several records match; give the {what}'s id.", code="ambiguous_name"
    )
    raise AmbiguousName([issue], what=what, candidates=[record.shown for record in found[:MOST_CANDIDATES]])
