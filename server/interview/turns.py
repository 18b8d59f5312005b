"""Says a decided move: with a model where one is set up and may, else by rule. Nobody waits longer than `patience`.

Every turn is logged with its author: `source`, and where a model was asked, its name, the prompt, and why the rules
worded it instead.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from domain.interview.events import Move
from domain.interview.log import Entry
from domain.interview.model_turn import NOTHING_READ, ModelTurn, Reading
from domain.interview.prompts import PromptTurn, TurnFrame, turn_prompt_hash
from domain.interview.state import Interview, seconds_left
from domain.interview.turn_taking import Refused, Taken, asks_model, frame_for, settle
from domain.interview.wording import LINK_HOURS, RuleWording
from domain.plan.items import InterviewPlan
from server.interview.breaker import Breaker

# A refused reply is asked for so often in all.
ATTEMPTS = 2
# After so many refused turns in a row, a model is not asked for the next ones of this interview.
REFUSED_IN_A_ROW, TURNS_OF_REST = 2, 3
RESTING = "resting"


class Voice(Protocol):
    """A model that takes turns. `label` names it as `provider:name`."""

    label: str

    async def take_turn(
        self, plan: InterviewPlan, history: Sequence[PromptTurn], frame: TurnFrame
    ) -> ModelTurn | None: ...


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as it is said and logged. `reason` says why a model that was meant to word it did not."""

    move: Move
    text: str
    source: str = "rules"
    reason: str = ""
    reading: Reading = NOTHING_READ
    model: str = ""

    def body(self) -> dict[str, Any]:
        """The turn as an entry of the log."""
        author = {"model": self.model, "prompt": turn_prompt_hash()} if self.model else {}
        reading = {} if self.reading.changes_nothing else {"reading": self.reading.model_dump(mode="json")}
        return {
            "move": self.move.model_dump(mode="json"),
            "text": self.text,
            "source": self.source,
            "degraded": bool(self.reason),
            **({"reason": self.reason} if self.reason else {}),
            **author,
            **reading,
        }


@dataclass(frozen=True, slots=True)
class Conversation:
    """An interview at the moment at which a turn is due. `agreed`: the candidate's consent named the model."""

    state: Interview
    move: Move
    entries: Sequence[Entry]
    clock: Callable[[], datetime]
    agreed: bool = False
    link_hours: float = LINK_HOURS

    @property
    def words(self) -> RuleWording:
        return RuleWording(self.state.plan, self.link_hours)

    @property
    def own(self) -> list[str]:
        """All that the interviewer said."""
        return [entry.body["text"] for entry in self.entries if entry.kind == "interviewer"]

    @property
    def history(self) -> list[PromptTurn]:
        return [
            PromptTurn(by_candidate=entry.kind == "answer", text=entry.body["text"])
            for entry in self.entries
            if entry.kind in ("interviewer", "answer")
        ]

    def by_rule(self, reason: str = "", model: str = "") -> Said:
        """The decided move in the catalog's words."""
        return Said(self.move, self.words.say(self.move, self.state), reason=reason, model=model)

    def frame(self, refused: Sequence[str] = ()) -> TurnFrame:
        now = self.clock()
        timed = self.state.plan.timed
        left = max(0, int(seconds_left(self.state, now) // 60)) if timed else None
        return frame_for(self.state, self.move, now, left, refused)


@dataclass(slots=True)
class TurnTaker:
    """Says turns for all interviews of a process, with one model or none.

    `patience` is how many seconds a candidate waits at most for the model's words.
    """

    voice: Voice | None = None
    patience: float = 8.0
    breaker: Breaker = field(default_factory=Breaker)

    async def say(
        self,
        talk: Conversation,
        thinking: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> Said:
        """One turn. `thinking` is called before anybody waits; `spawn` runs what nobody waits for."""
        voice = self.voice
        if voice is None or not talk.agreed or not asks_model(talk.state, talk.move):
            return talk.by_rule()
        if self.breaker.is_open:
            if self.breaker.begin_trial(talk.clock()):
                spawn(self._try_again(voice, talk))
            return talk.by_rule(RESTING, voice.label)
        if _rests(talk.entries):
            return talk.by_rule(RESTING, voice.label)
        thinking()
        return await self._ask(voice, talk)

    async def _ask(self, voice: Voice, talk: Conversation) -> Said:
        refused: tuple[str, ...] = ()
        try:
            async with asyncio.timeout(self.patience):
                for _ in range(ATTEMPTS):
                    turn = await voice.take_turn(talk.state.plan, talk.history, talk.frame(refused))
                    self.breaker.note_success()
                    taken = _settle(talk, turn)
                    if isinstance(taken, Taken):
                        source = "model" if taken.by_model else "rules"
                        return Said(taken.move, taken.text, source, "", taken.reading, voice.label)
                    refused = taken.reasons
        except TimeoutError:
            # a model that answered, but not well enough in time, is not a provider that fails
            if not refused:
                self.breaker.note_failure(talk.clock())
            return talk.by_rule(f"refused:{','.join(refused)}" if refused else "too_slow", voice.label)
        except Exception as failed:
            # whatever a provider's client raises: the interview goes on
            self.breaker.note_failure(talk.clock())
            return talk.by_rule(f"provider:{type(failed).__name__}", voice.label)
        return talk.by_rule(f"refused:{','.join(refused)}", voice.label)

    async def _try_again(self, voice: Voice, talk: Conversation) -> None:
        """One call in the background, to see whether the provider answers again.

        Its end is noted also when the room closes meanwhile: an unfinished trial would keep the model away for good.
        """
        answered = False
        try:
            with suppress(Exception):
                async with asyncio.timeout(self.patience):
                    await voice.take_turn(talk.state.plan, talk.history, talk.frame())
                answered = True
        finally:
            if answered:
                self.breaker.note_success()
            else:
                self.breaker.note_failure(talk.clock())


def _settle(talk: Conversation, turn: ModelTurn | None) -> Taken | Refused:
    if turn is None:
        return Refused(("form",))
    return settle(talk.state, turn, talk.clock(), talk.words, talk.own)


def _rests(entries: Sequence[Entry]) -> bool:
    """Whether this interview leaves the model alone: its last replies were refused, and not long ago."""
    reasons = [
        str(entry.body.get("reason", "")).partition(":")[0]
        for entry in entries
        if entry.kind == "interviewer" and entry.body.get("model")
    ]
    rested = 0
    while reasons and reasons[-1] == RESTING:
        reasons.pop()
        rested += 1
    return rested < TURNS_OF_REST and reasons[-REFUSED_IN_A_ROW:] == ["refused"] * REFUSED_IN_A_ROW
