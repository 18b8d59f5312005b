"""RuleFindings: provisional findings without any model, the same every time.

It reads words, not meaning. It cannot see that a confident answer is wrong, so what it finds never leads to a
recommendation; it gives a person somewhere to start, with the candidate's own words.
"""

from collections.abc import Mapping, Sequence

from domain.plan.items import Criterion, Dimension, InterviewPlan
from domain.scoring.coverage import NOTHING, Coverage, Heard, coverage
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
from domain.text.answers import read_answer, speaks_another_language, without_orders
from domain.text.tokens import alike, stems

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
    said = evidence.on(item.id for item in items)
    if said and all(_foreign(each, plan.language) for each in said):
        # words cannot be compared across languages, and a zero would be a lie
        return DimensionFindings(dimension_id=dimension.id, problem="other_language")
    found: list[Finding] = []
    for item in items:
        own = {
            each.id: Heard.of(each.text, each.question, plan.language)
            for each in said
            if each.item_id in (item.id, None)
        }
        found += [_finding(criterion, own) for criterion in item.criteria if not criterion.measured]
    return DimensionFindings(
        dimension_id=dimension.id,
        findings=tuple(found),
        rationale="Word comparison only: what the words mean was not judged.",
        samples=(tuple(found),),
        remarks=_remarks(plan, dimension, said),
    )


def _foreign(utterance: Utterance, language: str) -> bool:
    return speaks_another_language(read_answer(without_orders(utterance.text)), language)


def _finding(criterion: Criterion, said: Mapping[int, Heard]) -> Finding:
    """The best of the answers counts; of equals the earliest."""
    best: tuple[Coverage, int | None] = (NOTHING, None)
    for utterance, heard in said.items():
        seen = coverage(criterion, heard)
        if (POINTS[seen.status], seen.share) > (POINTS[best[0].status], best[0].share):
            best = (seen, utterance)
    seen, source = best
    if seen.status is Status.not_met:
        return Finding(criterion_id=criterion.id, status=Status.not_met)
    return Finding(criterion_id=criterion.id, status=seen.status, utterance_id=source, quote=seen.quote)


def _remarks(plan: InterviewPlan, dimension: Dimension, said: Sequence[Utterance]) -> tuple[str, ...]:
    """Observations for a reviewer: they never change a number."""
    language = plan.language.split("-")[0]
    rubric = [
        stems(c.text, language)
        for item in plan.items_of(dimension.id)
        for c in item.criteria
        if c.signal is None
    ]
    echoes = any(alike(stems(each.text, language), text) >= ECHO_SHARE for each in said for text in rubric)
    return ("rubric_echo",) if echoes else ()
