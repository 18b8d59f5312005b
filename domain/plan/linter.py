"""Advice on weak spots of a plan, for its author, before a candidate sees it.

Most checks are about criteria, since no scorer can make up for badly written ones. Remarks never block anything.
"""

# ruff: noqa: E501 - patterns stay on one line, so that they can be searched for
import re
from collections.abc import Iterator
from decimal import Decimal

from domain.frozen import Frozen
from domain.plan.items import InterviewPlan, Item, ItemKind
from domain.text.protected_topics import protected_topics
from domain.text.tokens import similarity, stems

_JUDGEMENT_WORDS = re.compile(
    r"\b(?:good|great|nice|strong|excellent|appropriate|adequate|suitable|proper|impressive|convincing|confident|charismatic|smart|likeable|cultural fit"
    r"|gut\w*|schön\w*|stark\w*|angemessen\w*|passend\w*|überzeugend\w*|souverän\w*|selbstbewusst\w*|sympathisch\w*|klug\w*)\b",
    re.IGNORECASE,
)
_ACCUSING = re.compile(
    r"\b(?:you (?:have not|haven't|did not|didn't|forgot|failed)|sie haben nicht|du hast nicht|sie haben vergessen)\b",
    re.IGNORECASE,
)
# Above these shares of common words, criteria are duplicates, repeat the question, or are given away by the probe.
MAX_SIMILARITY = 0.7
MAX_QUESTION_OVERLAP = 0.7
MAX_PROBE_OVERLAP = 0.7
MIN_MINUTES = Decimal("1.5")


class Remark(Frozen):
    """Advice on one spot of a plan. `code` is stable, `where` an id of the plan."""

    code: str
    where: str
    message: str


def lint(plan: InterviewPlan) -> list[Remark]:
    """All remarks on a plan, in the order of its items."""
    found = list(_plan_remarks(plan))
    for item in plan.items:
        found += _question_remarks(item)
        found += _criteria_remarks(item, plan.language)
        found += _probe_remarks(item, plan.language)
        found += _code_remarks(item)
    return found


def _plan_remarks(plan: InterviewPlan) -> Iterator[Remark]:
    total = sum((item.minutes for item in plan.items), Decimal(0))
    if plan.timed and total > plan.minutes:
        yield Remark(
            code="too_long",
            where="plan",
            message=f"The items need about {total} minutes, and there are {plan.minutes}.",
        )
    for text in plan.left_out:
        yield Remark(code="left_out", where="plan", message=f"There is no time for: {text}")
    for dimension in plan.dimensions:
        if not dimension.description.strip():
            yield Remark(
                code="no_description",
                where=dimension.id,
                message=f"{dimension.name} has no description: its criteria are general ones.",
            )
    for item in plan.items:
        if plan.timed and item.minutes < MIN_MINUTES:
            yield Remark(
                code="too_short",
                where=item.id,
                message="There is hardly time for an answer; use fewer dimensions or a longer stage.",
            )


def _question_remarks(item: Item) -> Iterator[Remark]:
    for text in dict.fromkeys(item.questions):
        topics = protected_topics(text)
        if topics:
            message = f"Touches a topic that may not be asked about: {', '.join(topics)}."
            yield Remark(code="protected_topic", where=item.id, message=message)
        if item.kind is ItemKind.talk and text.count("?") > 1:
            yield Remark(code="several_questions", where=item.id, message="Ask one question at a time.")


def _criteria_remarks(item: Item, language: str) -> Iterator[Remark]:
    if item.kind is ItemKind.code:
        return
    if not 3 <= len(item.criteria) <= 6:
        yield Remark(
            code="criteria_count", where=item.id, message="Three to six criteria make a stable score."
        )
    asked = set(stems(item.questions[1], language))
    for at, criterion in enumerate(item.criteria):
        wording = set(stems(criterion.text, language))
        for other in item.criteria[:at]:
            if similarity(wording, stems(other.text, language)) >= MAX_SIMILARITY:
                yield Remark(code="alike", where=criterion.id, message=f"Says nearly the same as {other.id}.")
        if wording and len(wording & asked) / len(wording) >= MAX_QUESTION_OVERLAP:
            yield Remark(
                code="in_the_question",
                where=criterion.id,
                message="Repeats the question's words: repeating the question would meet it.",
            )
        if criterion.signal is None and _JUDGEMENT_WORDS.search(criterion.text):
            yield Remark(
                code="not_observable",
                where=criterion.id,
                message="Holds a judgement. Say what one would see or hear instead.",
            )
        if protected_topics(criterion.text):
            yield Remark(
                code="protected_topic",
                where=criterion.id,
                message="Judges something that may not be judged.",
            )


def _probe_remarks(item: Item, language: str) -> Iterator[Remark]:
    for criterion in item.criteria:
        if criterion.probe.count("?") > 1:
            yield Remark(
                code="several_questions", where=criterion.id, message="Probe with one question at a time."
            )
        if _ACCUSING.search(criterion.probe):
            yield Remark(
                code="accusing_probe",
                where=criterion.id,
                message="Ask openly: two probes in five are for something already said.",
            )
        wording = set(stems(criterion.text, language))
        if (
            len(wording) >= 2
            and len(wording & set(stems(criterion.probe, language))) / len(wording) >= MAX_PROBE_OVERLAP
        ):
            yield Remark(
                code="gives_it_away", where=criterion.id, message="The probe names what it looks for."
            )
        if protected_topics(criterion.probe):
            yield Remark(
                code="protected_topic",
                where=criterion.id,
                message="The probe asks about something that may not be asked.",
            )


def _code_remarks(item: Item) -> Iterator[Remark]:
    if item.code is None:
        return
    if not item.code.cases:
        yield Remark(code="no_cases", where=item.id, message="Without test cases the task cannot be scored.")
    elif not any(case.hidden for case in item.code.cases):
        yield Remark(
            code="no_hidden_case",
            where=item.id,
            message="Every case is visible: a program could answer just those.",
        )
