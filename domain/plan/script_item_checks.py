"""What must hold of one item: every criterion is asked about, no probe gives its answer away, questions are open."""

import re
from collections.abc import Iterator, Sequence

from domain.plan.script import ScriptCriterion, ScriptItem
from domain.plan.script_patterns import (
    ACRONYM,
    COMMON_ACRONYMS,
    JARGON,
    LEADING,
    YES_NO,
    is_empty,
)
from domain.plan.script_remarks import ScriptRemark, error, warning
from domain.plan.script_text_checks import check_criterion_text, check_language, check_spoken
from domain.plan.subject_words import ASPECTS
from domain.plan.subjects import (
    Subject,
    canonical_words,
    common_words,
    is_generic,
    shares_subject,
    subject_of,
)
from domain.text.names import normalise_name
from domain.text.tokens import sentences, similarity

# From this share of common words on, two criteria are one, and a probe says what its criterion wants to hear.
SAME_CRITERION, GIVEN_AWAY = 0.7, 0.75
_DEFINITE = re.compile(
    r"\b(?:the|their|his|her|its|what|how|why|which|whether|who|when|where|der|die|das|den|dem|ihre\w?|seine\w?|was|wie"
    r"|warum|welche\w?|ob|wer|wann|wo)\b",
    re.IGNORECASE,
)
_NAMES_AN_EXAMPLE = re.compile(
    r"\b(?:such as|for example|for instance|e\.g\.|like an?|zum beispiel|z\. ?b\.|etwa|beispielsweise)",
    re.IGNORECASE,
)


def check_item(
    item: ScriptItem, where: str, language: str, known_words: str, repeated: frozenset[str]
) -> Iterator[ScriptRemark]:
    """All remarks on one item.

    `known_words` are texts of the template, whose acronyms need no explanation; `repeated` are probes, normalised,
    that stand more than once in the script.
    """
    yield from _check_question(item.question, f"{where}.question", known_words)
    others = [("easier", item.easier or "")] + [
        (f"follow_ups.{level.value}", text) for level, text in item.follow_ups.items()
    ]
    for name, text in others:
        if text:
            yield from check_spoken(text, f"{where}.{name}")
    spoken = " ".join([item.question, *(text for _, text in others)])
    yield from check_language(spoken, f"{where}.question", language)
    yield from check_criteria(item.criteria, where, language, item.question, repeated)


def check_criteria(
    criteria: Sequence[ScriptCriterion],
    where: str,
    language: str,
    question: str,
    repeated: frozenset[str],
    *,
    in_role: bool = False,
) -> Iterator[ScriptRemark]:
    """Remarks on criteria and their probes, in the light of what the item asks or the scene is about."""
    mixed = list(
        check_language(". ".join(each.text for each in criteria), f"{where}.criteria", language)
    ) + list(check_language(" ".join(each.probe for each in criteria), f"{where}.criteria.probes", language))
    yield from mixed
    for at, criterion in enumerate(criteria):
        place = f"{where}.criteria[{at}]"
        yield from check_criterion_text(criterion.text, place)
        if not in_role:
            yield from check_spoken(criterion.probe, f"{place}.probe")
        if not mixed:
            yield from check_language(criterion.text, place, language)
            yield from check_language(criterion.probe, f"{place}.probe", language)
        yield from _check_asked(criterion, place, language, question, repeated)
        yield from _check_gives_away(criterion, place, language, question)
        yield from _check_repeats(criteria, at, place, language)


# --- the question ---------------------------------------------------------------------------------------


