"""Turns of the interviewer worded by a language model, with the rule wording as the fallback.

Domain code checks every turn before the candidate sees it. A provider that is slow, down or answers nonsense costs a
candidate at most `patience` seconds; then the rule wording is used.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from domain.interview.events import Move
from domain.interview.prompts import MAX_TURNS, PromptTurn, directive, fenced, interviewer_instructions
from domain.interview.scene import in_role
from domain.interview.state import Interview
from domain.interview.turn_filter import TurnFilter
from domain.interview.wording import MODEL_WORDED, RuleWording
from domain.plan.items import InterviewPlan
from server.adapters.model_link import Lanes

PATIENCE_SECONDS = 8.0
TURN_TOKENS = 1_024


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a turn that may be shown already. It is never stored."""

    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A finished turn, which is stored. If `degraded`, it replaces the deltas that were shown."""

    text: str
    source: Literal["rules", "model"]
    degraded: bool = False
    reason: str = ""


class LlmWording:
    """Words the turns that a model may word. All others, and those on which the model fails, are worded by rule."""

    def __init__(self, model: Model, lanes: Lanes, *, patience: float = PATIENCE_SECONDS) -> None:
        self.model = model
        self.lanes = lanes
        self.patience = patience
        self._secret = secrets.token_hex(16)
        self._agent: Agent[None, str] = Agent(None, output_type=str, deps_type=type(None), retries=0)

    async def say(
        self,
        plan: InterviewPlan,
        move: Move,
        state: Interview,
        history: Sequence[PromptTurn],
        minutes_left: int | None = None,
    ) -> AsyncIterator[Delta | Turn]:
        """Yield deltas that passed the checks, then exactly one `Turn`. Errors of the provider are never raised."""
        rules = RuleWording(plan)
        spoken = rules.say(move, state)
        if (
            move.kind not in MODEL_WORDED
            or move.reason in ("last_word", "again")
            or move.parts
            or in_role(move)
        ):
            yield Turn(spoken, "rules")
            return
        turn_filter = TurnFilter(plan, spoken)
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        task = asyncio.create_task(self._stream(plan, spoken, history, minutes_left, pieces))
        reason = ""
        deadline = asyncio.get_running_loop().time() + self.patience
        try:
            while not turn_filter.violations:
                left = deadline - asyncio.get_running_loop().time()
                piece = await asyncio.wait_for(pieces.get(), left)
                if piece is None:
                    break
                if shown := turn_filter.feed(piece):
                    yield Delta(shown)
        except TimeoutError:
            reason = "too_slow"
        finally:
            task.cancel()
            outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        if not reason and isinstance(outcome, Exception):
            reason = f"provider:{type(outcome).__name__}"
        rest = turn_filter.finish() if not reason else ""
        if turn_filter.violations and not reason:
            reason = f"refused:{turn_filter.violations[0]}"
        if reason:
            yield Turn(spoken, "rules", degraded=True, reason=reason)
            return
        if rest:
            yield Delta(rest)
        yield Turn(turn_filter.text.strip(), "model")

    async def _stream(
        self,
        plan: InterviewPlan,
        prescribed: str,
        history: Sequence[PromptTurn],
        minutes_left: int | None,
        pieces: asyncio.Queue[str | None],
    ) -> None:
        """Put the model's words on the queue, then None, also when the call fails."""
        marker = self._marker(plan)
        try:
            async with (
                self.lanes.live,
                self._agent.run_stream(
                    directive(prescribed, minutes_left),
                    model=self.model,
                    instructions=interviewer_instructions(plan, marker),
                    message_history=_messages(history, marker),
                    model_settings=ModelSettings(max_tokens=TURN_TOKENS),
                ) as run,
            ):
                async for delta in run.stream_text(delta=True, debounce_by=None):
                    pieces.put_nowait(delta)
        finally:
            pieces.put_nowait(None)

    def _marker(self, plan: InterviewPlan) -> str:
        # The same within an interview, for the provider's cache, but not to be guessed from outside.
        return hashlib.sha256(f"{self._secret}|{plan.model_dump_json()}".encode()).hexdigest()[:16]


def _messages(history: Sequence[PromptTurn], marker: str) -> list[ModelMessage]:
    """The conversation as messages to a model: the candidate's turns fenced, the interviewer's as its own."""
    messages: list[ModelMessage] = []
    for said in history[-MAX_TURNS:]:
        if said.by_candidate:
            messages.append(ModelRequest(parts=[UserPromptPart(fenced(said.text, marker))]))
        else:
            messages.append(ModelResponse(parts=[TextPart(said.text)]))
    return messages
