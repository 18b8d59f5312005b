"""Follow-ups: whether one is due, and which. One is chosen for a criterion without evidence, never by its place."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from domain.interview.events import Move, MoveKind
from domain.interview.ordering import MIN_ITEM_SECONDS, prepared_answers
from domain.interview.phrases.catalog import phrases_for
from domain.interview.state import AskedItem, Interview, elapsed, seconds_left
from domain.interview.unsaid import first_unsaid, is_unsaid
from domain.plan.items import Criterion, Item
from domain.scoring.coverage import is_covered
from domain.text.answers import Features
from domain.text.tokens import stems
from domain.vocabulary import ProfileDifficulty, SessionMode, Style

# A follow-up needs this much of the item's own budget.
PROBE_SECONDS = 45.0

_ASKS_FOR_A_CASE = re.compile(
    r"\b(?:examples?|instances?|concrete|real case|specific case|one case"
    r"|beispiele?|konkrete[nrs]?|echten? fall|einem fall)\b",
    re.IGNORECASE,
)

FollowUp = tuple[str, Criterion | None]


def probe(state: Interview, item: Item, current: AskedItem, features: Features, now: datetime) -> Move | None:
    """A follow-up, if depth and time allow one and there is something worth asking that was not asked before."""
    if not has_time(state, current, now):
        return None
    if current.probes < state.plan.manner.probing:
        missing = missing_criteria(state, item, current)
        for reason, criterion in _follow_ups(state, item, features, missing):
            move = _move(state, item, current, reason, criterion)
            if move.key not in current.move_keys and _has_words(state, move, features):
                return move
    return _offer_retry(state, item, current)


def easier_way_in(state: Interview, item: Item, current: AskedItem, now: datetime) -> Move | None:
    """The easier form of the question for somebody who cannot answer it, once; None when the item has none."""
    move = _move(state, item, current, "simpler", None)
    same = item.question(1) == item.question(current.variant)
    if same or current.probes or move.key in current.move_keys or not has_time(state, current, now):
        return None
    return move if is_unsaid(move.text, state.said) else None


def encouragement(state: Interview, current: AskedItem, now: datetime) -> Move | None:
    """An easy interviewer asks for a first thought."""
    manner = state.plan.manner
    move = Move(kind=MoveKind.probe, reason="encourage", item_id=current.item_id, variant=current.variant)
    gentle = manner.difficulty is ProfileDifficulty.easy and not current.probes and manner.probing
    return move if gentle and has_time(state, current, now) and _has_phrase(state, "encourage") else None


def has_time(state: Interview, current: AskedItem, now: datetime) -> bool:
    """Whether the item's budget and the interview leave time for a follow-up."""
    if not state.plan.timed:
        return True
    within_item = elapsed(state, now) - current.at + PROBE_SECONDS <= current.budget
    return within_item and seconds_left(state, now) > MIN_ITEM_SECONDS


def missing_criteria(state: Interview, item: Item, current: AskedItem) -> list[Criterion]:
    """Criteria that the answers so far do not seem to address. This is a guess, so probes ask open questions."""
    heard = prepared_answers(state, current)
    return [
        each for each in item.criteria if each.id not in current.evidenced and not is_covered(each, heard)
    ]


def _move(state: Interview, item: Item, current: AskedItem, reason: str, criterion: Criterion | None) -> Move:
    text = {"simpler": item.question(1), "follow_up": item.follow_up}.get(reason, "")
    return Move(
        kind=MoveKind.probe,
        reason=reason,
        item_id=item.id,
        criterion_id=criterion.id if criterion else None,
        variant=1 if reason == "simpler" else current.variant,
        text=criterion.probe if criterion else text,
    )


def _has_words(state: Interview, move: Move, features: Features) -> bool:
    """Whether this can be asked in words that were not said before, and not for a case that was just given."""
    if move.text and not is_unsaid(move.text, state.said):
        return False
    if features.concrete and (move.reason == "vague" or _ASKS_FOR_A_CASE.search(move.text)):
        return False
    return bool(move.text) or _has_phrase(state, move.reason)


def _has_phrase(state: Interview, reason: str) -> bool:
    manner = state.plan.manner
    phrases = phrases_for(state.plan.language).probe[reason][manner.tone.value]
    return bool(first_unsaid(phrases, state.said))


def _follow_ups(
    state: Interview, item: Item, features: Features, missing: Sequence[Criterion]
) -> list[FollowUp]:
    """Possible follow-ups, the best first. Structured interviews and role plays use prepared probes only."""
    manner = state.plan.manner
    prepared: list[FollowUp] = [("criterion", each) for each in _by_relation(state, missing)]
    if not missing and item.follow_up:
        prepared.append(("follow_up", None))
    mostly_answered = len(missing) <= len(item.criteria) // 2
    pressing: list[FollowUp] = []
    if manner.difficulty is ProfileDifficulty.hard and not features.short:
        pressing = [("challenge", None)]
    if state.plan.mode is SessionMode.roleplay_simulation:
        return prepared  # any other probe would break the role
    if manner.style is Style.structured:
        return [*prepared, *(pressing if mostly_answered else [])]
    free = list(_free_probes(features))
    deeper: list[FollowUp] = []
    if not missing and manner.difficulty is not ProfileDifficulty.easy:
        deeper = [("deeper", None)]
    if manner.style is Style.adaptive:
        lost = len(missing) == len(item.criteria) and item.questions[0] != item.questions[1]
        simpler: list[FollowUp] = [("simpler", None)] if lost else []
        return [*simpler, *(pressing if mostly_answered else []), *free, *prepared, *deeper]
    return [*free, *(pressing if mostly_answered else []), *prepared, *deeper]


def _free_probes(features: Features) -> Iterator[FollowUp]:
    if features.short:
        yield "short", None
    if features.hedged:
        yield "hedge", None
    if features.vague:
        yield "vague", None


def _by_relation(state: Interview, missing: Sequence[Criterion]) -> list[Criterion]:
    """The criteria without evidence that have a probe: needed ones first, then those nearest to what was just said."""
    language = state.plan.language.split("-")[0]
    said = set(stems(state.pending_text, language))

    def rank(criterion: Criterion) -> tuple[bool, int]:
        return not criterion.must_have, -len(
            said & set(stems(f"{criterion.text} {criterion.probe}", language))
        )

    return sorted((each for each in missing if each.probe), key=rank)


def _offer_retry(state: Interview, item: Item, current: AskedItem) -> Move | None:
    """In a practice session an answer that misses most criteria may be given once more."""
    if state.plan.mode is not SessionMode.practice_session or "probe:again" in current.move_keys:
        return None
    if len(missing_criteria(state, item, current)) * 2 <= len(item.criteria) or not _has_phrase(
        state, "again"
    ):
        return None
    return Move(kind=MoveKind.probe, reason="again", item_id=item.id, variant=current.variant)