def _check_question(text: str, where: str, known_words: str) -> Iterator[ScriptRemark]:
    yield from check_spoken(text, where)
    asked = next((each for _, each in reversed(list(sentences(text))) if "?" in each), text)
    lead = re.split(r"[:,] ", asked)[-1] if ": " in asked else asked
    if YES_NO.search(lead.strip(" \u2013\u2014-")):
        message = "Can be answered with yes or no. Begin with how, what, which or tell me about."
        yield warning("yes_no", where, message)
    if LEADING.search(text):
        message = "Says which answer is wanted. Ask it so that any honest answer is as easy to give."
        yield warning("leading", where, message)
    unknown = {
        each for each in ACRONYM.findall(text) if each not in COMMON_ACRONYMS and each not in known_words
    }
    if JARGON.search(text) or len(unknown) > 1:
        message = "Holds jargon or abbreviations that not every good candidate knows. Say it in plain words."
        yield warning("jargon", where, message)


# --- criteria and probes --------------------------------------------------------------------------------


def _check_asked(
    criterion: ScriptCriterion, where: str, language: str, question: str, repeated: frozenset[str]
) -> Iterator[ScriptRemark]:
    """An error where nothing asks about a criterion, a warning where words alone cannot tell that something does."""
    if is_empty(criterion.probe):
        message = "Has no probe. Write the question that asks about this criterion without giving the answer."
        yield error("empty_probe", f"{where}.probe", message)
        return
    subject = subject_of(criterion.text, language)
    by_probe = shares_subject(subject, subject_of(criterion.probe, language, probe=True))
    by_question = shares_subject(subject, subject_of(question, language))
    generic = is_generic(criterion.probe, language)
    twice = normalise_name(criterion.probe) in repeated
    if by_probe or (by_question and not generic and not twice):
        return
    if generic or twice:
        fault = "could follow any answer" if generic else "stands here more than once"
        if by_question:
            message = f"The probe {fault}. Ask about what this criterion is about."
            yield warning("generic_probe", f"{where}.probe", message)
        else:
            message = (
                f"Nothing asks about this criterion: the question does not, and its probe {fault}. Candidates would be "
                "judged on what nobody asked. Write a probe about its subject."
            )
            yield error("not_asked", where, message)
    elif language in ASPECTS:
        message = "Question and probe share no word with this criterion. Check that they really ask about it."
        yield warning("far_probe", f"{where}.probe", message)


def _check_gives_away(
    criterion: ScriptCriterion, where: str, language: str, question: str
) -> Iterator[ScriptRemark]:
    """An error where a probe holds what its criterion wants to hear, so that `yes` or an echo would meet it."""
    asked, said = subject_of(question, language), subject_of(criterion.probe, language)
    each = [
        Subject.of_words((word,), compounds=language == "de")
        for word in subject_of(criterion.text, language).words
    ]
    wanted = [word for word in each if not common_words(word, asked)]
    given = [word for word in wanted if common_words(word, said)]
    example = _NAMES_AN_EXAMPLE.search(criterion.probe) is not None
    if not given or len(given) < (0.5 if example else GIVEN_AWAY) * len(wanted):
        return
    closed = YES_NO.search(criterion.probe) is not None or LEADING.search(criterion.probe) is not None
    meta = _DEFINITE.search(criterion.text) is not None
    plain = " ".join(word for one in wanted for word in one.words)
    distinctive = len(given) >= 2 and not subject_of(plain, language).aspects
    if closed or example or (distinctive and not meta):
        message = (
            "The probe says what the criterion wants to hear, so that agreeing would meet it. Ask openly about the "
            "subject."
        )
        yield error("gives_answer", f"{where}.probe", message)


def _check_repeats(
    criteria: Sequence[ScriptCriterion], at: int, where: str, language: str
) -> Iterator[ScriptRemark]:
    words = canonical_words(criteria[at].text, language)
    for place, other in enumerate(criteria[:at]):
        same = normalise_name(criteria[at].text) == normalise_name(other.text)
        if same or similarity(words, canonical_words(other.text, language)) >= SAME_CRITERION:
            message = (
                f"Says nearly the same as criteria[{place}]: one good sentence would count twice. Merge them."
            )
            yield warning("repeated_criterion", where, message)
            return
