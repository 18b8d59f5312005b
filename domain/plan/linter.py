"""What is doubtful about a plan, told to its author before a candidate meets it.

Badly written criteria spoil every scorer, so they are looked at first. Nothing here refuses: remarks are advice.
"""

# ruff: noqa: E501 - patterns are not broken: they are searched for
import re
from collections.abc import Iterator
from decimal import Decimal

from domain.frozen import Frozen
from domain.plan.items import InterviewPlan, Item, ItemKind
from domain.text.protected_topics import protected_topics
from domain.text.tokens import alike, stems

_VERDICT_WORDS = re.compile(
    r"\b(?:good|great|nice|strong|excellent|appropriate|adequate|suitable|proper|impressive|convincing|confident|charismatic|smart|likeable|cultural fit"
    r"|gut\w*|schön\w*|stark\w*|angemessen\w*|passend\w*|überzeugend\w*|souverän\w*|selbstbewusst\w*|sympathisch\w*|klug\w*)\b",
    re.IGNORECASE,
)
_ACCUSING = re.compile(
    r"\b(?:you (?:have not|haven't|did not|didn't|forgot|failed)|sie haben nicht|du hast nicht|sie haben vergessen)\b",
    re.IGNORECASE,
)
ALIKE = 0.7
IN_THE_QUESTION = 0.7
LEAST_MINUTES = Decimal("1.5")


class Remark(Frozen):
    """Advice on one spot of a plan. `code` is stable, `where` an id of the plan."""

    code: str
    where: str
    message: str


def lint(plan: InterviewPlan) -> list[Remark]:
    """All remarks on a plan, in the order of its items."""
    found = list(_of_whole(plan))
    for item in plan.items:
        found += _of_question(item)
        found += _of_criteria(item, plan.language)
        found += _of_probes(item, plan.language)
        found += _of_code(item)
    return found


def _of_whole(plan: InterviewPlan) -> Iterator[Remark]:
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
        if plan.timed and item.minutes < LEAST_MINUTES:
            yield Remark(
                code="too_short",
                where=item.id,
                message="There is hardly time for an answer; use fewer dimensions or a longer stage.",
            )


def _of_question(item: Item) -> Iterator[Remark]:
    for text in dict.fromkeys(item.questions):
        topics = protected_topics(text)
        if topics:
            message = f"Touches a topic that may not be asked about: {', '.join(topics)}."
            yield Remark(code="protected_topic", where=item.id, message=message)
        if item.kind is ItemKind.talk and text.count("?") > 1:
            yield Remark(code="several_questions", where=item.id, message="Ask one question at a time.")


def _of_criteria(item: Item, language: str) -> Iterator[Remark]:
    if item.kind is ItemKind.code:
        return
    if not 3 <= len(item.criteria) <= 6:
        yield Remark(
            code="criteria_count", where=item.id, message="Three to six criteria make a stable score."
        )
    asked = set(stems(item.questions[1], language))
    for at, criterion in enumerate(item.criteria):
        said = set(stems(criterion.text, language))
        for other in item.criteria[:at]:
            if alike(said, stems(other.text, language)) >= ALIKE:
                yield Remark(code="alike", where=criterion.id, message=f"Says nearly the same as {other.id}.")
        if said and len(said & asked) / len(said) >= IN_THE_QUESTION:
            yield Remark(
                code="in_the_question",
                where=criterion.id,
                message="Repeats the question's words: repeating the question would meet it.",
            )
        if criterion.signal is None and _VERDICT_WORDS.search(criterion.text):
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


def _of_probes(item: Item, language: str) -> Iterator[Remark]:
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
        said = set(stems(criterion.text, language))
        if len(said) >= 2 and len(said & set(stems(criterion.probe, language))) / len(said) >= ALIKE:
            yield Remark(
                code="gives_it_away", where=criterion.id, message="The probe names what it looks for."
            )
        if protected_topics(criterion.probe):
            yield Remark(
                code="protected_topic",
                where=criterion.id,
                message="The probe asks about something that may not be asked.",
            )


def _of_code(item: Item) -> Iterator[Remark]:
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
