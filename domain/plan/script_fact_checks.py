"""What must hold of facts, opening and closing: no contradiction, no promise."""

import re
from collections.abc import Iterator, Sequence

from domain.listening.acts import Topic
from domain.listening.reader import topics_of
from domain.plan.script import Fact
from domain.plan.script_patterns import QUESTION_MARK, has_placeholder, is_empty, promises, topics_asked
from domain.plan.script_remarks import ScriptRemark, error, warning
from domain.plan.subjects import canonical_words
from domain.text.names import normalise_name
from domain.text.tokens import similarity

SAME_FACT, NEAR_FACT = 0.6, 0.3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# A figure with what it counts.
_AMOUNT = re.compile(
    r"\d+(?:[.,]\d+)*(?=k?\s*(?P<unit>€|euros?|eur|\$|dollars?|days?|tage?n?|weeks?|wochen?|hours?|stunden?|%|percent|prozent))",
    re.IGNORECASE,
)
# What a script has one figure for.
_ONE_FIGURE = frozenset({Topic.pay, Topic.time_off, Topic.place})
_YES = re.compile(r"^\W*(?:yes|yeah|sure|of course|ja|natürlich|gerne?)\b", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:no|not|unfortunately|sorry|nein|leider|nicht)\b", re.IGNORECASE)


def check_facts(facts: Sequence[Fact], where: str, language: str) -> Iterator[ScriptRemark]:
    """Remarks on facts, one by one and against each other."""
    words = [canonical_words(fact.question, language) for fact in facts]
    for at, fact in enumerate(facts):
        place = f"{where}[{at}]"
        yield from check_told(fact.answer, f"{place}.answer")
        if is_empty(fact.question) or has_placeholder(fact.question):
            yield error("unfinished", f"{place}.question", "Write the question as a candidate would ask it.")
        for earlier in range(at):
            if _contradict(facts[earlier], fact, words[earlier], words[at]):
                message = f"Answers the same question as {where}[{earlier}], differently. Keep one answer."
                yield error("contradicting_facts", place, message)
                break
            if _differ(facts[earlier], fact, language):
                message = (
                    f"Is about the same as {where}[{earlier}] and gives other figures. Candidates hear one of them: "
                    "make them agree, or say in both what each is for."
                )
                yield warning("may_contradict", place, message)
                break


def check_told(text: str, where: str) -> Iterator[ScriptRemark]:
    """Remarks on a passage that candidates are told word for word."""
    if promises(text):
        message = "Promises an outcome or guarantees something. Say what happens next, and who decides it."
        yield error("promise", where, message)
    if QUESTION_MARK.search(text) and topics_asked(text):
        message = "Asks about a topic that no interviewer may ask about. Leave it out."
        yield error("protected_topic", where, message)
    if has_placeholder(text) or is_empty(text):
        yield error("unfinished", where, "Holds a placeholder or no words. Write what is to be told.")


def _contradict(one: Fact, other: Fact, words: frozenset[str], other_words: frozenset[str]) -> bool:
    """Whether two facts answer one question differently. The words are those of their questions."""
    alike = similarity(words, other_words)
    if normalise_name(one.answer) == normalise_name(other.answer):
        return False
    if normalise_name(one.question) == normalise_name(other.question) or alike >= SAME_FACT:
        return True
    if alike < NEAR_FACT or len(words & other_words) < 2:
        return False
    opposite = (_YES.search(one.answer) and _NO.search(other.answer)) or (
        _NO.search(one.answer) and _YES.search(other.answer)
    )
    numbers = set(_NUMBER.findall(one.answer)), set(_NUMBER.findall(other.answer))
    return bool(opposite) or bool(numbers[0] and numbers[1] and not numbers[0] & numbers[1])


def _differ(one: Fact, other: Fact, language: str) -> bool:
    """Whether two facts on one topic give different figures of one unit: 28 days of leave, and 30 days of holiday."""
    topics = topics_of(one.question, language) & topics_of(other.question, language) & _ONE_FIGURE
    amounts = _amounts(one.answer), _amounts(other.answer)
    units = amounts[0].keys() & amounts[1].keys()
    return bool(topics) and any(not amounts[0][unit] & amounts[1][unit] for unit in units)


def _amounts(text: str) -> dict[str, set[str]]:
    """The figures of a text by what they count."""
    found: dict[str, set[str]] = {}
    for each in _AMOUNT.finditer(text):
        found.setdefault(each.group("unit").casefold()[:3], set()).add(each.group())
    return found
