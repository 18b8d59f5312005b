"""What happens in a conversation, as values: the interviewer's moves and the events that the log holds."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.frozen import Frozen
from domain.interview.model_turn import NOTHING_READ, Reading

# --- Moves ----------------------------------------------------------------------------------------------


class MoveKind(StrEnum):
    open = "open"
    ask = "ask"
    probe = "probe"
    clarify = "clarify"
    remind = "remind"
    code_task = "code_task"
    close = "close"


class Move(Frozen):
    """One step of the interviewer, decided but not yet worded. `reason` is a key of the catalog in `phrases`."""

    kind: MoveKind
    reason: str = ""
    item_id: str | None = None
    criterion_id: str | None = None
    variant: int = 2
    text: str = Field(default="", description="The question to ask, where the plan prescribes one.")
    not_reached: tuple[str, ...] = Field(default=(), description="Items that will not be asked any more.")
    parts: tuple[str, ...] = Field(default=(), description="What a reply is made of, as keys of the catalog.")
    told: tuple[str, ...] = Field(default=(), description="Facts that are told, word for word.")
    minutes_left: int | None = Field(default=None, description="Told to whoever asks for the time.")
    questions_left: int | None = Field(default=None, description="Told to whoever asks how many are left.")
    language: str | None = Field(default=None, description="The language that the candidate wrote in.")

    @property
    def key(self) -> str:
        """Two moves with the same key are the same step. A step that happens once is recognised by it."""
        return f"{self.kind}:{self.criterion_id or self.reason}"


# --- Events ---------------------------------------------------------------------------------------------


class LoggedEvent(Frozen):
    """What every event has: its number in the log and its moment."""

    seq: int
    at: datetime


class Started(LoggedEvent):
    """The candidate begins the interview and the clock starts."""

    kind: Literal["started"] = "started"


class Paused(LoggedEvent):
    """The clock stops: the connection is lost, the server stopped, or the candidate asked for a break."""

    kind: Literal["paused"] = "paused"


class Resumed(LoggedEvent):
    """The clock goes on."""

    kind: Literal["resumed"] = "resumed"


class Extended(LoggedEvent):
    """More interview time, granted by a person or to make up for a technical fault."""

    kind: Literal["extended"] = "extended"
    seconds: float


class Spoke(LoggedEvent):
    """A finished turn of the interviewer. `degraded`: a model was meant to word it and the rules did.

    `reading` is what the model heard in the message that this turn replies to, where that counts.
    """

    kind: Literal["spoke"] = "spoke"
    move: Move
    text: str
    source: Literal["rules", "model"] = "rules"
    degraded: bool = False
    reading: Reading = NOTHING_READ


class Answered(LoggedEvent):
    """A turn of the candidate, exactly as it was sent."""

    kind: Literal["answered"] = "answered"
    text: str


class CodeSubmitted(LoggedEvent):
    """The candidate submitted code. `ran` is false when the sandbox failed; that never counts against the candidate."""

    kind: Literal["code_submitted"] = "code_submitted"
    item_id: str
    passed: int = 0
    total: int = 0
    ran: bool = True


class EndAsked(LoggedEvent):
    """The candidate pressed End, or a person ended the interview."""

    kind: Literal["end_asked"] = "end_asked"
    reason: Literal["candidate_ended", "operator_ended"] = "candidate_ended"


Event = Annotated[
    Started | Paused | Resumed | Extended | Spoke | Answered | CodeSubmitted | EndAsked,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
