"""Questions of candidates: what may be told about them, by the script's facts and the rules of this interview."""

import re

from domain.listening.acts import Act, Heard, Topic
from domain.listening.reader import topics_of
from domain.plan.items import InterviewPlan
from domain.plan.script import Fact
from domain.plan.subjects import canonical_words, common_words, subject_of
from domain.text.tokens import stems

# Topics that the interview itself can answer. Everything else is a fact of the script or is noted for people.
ANSWERED_BY_RULES = frozenset(
    {
        Topic.time_left,
        Topic.questions_left,
        Topic.skipping,
        Topic.notes,
        Topic.privacy,
        Topic.right_answer,
        Topic.grading,
        Topic.technical,
        Topic.why,
        Topic.mode,
        Topic.role,
        Topic.invited,
    }
)
# A fact that nobody asked for by its words is told for its topic alone only where the topic is narrow.
NARROW = frozenset({Topic.pay, Topic.time_off, Topic.tools, Topic.privacy, Topic.language, Topic.place})
# Topics with a rule of their own: a fact on another topic that shares a word is no answer to them.
_OWN_TOPICS = frozenset(
    {Topic.time_left, Topic.questions_left, Topic.notes, Topic.right_answer, Topic.grading}
)
# A fact fits from this share of its words.
FITS = 0.5
# Matters of their own: only a fact that names them answers a question about them.
_OWN_MATTERS = re.compile(
    r"\b(?:company car|dienstwagen|firmenwagen|bonus\w*|overtime|benefits?"
    r"|pension|equity|stock\w*|options?|park\w*|relocat\w*|visas?|commut\w*|travel\w*"
    r"|canteen|dress|time zone|sick|parental|überstunden|ueberstunden|zulage\w*|rente|aktien\w*|umzug\w*|umziehen|visum"
    r"|pendel\w*|dienstreise\w*|reisen|kantine|kleider\w*|anfahrt|krank\w*|eltern\w*)\b",
    re.IGNORECASE,
)
# Verbs that stand in questions about anything.
_SAY_NOTHING = frozenset(
    {"geht", "gehen", "gibt", "geben", "läuft", "laufen", "macht", "machen", "kommt", "kommen", "bekomm"}
    | {"get", "go", "goes", "going", "happen", "happens", "work", "works", "there", "give", "tell"}
)
_ASKS_MORE = re.compile(r"\b(?:how long|store\w*|delet\w*|wie lange|gespeichert|gelöscht|loesch\w*)\b")


def find_fact(plan: InterviewPlan, heard: Heard) -> Fact | None:
    """The fact that answers this question. None when none does: nothing is guessed."""
    language = plan.language.split("-")[0]
    scored = [(_fit(fact, heard, language), -at, fact) for at, fact in enumerate(plan.facts)]
    best = max(scored, key=lambda each: (each[0], each[1]), default=None)
    return best[2] if best is not None and best[0] >= FITS else None


def is_for_people(plan: InterviewPlan, heard: Heard) -> bool:
    """Whether the message asks something that only the people who invited the candidate can answer."""
    if Act.asks_us not in heard.acts or find_fact(plan, heard) is not None:
        return False
    if heard.topic is Topic.privacy:
        return _ASKS_MORE.search(heard.question) is not None
    return heard.topic not in ANSWERED_BY_RULES


def _is_own_matter(fact: Fact, question: str) -> bool:
    """Whether the question is about a matter of its own that this fact does not name."""
    named = {each.casefold() for each in _OWN_MATTERS.findall(question)}
    return bool(named) and not any(each in f"{fact.question} {fact.answer}".casefold() for each in named)


def _fit(fact: Fact, heard: Heard, language: str) -> float:
    """How well a fact answers a question, from 0: by shared words, by what is asked after, and by topic."""
    wanted = canonical_words(fact.question, language) - _SAY_NOTHING
    said = canonical_words(heard.question, language) - _SAY_NOTHING
    share = len(wanted & said) / len(wanted) if wanted else 0.0
    topics = topics_of(fact.question, language)
    same_topic = heard.topic in topics
    if heard.topic not in (None, Topic.other) and topics and not same_topic and share < 1:
        return 0.0  # they are about different things, whatever word they share
    if heard.topic in _OWN_TOPICS and not same_topic:
        return 0.0
    own, asked = (
        subject_of(fact.question, language, probe=True),
        subject_of(heard.question, language, probe=True),
    )
    words = bool(common_words(own, asked)) or bool(
        set(stems(fact.question, language)) & set(stems(heard.question, language))
    )
    if _is_own_matter(fact, heard.question):
        return 0.0
    if same_topic and (words or heard.topic in NARROW):
        return 1 + share
    if words and own.aspects & asked.aspects:
        return FITS + share
    return share
