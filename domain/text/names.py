"""Deciding which record a reference means: one, or none and a refusal that lists what may have been meant.

Nothing is guessed. What only resembles a reference is suggested in the refusal and never taken.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.errors import AmbiguousName, Issue, NoSuchName
from domain.text.folding import fold

# One character that is no white space, in every dialect of patterns: some leave out the wider kinds of it.
NOT_BLANK = r"[^\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"

MAX_CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record with the names that people use for it; the first one is shown, with `details` that tell it apart."""

    id: UUID
    names: tuple[str, ...]
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def as_candidate(self) -> dict[str, str]:
        """The record as an entry of an error's `candidates`."""
        return {"id": str(self.id), "name": self.names[0] if self.names else "", **self.details}


def choose_record(
    meant: Sequence[NamedRecord], similar: Sequence[NamedRecord], *, field: str, what: str
) -> UUID:
    """The id of the only record that a reference means; else `AmbiguousName`, or `NoSuchName` with what is similar."""
    if len(meant) == 1:
        return meant[0].id
    if not meant:
        candidates = [record.as_candidate for record in similar[:MAX_CANDIDATES]]
        raise NoSuchName(what=what, field=field, candidates=candidates)
    issue = Issue(
        path=[field], message=f"Several records match; give the {what}'s id.", code="ambiguous_name"
    )
    candidates = [record.as_candidate for record in meant[:MAX_CANDIDATES]]
    raise AmbiguousName([issue], what=what, candidates=candidates)


def normalise_name(name: str) -> str:
    """A name without case, punctuation and extra spacing, for finding what resembles it."""
    return " ".join(re.findall(r"\w+", fold(name)))


def matches(text: str, known: Sequence[NamedRecord]) -> list[NamedRecord]:
    """The records whose names resemble `text`: exact matches, else those that start with it, else those with all its
    words.
    """
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
