"""Findings by rules: provisional, without any model, always the same for the same evidence.

Rules compare words, not meaning. They cannot tell that a confident answer is false, so their findings never lead to a
recommendation. They give a reviewer a first overview, with the candidate's own words.
"""

from collections.abc import Mapping, Sequence

from domain.plan.items import Criterion, Dimension, InterviewPlan
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
from domain.text.tokens import similarity, stems

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
        # words of different languages cannot be compared, and a zero would be false
        return DimensionFindings(dimension_id=dimension.id, problem="other_language")
    found: list[Finding] = []
    for item in items:
        answers = {
            each.id: PreparedAnswer.of(each.text, each.question, plan.language)
            for each in said
            if each.item_id is None or each.item_id in plan.listened_with(item)
        }
        found += [_finding(criterion, answers) for criterion in item.criteria if not criterion.measured]
    return DimensionFindings(
        dimension_id=dimension.id,
        findings=tuple(found),
        rationale="Word comparison only: what the words mean was not judged.",
        samples=(tuple(found),),
        remarks=_remarks(plan, dimension, said),
    )


def _is_foreign(utterance: Utterance, language: str) -> bool:
    return speaks_another_language(read_answer(without_injections(utterance.text)), language)


def _finding(criterion: Criterion, answers: Mapping[int, PreparedAnswer]) -> Finding:
    """The finding on one criterion: the best answer counts, the earliest of equals."""
    best: tuple[Coverage, int | None] = (NOT_COVERED, None)
    for utterance_id, answer in answers.items():
        shown = coverage(criterion, answer)
        if (POINTS[shown.status], shown.share) > (POINTS[best[0].status], best[0].share):
            best = (shown, utterance_id)
    shown, source = best
    if shown.status is Status.not_met:
        return Finding(criterion_id=criterion.id, status=Status.not_met)
    return Finding(criterion_id=criterion.id, status=shown.status, utterance_id=source, quote=shown.quote)


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
