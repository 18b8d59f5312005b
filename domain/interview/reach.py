"""Which criteria were asked about: nobody is to be judged on what nobody asked, so the rest is listed."""

from collections.abc import Collection, Iterable

from domain.plan.items import Criterion, InterviewPlan, Item, ItemKind
from domain.plan.subjects import shares_subject, subject_of
from domain.scoring.coverage import PreparedAnswer, is_covered


def asked_criteria(
    criteria: Iterable[Criterion],
    questions: Iterable[str],
    move_keys: Collection[str],
    answer: PreparedAnswer,
) -> frozenset[str]:
    """The ids of those of these criteria that were asked about, or of which the answer speaks unasked.

    `questions` are what was asked for all of them; `move_keys` name the follow-ups that were put.
    """
    language = answer.language
    asked = [subject_of(question, language) for question in questions]
    return frozenset(
        criterion.id
        for criterion in criteria
        if criterion.measured
        or f"probe:{criterion.id}" in move_keys
        or any(shares_subject(subject_of(criterion.text, language), subject) for subject in asked)
        or is_covered(criterion, answer)
    )


def asked_by_nothing(plan: InterviewPlan) -> tuple[str, ...]:
    """The ids of the criteria that this plan can never ask about: no follow-up, and no question on their subject."""
    language = plan.language.split("-")[0]
    return tuple(
        criterion.id
        for item in plan.items
        for criterion in item.criteria
        if not criterion.measured
        and not criterion.probe.strip()
        and not any(
            shares_subject(subject_of(criterion.text, language), subject_of(question, language))
            for question in _questions(plan, item)
        )
    )


def _questions(plan: InterviewPlan, item: Item) -> tuple[str, ...]:
    """All that asks about an item besides the follow-ups of its criteria."""
    if item.kind is ItemKind.scene and plan.scene is not None:
        return (plan.scene.opening, *(each.line for each in plan.scene.objections))
    return (*item.questions, item.follow_up)
