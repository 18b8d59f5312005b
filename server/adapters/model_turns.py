"""Turns of an interview from a language model: one structured call for each.

Domain code decides what of a turn counts and may be said (`domain.interview.turn_taking`); the live interview bounds
how long it waits (`server.interview.turns`).
"""

import hashlib
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Annotated

from pydantic import ConfigDict, WithJsonSchema, create_model
from pydantic_ai import Agent
from pydantic_ai.exceptions import UnexpectedModelBehavior
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from domain.interview.model_turn import ModelReply, ModelTurn, ReplyKind
from domain.interview.prompts import (
    MAX_TURNS,
    PromptTurn,
    TurnFrame,
    fenced,
    interviewer_instructions,
    turn_request,
)
from domain.plan.items import InterviewPlan
from server.adapters.model_link import Lanes, require_all

TURN_TOKENS = 1_024


class _Reply(ModelReply):
    """What the interviewer is to say. `fact` is the number of the fact that an answer tells, else null."""

    model_config = ConfigDict(json_schema_extra=require_all)


class _Turn(ModelTurn):
    """One structured answer."""

    model_config = ConfigDict(json_schema_extra=require_all)


@cache
def turn_type(kinds: tuple[str, ...]) -> type[ModelTurn]:
    """A turn whose schema knows these kinds of reply only. Others are still read, and refused by name."""
    kind = Annotated[ReplyKind, WithJsonSchema({"type": "string", "enum": list(kinds)})]
    reply = create_model("Reply", __base__=_Reply, __doc__=_Reply.__doc__, kind=(kind, ...))
    return create_model("Turn", __base__=_Turn, __doc__=_Turn.__doc__, reply=(reply, ...))


class LlmTurns:
    """Takes turns. `label` names the model as `provider:name`."""

    def __init__(self, model: Model, label: str, lanes: Lanes) -> None:
        self.model = model
        self.label = label
        self.lanes = lanes
        self._secret = secrets.token_hex(16)
        self._agent: Agent[None, ModelTurn] = Agent(
            None, output_type=ModelTurn, deps_type=type(None), retries=0
        )

    async def take_turn(
        self, plan: InterviewPlan, history: Sequence[PromptTurn], frame: TurnFrame
    ) -> ModelTurn | None:
        """The model's turn; None when its answer is no turn at all. Raises what the provider's client raises."""
        marker = self._marker(plan)
        try:
            async with self.lanes.live:
                run = await self._agent.run(
                    turn_request(frame),
                    output_type=turn_type(tuple(sorted({*frame.if_answer, *frame.if_not}))),
                    model=self.model,
                    instructions=interviewer_instructions(plan, marker),
                    message_history=_messages(history, marker),
                    model_settings=ModelSettings(max_tokens=TURN_TOKENS),
                )
        except UnexpectedModelBehavior:
            return None
        return run.output

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
