"""Resolving a name to a record: `final` finds the stage called `Final round`.

Pure text matching without guessing: one match, or an error that lists the candidates.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import AmbiguousName, Issue, NoSuchName
from domain.text.folding import fold

MAX_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record with the names that people use for it. The first one is shown."""

    id: UUID
    names: tuple[str, ...]

    @property
    def as_candidate(self) -> dict[str, str]:
        """The record as an entry of an error's `candidates`."""
        return {"id": str(self.id), "name": self.names[0] if self.names else ""}


def normalise_name(name: str) -> str:
    """The form in which names are compared: without case, punctuation and extra spacing."""
    return " ".join(re.findall(r"\w+", fold(name)))


def matches(text: str, known: Sequence[NamedRecord]) -> list[NamedRecord]:
    """The records that `text` may name: exact matches, else those that start with it, else those with all its words."""
    wanted = normalise_name(text)
    if not wanted:
        return []
    tests = (
        lambda name: name == wanted,
        lambda name: name.startswith(wanted),
        lambda name: set(wanted.split()) <= set(name.split()),
    )
    for fits in tests:
        found = [record for record in known if any(fits(normalise_name(name)) for name in record.names)]
        if found:
            return found
    return []


def resolve_name(text: str, known: Sequence[NamedRecord], *, field: str, what: str) -> UUID:
    """The id of the one record that `text` names; `NoSuchName` or `AmbiguousName` with candidates otherwise."""
    found = matches(text, known)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise NoSuchName(
            what=what, field=field, candidates=[record.as_candidate for record in known[:MAX_CANDIDATES]]
        )
    issue = Issue(
        path=[field], message=f"Several records match; give the {what}'s id.", code="ambiguous_name"
    )
    raise AmbiguousName(
        [issue], what=what, candidates=[record.as_candidate for record in found[:MAX_CANDIDATES]]
    )
