"""What must hold of every text of a script: finished, one question, no protected topic, the script's language."""

from collections.abc import Iterator

from domain.plan.script_patterns import (
    PROTECTED_CRITERION,
    QUESTION_MARK,
    asks_twice,
    has_placeholder,
    is_empty,
    language_of,
    topics_asked,
    topics_touched,
)
from domain.plan.script_remarks import ScriptRemark, error, warning
from domain.text.languages import language_name
from domain.text.tokens import STOP_WORDS


def check_spoken(text: str, where: str) -> Iterator[ScriptRemark]:
    """Remarks on a line that the interviewer says."""
    if topics := topics_asked(text):
        yield error("protected_topic", where, _protected(topics))
    elif topics := topics_touched(text):
        named = ", ".join(topics)
        message = (
            f"Touches {named}. Fine where it is the work itself; never ask for the candidate's own {named}."
        )
        yield warning("protected_topic_mentioned", where, message)
    if asks_twice(text):
        message = (
            "Asks two questions at once, and candidates answer only one. Keep one; make the other a probe."
        )
        yield error("two_questions", where, message)
    if has_placeholder(text) or is_empty(text):
        yield error(
            "unfinished", where, "Holds a placeholder or no words. Write the line as it is to be said."
        )


def check_in_role(text: str, where: str) -> Iterator[ScriptRemark]:
    """Remarks on a line of a scene: a role may speak of its own life, but ask nobody about theirs."""
    if QUESTION_MARK.search(text) and (topics := topics_asked(text)):
        yield error("protected_topic", where, _protected(topics))
    if has_placeholder(text) or is_empty(text):
        yield error(
            "unfinished", where, "Holds a placeholder or no words. Write the line as it is to be said."
        )


def check_criterion_text(text: str, where: str) -> Iterator[ScriptRemark]:
    """Remarks on what a criterion judges."""
    topics = topics_asked(text)
    if topics or PROTECTED_CRITERION.search(text):
        message = (
            "Judges what somebody is, not what they say. Name what a listener would hear about the work."
        )
        yield error("protected_topic", where, message)
    if has_placeholder(text) or is_empty(text):
        yield error(
            "unfinished", where, "Holds a placeholder or no words. Write what a listener could tick off."
        )


def check_language(text: str, where: str, language: str) -> Iterator[ScriptRemark]:
    """An error when a text, or several joined, is in another language than the script."""
    found = language_of(text)
    if language in STOP_WORDS and found is not None and found != language:
        said, wanted = language_name(found), language_name(language)
        message = f"Reads like {said}, and the script is in {wanted}. Translate it, or change the script's language."
        yield error("other_language", where, message)


def _protected(topics: list[str]) -> str:
    named = ", ".join(topic.replace("_", " ") for topic in topics)
    return f"Asks about a topic that no interviewer may ask about: {named}. Ask about the work instead."
