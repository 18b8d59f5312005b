"""Answers for any script: sentences that people say about their work, with the subject of the question put in.

They do not use the words of the criteria, so nothing about scoring follows from them: they try out the interviewer and
the script.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from domain.interview.candidates.actor import Passage
from domain.plan.items import InterviewPlan, Item
from domain.plan.subjects import subject_of
from domain.text.tokens import stem, tokens

# How many sentences an answer has, by the kind of answers: to a question, to a follow-up.
_LENGTHS: Mapping[str, tuple[int, int]] = {
    "full": (4, 2),
    "half": (2, 1),
    "short": (1, 1),
    "vague": (1, 1),
    "padded": (1, 1),
}
_NO_SUBJECT = {"en": "that", "de": "so etwas"}


@cache
def _pools(language: str) -> Mapping[str, Sequence[str]]:
    entry = resources.files(__package__) / f"made_up.{language}.toml"
    return tomllib.loads(entry.read_text("utf-8"))


class MadeUpAnswers:
    """Answers of one kind, in the order of their pool; each item begins somewhere else in it."""

    def __init__(self, kind: str, plan: InterviewPlan) -> None:
        self._kind = kind
        self._language = "de" if plan.language.split("-")[0] == "de" else "en"
        self._given: Counter[str] = Counter()
        self._places = {item.id: place for place, item in enumerate(plan.items)}

    def give(self, item: Item, criterion_id: str | None) -> Sequence[Passage]:
        """The next sentences on this item."""
        pool = _pools(self._language).get(self._kind, ())
        if not pool:
            return ()
        first, later = _LENGTHS[self._kind]
        count = later if self._given[item.id] else first
        begin = self._places[item.id] + self._given[item.id]
        self._given[item.id] += count
        subject = _subject(item.question(2), self._language)
        chosen = [pool[(begin + at) % len(pool)] for at in range(count)]
        return [Passage(text=each.format(subject=subject)) for each in chosen]


def _subject(question: str, language: str) -> str:
    """Two words that say what a question is about, as they stand in it."""
    telling = subject_of(question, language).words
    words = [word for word in tokens(question) if stem(word, language) in telling]
    longest = sorted(dict.fromkeys(words), key=lambda word: -len(word))[:2]
    joint = " und " if language == "de" else " and "
    return joint.join(longest) or _NO_SUBJECT[language]
