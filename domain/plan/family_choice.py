"""Which role family a template belongs to: the one whose role its name says, else the general one.

A family that does not fit would judge people by another trade. So only the name decides, for texts about a role mention
others: who is worked with, who is reported to, what was learned before. Within the name a role counts where the job
itself stands: not behind a comma or a preposition (`Cook in a nursing home`). A single English word must end the name,
after words that its family knows (`Nurse recruiter` is no nurse, `Wine tester` tests no software); a German one, which
is mostly a compound, may also begin it (`Lehrerin Mathematik`).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from domain.plan.library import Family
from domain.text.names import normalise_name

GENERAL = "general"
# A name that says a trade and leading, such as `Team lead customer support`, is that of a leader.
LEADING = "team_lead"

_ASIDE = re.compile(r"\([^()]{0,200}\)|\[[^\[\]]{0,200}\]")
# Behind these the name of the job may still come: `Summer 2026: Backend engineer`.
_LABELS = re.compile(r"[:|]")
# Behind these it is only narrowed down.
_DETAILS = re.compile(r"[,;\u2013\u2014]|\s[-/]\s")
_PREPOSITION = re.compile(
    r"in|for|to|at|of|with|on|from|under|near|and|im|für|bei|an|am|zu|zum|zur|mit|von|vom|auf|aus|und|der|des"
)
_NEUTRAL = re.compile(
    r"(?:senior|junior|sr|jr|experienced|erfahrene[rn]?|m|w|f|d|x|gn|all|genders?|i{1,3}|iv|\d+|remote|hybrid|full|part"
    r"|time|vollzeit|teilzeit|job|role|position|stelle)"
)
_INFLECTIONS = ("s", "es", "n", "en", "in", "innen")


def choose_family(
    name: str, language: str, library: Sequence[Family], skills: Iterable[str] = ()
) -> Family | None:
    """The family whose role the name of a template says, in any language, else the general one.

    `skills` are the template's: `Django developer` is understood where Django is one. None when the library has nothing
    in this language.
    """
    english = frozenset(role for each in library if each.language != "de" for role in each.roles)
    listed = normalise_name(" ".join(skills)).split()
    scores: dict[str, int] = {}
    for each in library:
        known = frozenset(word for role in each.roles for word in _words(role)).union(listed)
        scores[each.family] = max(_score(each, name, english, known), scores.get(each.family, 0))
    for family in {each.family for each in library if _is_excluded(each, name)}:
        scores[family] = 0
    own = [each for each in library if each.language == language and each.family != GENERAL]
    best = max(own, key=lambda each: scores[each.family], default=None)
    leading = next((each for each in own if each.family == LEADING and scores[LEADING]), None)
    if best is None or not scores[best.family]:
        return find_family(GENERAL, language, library)
    return leading or best


def find_family(name: str, language: str, library: Sequence[Family]) -> Family | None:
    """The family of this name in this language, if there is one."""
    return next((each for each in library if (each.family, each.language) == (name, language)), None)


def _score(family: Family, name: str, english: Collection[str], known: frozenset[str]) -> int:
    """How well a name says a role of the family: by the number of words of the longest one; 0 when it says none."""
    for part in _LABELS.split(_ASIDE.sub(" ", name)):
        words = normalise_name(_DETAILS.split(part)[0]).split()
        cut = next((at for at, word in enumerate(words) if at and _PREPOSITION.fullmatch(word)), len(words))
        telling = [word for word in words[:cut] if not _NEUTRAL.fullmatch(word)]
        best = 0
        for role in family.roles:
            parts = _words(role)
            if len(parts) > 1:
                best = max(best, _fit_of_words(parts, words, cut))
            elif role not in english:
                best = max(best, _fit_of_word(parts[0], [*telling[:1], *telling[-1:]]))
            elif known.issuperset(telling[:-1]):
                best = max(best, _fit_of_word(parts[0], telling[-1:]))
        if best:
            return best
    return 0


@lru_cache(maxsize=4_096)
def _words(role: str) -> list[str]:
    return normalise_name(role).split()


def _fit_of_words(role: Sequence[str], words: Sequence[str], cut: int) -> int:
    """For a role of several words, which begins before the name's first preposition."""
    return 2 * len(role) if any(role == words[at : at + len(role)] for at in range(cut)) else 0


def _fit_of_word(role: str, places: Sequence[str]) -> int:
    """For a role of one word, as it is or inflected."""
    if role in places:
        return 2
    return int(any(word == role + ending for word in places for ending in _INFLECTIONS))


def _is_excluded(family: Family, name: str) -> bool:
    """Whether the name holds a word with which a role of the family means another trade, as in `veterinary nurse`."""
    said = f" {normalise_name(name)} "
    return any(f" {normalise_name(each)} " in said for each in family.unless)
