"""Words a decided move: by the model where one is set and may word it, else by rule."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Protocol

from domain.interview.events import Move
from domain.interview.log import Entry
from domain.interview.prompts import PromptTurn
from domain.interview.state import Interview
from domain.interview.wording import LINK_HOURS, MODEL_WORDED, RuleWording
from domain.plan.items import InterviewPlan
from server.interview.connections import Frame


class Voice(Protocol):
    """A model that words turns: pieces that may be shown, then one finished turn."""

    def say(
        self,
        plan: InterviewPlan,
        move: Move,
        state: Interview,
        history: list[PromptTurn],
        minutes_left: int | None = None,
    ) -> AsyncIterator[Any]: ...


async def word_turn(
    voice: Voice | None,
    plan: InterviewPlan,
    move: Move,
    state: Interview,
    entries: Sequence[Entry],
    minutes_left: int | None,
    show: Callable[[Frame], None],
    link_hours: float = LINK_HOURS,
) -> dict[str, Any]:
    """Word one turn as it is logged: `text`, `source` and `degraded`. Pieces are shown as they come."""
    # what no model words needs no model
    if voice is None or move.kind not in MODEL_WORDED:
        return {"text": RuleWording(plan, link_hours).say(move, state), "source": "rules", "degraded": False}
    show({"type": "thinking"})
    async for piece in voice.say(plan, move, state, _history(entries), minutes_left):
        if hasattr(piece, "source"):
            return {"text": piece.text, "source": piece.source, "degraded": piece.degraded}
        show({"type": "delta", "body": {"text": piece.text}})
    raise AssertionError("a wording ends with a turn")


def _history(entries: Sequence[Entry]) -> list[PromptTurn]:
    return [
        PromptTurn(by_candidate=entry.kind == "answer", text=entry.body["text"])
        for entry in entries
        if entry.kind in ("interviewer", "answer")
    ]
