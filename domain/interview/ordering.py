"""Which question comes next, at which difficulty, and when there is none left."""

from datetime import datetime

from domain.interview import scene
from domain.interview.events import Move, MoveKind
from domain.interview.state import AskedItem, Interview, elapsed, seconds_left
from domain.plan.items import Item, ItemKind
from domain.scoring.coverage import PreparedAnswer, is_covered

# With less time left than this, an item is not asked.
MIN_ITEM_SECONDS, MIN_CODE_SECONDS = 60.0, 180.0
# The question for a last word needs this much time.
LAST_WORD_SECONDS = 75.0
# After this many questions in a row without an answer the interview ends.
MAX_UNANSWERED = 2
# From this share of criteria that seem covered the next question may be harder; below the other one, easier.
HARDER_FROM, EASIER_BELOW = 0.6, 0.25


def close(state: Interview, reason: str) -> Move:
    """The closing turn."""
    return Move(kind=MoveKind.close, reason=reason, not_reached=state.not_reached)


def move_on(state: Interview, now: datetime, reason: str = "") -> Move:
    """The next question, or the closing turn when there is none or no time for one.

    `reason` says why nobody waits for an answer; after an answer there is none.
    """
    silent = reason in ("no_answer", "topic_over", "code_over")
    if silent and _is_unresponsive(state):
        return close(state, "no_answer")
    upcoming = next_item(state, elapsed(state, now), reason)
    if upcoming is not None:
        return upcoming
    if state.remaining:
        return close(state, "time_over")
    if scene.is_playing(state) or silent or state.nothing_answered or state.last_word:
        return close(state, "finished")
    if state.plan.timed and seconds_left(state, now) < LAST_WORD_SECONDS:
        return close(state, "finished")
    return Move(kind=MoveKind.probe, reason="last_word")


def next_item(state: Interview, at: float, reason: str) -> Move | None:
    """The next item that fits into the time left at this point of interview time."""
    left = state.plan.seconds + state.extended - at
    skipped: list[str] = []
    for item in state.remaining:
        coding = item.kind is ItemKind.code
        if state.plan.timed and left < (MIN_CODE_SECONDS if coding else MIN_ITEM_SECONDS):
            skipped.append(item.id)
            continue
        if item.kind is ItemKind.scene and state.plan.scene is not None:
            return scene.opening_line(state.plan.scene, item.id, skipped)
        variant = _variant(state, item)
        return Move(
            kind=MoveKind.code_task if coding else MoveKind.ask,
            reason=reason,
            item_id=item.id,
            variant=variant,
            text=item.question(variant),
            not_reached=tuple(skipped),
        )
    return None


def prepared_answers(state: Interview, asked: AskedItem) -> PreparedAnswer:
    """What was answered to an item, prepared for all its criteria."""
    question = state.plan.item(asked.item_id).question(asked.variant)
    return PreparedAnswer.of("\n".join(asked.answers), question, state.plan.language)


def _is_unresponsive(state: Interview) -> bool:
    """Whether the current question would be one too many in a row without a reply."""
    current = state.current
    return current is not None and not current.replied and state.unanswered + 1 >= MAX_UNANSWERED


def _variant(state: Interview, item: Item) -> int:
    """The difficulty of an item, 1 to 3. An anchor item is the same for everybody; others may follow the answers."""
    manner = state.plan.manner
    if item.anchor or not manner.adaptive or not state.asked:
        return manner.variant
    results = [
        is_covered(criterion, heard)
        for asked in state.asked
        for heard in (prepared_answers(state, asked),)
        for criterion in state.plan.item(asked.item_id).criteria
        if not criterion.measured
    ]
    share = sum(results) / len(results) if results else 0.5
    lift = 1 if share >= HARDER_FROM else -1 if share < EASIER_BELOW else 0
    return min(3, max(1, manner.variant + lift))
