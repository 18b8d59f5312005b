"""Passages by rules: for each criterion the candidate's words that may bear on it. Nothing is judged.

Rules compare words, not meaning. They cannot tell that a confident answer is false, or that something was said in other
words, so they give no status: they show a reader where to look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.plan.items import Criterion, Dimension, InterviewPlan, Item
from domain.scoring.coverage import NOT_COVERED, Coverage, PreparedAnswer, coverage
from domain.scoring.findings import (
    POINTS,
    DimensionFindings,
    Evidence,
    Finding,
    Findings,
    Method,
    Provenance,
    Status,
    Utterance,
)
from domain.text.answers import read_answer, speaks_another_language, without_injections
from domain.text.tokens import sentences, similarity, stems

AUTHOR = "rules/1"
ECHO_SHARE = 0.8


def rule_findings(plan: InterviewPlan, evidence: Evidence) -> Findings:
    """Findings on every dimension of which at least one question was asked."""
    assessed = [_on_dimension(plan, dimension, evidence) for dimension in plan.dimensions]
    return Findings(
        method=Method.rules,
        provenance=Provenance(author=AUTHOR),
        dimensions=tuple(found for found in assessed if found is not None),
    )


def _on_dimension(plan: InterviewPlan, dimension: Dimension, evidence: Evidence) -> DimensionFindings | None:
    items = [item for item in plan.items_of(dimension.id) if item.id in evidence.asked]
    if not items:
        return None
    said = evidence.answers_to(heard for item in items for heard in plan.listened_with(item))
    if said and all(_is_foreign(each, plan.language) for each in said):
        # words of different languages cannot be compared
        unread = [c for item in items for c in item.criteria if not c.measured]
        return DimensionFindings(
            dimension_id=dimension.id,
            findings=tuple(Finding(criterion_id=c.id, status=None) for c in unread),
            problem="other_language",
        )
    found: list[Finding] = []
    rubric = _rubric(plan)
    for item in items:
        answers = {
            each.id: without_echoes(PreparedAnswer.of(each.text, each.question, plan.language), rubric)
            for each in said
            if each.item_id is None or each.item_id in plan.listened_with(item)
        }
        subject = _subject(plan, dimension, item)
        found += [
            _finding(criterion, answers, subject) for criterion in item.criteria if not criterion.measured
        ]
    return DimensionFindings(
        dimension_id=dimension.id,
        findings=tuple(found),
        remarks=_remarks(plan, dimension, said),
    )


def _is_foreign(utterance: Utterance, language: str) -> bool:
    return speaks_another_language(read_answer(without_injections(utterance.text)), language)


def _subject(plan: InterviewPlan, dimension: Dimension, item: Item) -> frozenset[str]:
    """The words that say what an item is about."""
    texts = (*item.questions, dimension.name, dimension.description, *(c.text for c in item.criteria))
    return frozenset(stems(" ".join(texts), plan.language.split("-")[0]))


def _finding(criterion: Criterion, answers: Mapping[int, PreparedAnswer], subject: frozenset[str]) -> Finding:
    """The passage for one criterion: the best answer counts, the earliest of equals.

    Signs of how somebody speaks (steps, results, reasons) are marked only in answers that share the item's subject.
    """
    best: tuple[Coverage, int | None] = (NOT_COVERED, None)
    for utterance_id, answer in answers.items():
        if criterion.signal is not None and not answer.shares(subject):
            continue
        shown = coverage(criterion, answer)
        if (POINTS[shown.status], shown.share) > (POINTS[best[0].status], best[0].share):
            best = (shown, utterance_id)
    shown, source = best
    if shown.status is Status.not_met:
        return Finding(criterion_id=criterion.id, status=None)
    return Finding(criterion_id=criterion.id, status=None, utterance_id=source, quote=shown.quote)


def _rubric(plan: InterviewPlan) -> tuple[frozenset[str], ...]:
    """The words of each criterion, as stems."""
    language = plan.language.split("-")[0]
    return tuple(frozenset(stems(each.text, language)) for item in plan.items for each in item.criteria)


def without_echoes(answer: PreparedAnswer, rubric: Sequence[frozenset[str]]) -> PreparedAnswer:
    """The answer without the passages that recite a criterion: saying what is listened for shows nothing."""
    recited = {
        text.strip()
        for window in answer.windows
        for _, text in sentences(window.text)
        if any(similarity(stems(text, answer.language), words) >= ECHO_SHARE for words in rubric if words)
    }
    kept = tuple(
        window
        for window in answer.windows
        if not any(text.strip() in recited for _, text in sentences(window.text))
    )
    return replace(answer, windows=kept) if recited else answer


def _remarks(plan: InterviewPlan, dimension: Dimension, said: Sequence[Utterance]) -> tuple[str, ...]:
    """Remarks for a reviewer. They never change a score."""
    language = plan.language.split("-")[0]
    rubric = [
        stems(c.text, language)
        for item in plan.items_of(dimension.id)
        for c in item.criteria
        if c.signal is None
    ]
    echoes = any(
        similarity(stems(each.text, language), text) >= ECHO_SHARE for each in said for text in rubric
    )
    return ("rubric_echo",) if echoes else ()
