"""What a report opens with: the strongest passages and the open points, at most three of each, from the card alone.

Nothing here judges. Where nobody has judged, a passage is one that may bear on its criterion, and an open point says
what to read, never that something is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from domain.frozen import Frozen
from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence, Status, Utterance
from domain.scoring.scorecard import CriterionScore, DimensionScore, Scorecard
from domain.text.answers import FlagKind
from domain.text.tokens import sentences

MOST = 3
LONGEST_QUOTE = 240


class PointKind(StrEnum):
    """Why a point is open."""

    question_for_people = "question_for_people"
    contradicted = "contradicted"
    not_shown = "not_shown"
    partly = "partly"
    not_found = "not_found"
    not_reached = "not_reached"


class Passage(Frozen):
    """A quote with what it counts for. `judged` is false where it only may bear on the criterion."""

    dimension: str
    criterion: str
    quote: str
    turn: int
    judged: bool


class OpenPoint(Frozen):
    """Something to ask about or to read. `text` is a criterion or a question of ours; `quote` the candidate's words."""

    kind: PointKind
    text: str = ""
    dimension: str = ""
    quote: str = ""
    turn: int | None = None


def strongest_passages(card: Scorecard) -> tuple[Passage, ...]:
    """Quotes for what was shown, and passages that were only marked; one of each dimension first."""
    rank = {Status.met: 0, None: 1}
    found = [
        (place, rank[each.status], row.name, each)
        for row in card.evaluation_breakdown or ()
        for place, each in enumerate(_quoted(row, rank))
    ]
    found.sort(key=lambda each: (each[1], each[0]))
    seen: set[str] = set()
    passages = []
    for _, _, name, each in found:
        if each.turn is not None and each.quote not in seen:
            seen.add(each.quote)
            passages.append(
                Passage(
                    dimension=name,
                    criterion=each.text,
                    quote=_shortened(each.quote),
                    turn=each.turn,
                    judged=each.status is not None,
                )
            )
    return tuple(passages[:MOST])


def open_points(
    card: Scorecard, plan: InterviewPlan, evidence: Evidence, said: Mapping[int, str]
) -> tuple[OpenPoint, ...]:
    """What is open, the most pressing first: what only people can answer, what speaks against somebody, what is not
    shown or not found, what was not reached. `said` are the candidate's messages by their turn, answers or not."""
    rows = card.evaluation_breakdown or ()
    criteria = [(row, each) for row in rows for each in row.criteria if each.measured is None]
    must = {each.id for item in plan.items for each in item.criteria if each.must_have}
    criteria.sort(key=lambda pair: pair[1].criterion_id not in must)
    return tuple(
        [
            *list(_questions(card, plan, said))[:1],
            *_of_status(criteria, Status.contradicted, PointKind.contradicted, plan, evidence),
            *_of_status(criteria, Status.not_met, PointKind.not_shown, plan, evidence),
            *_of_status(criteria, Status.partly, PointKind.partly, plan, evidence),
            *_of_status(criteria, None, PointKind.not_found, plan, evidence),
            *_not_reached(plan, evidence),
        ][:MOST]
    )


def _quoted(row: DimensionScore, ranked: Iterable[Status | None]) -> list[CriterionScore]:
    return [each for each in row.criteria if each.quote and each.measured is None and each.status in ranked]


def _questions(card: Scorecard, plan: InterviewPlan, said: Mapping[int, str]) -> Iterable[OpenPoint]:
    """Questions that the candidate put and only people can answer. Their words stand in the transcript."""
    shown = plan.yardstick.output.transcript
    for flag in card.flags:
        if flag.kind is FlagKind.question_for_people and shown:
            quote = said.get(flag.utterance, "")
            yield OpenPoint(kind=PointKind.question_for_people, quote=_shortened(quote), turn=flag.utterance)


def _of_status(
    criteria: Sequence[tuple[DimensionScore, CriterionScore]],
    status: Status | None,
    kind: PointKind,
    plan: InterviewPlan,
    evidence: Evidence,
) -> Iterable[OpenPoint]:
    for row, each in criteria:
        if each.status is not status or (status is None and each.quote):
            continue
        answer = None if each.quote else _answer_to(each, plan, evidence)
        yield OpenPoint(
            kind=kind,
            text=each.text,
            dimension=row.name,
            quote=_shortened(each.quote or (answer.text if answer else "")),
            turn=each.turn if each.quote else (answer.id if answer else None),
        )


def _answer_to(criterion: CriterionScore, plan: InterviewPlan, evidence: Evidence) -> Utterance | None:
    """The first answer to the criterion's question: where to read."""
    if criterion.question is None:
        return None
    item = plan.items[criterion.question - 1].id
    return next((said for said in evidence.utterances if said.item_id == item), None)


def _not_reached(plan: InterviewPlan, evidence: Evidence) -> Iterable[OpenPoint]:
    for item in plan.items:
        if item.id not in evidence.asked:
            yield OpenPoint(
                kind=PointKind.not_reached,
                text=item.question(evidence.variants.get(item.id, 2)),
                dimension=plan.dimension(item.dimension_id).name,
            )


def _shortened(text: str) -> str:
    """The first sentences of a quote, cut at a word where even one is too long. Ends with … where something is cut."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_QUOTE:
        return text
    kept = ""
    for start, sentence in sentences(text):
        if start + len(sentence) > LONGEST_QUOTE:
            break
        kept = text[: start + len(sentence)]
    return f"{kept or text[:LONGEST_QUOTE].rsplit(' ', 1)[0]} …"
