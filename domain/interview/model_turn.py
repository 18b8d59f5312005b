"""A model's turn: what it heard in the candidate's message, and its reply. Values only; nothing of it is trusted yet.

`domain.interview.second_reading` decides what of the hearing counts, `domain.interview.turn_gate` whether the reply may
be said.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.frozen import Frozen
from domain.listening.acts import Act


class ReplyKind(StrEnum):
    """What a reply does.

    bridge   a few words before what the program says next
    answer   answers a question of the candidate from the facts
    clarify  puts the open question again, plainer
    probe    one follow-up within the open question
    next     a few words before the next question, which the program asks itself
    """

    bridge = "bridge"
    answer = "answer"
    clarify = "clarify"
    probe = "probe"
    next = "next"


class HeardCriterion(Frozen):
    """A criterion for which the message gives evidence, with the words that do."""

    criterion_id: str = Field(max_length=64)
    quote: str = Field(max_length=1_000)


class ModelReply(Frozen):
    """What the interviewer is to say. `fact` is the number of the fact that an answer tells, counted from 1."""

    kind: ReplyKind
    text: str = Field(max_length=1_200)
    fact: int | None = None


class ModelTurn(Frozen):
    """One structured answer of a model."""

    acts: Annotated[tuple[Act, ...], Field(min_length=1, max_length=6)]
    heard: Annotated[tuple[HeardCriterion, ...], Field(max_length=12)] = ()
    reply: ModelReply


class Reading(Frozen):
    """What of a model's hearing counts. It is logged with the reply, so that the log gives the same state again.

    `acts` is empty where the built-in reading stands. `evidence` has verified quotes only.
    """

    acts: tuple[Act, ...] = ()
    evidence: tuple[HeardCriterion, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether the built-in reading stands as it is."""
        return not self.acts and not self.evidence


NOTHING_READ = Reading()
