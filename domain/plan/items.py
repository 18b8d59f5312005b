"""The plan of one interview: what is asked, by which criteria it is judged, and how points become a score.

`domain.plan.compiler` makes it once, when the session starts; it is stored with the session and never changes, so that
every score can be derived again. Persona, tone, style, difficulty and probing depth live in `Manner` and change the
conversation; criteria come from the rubric alone.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from domain.frozen import Frozen
from domain.plan.question_patterns import Signal
from domain.plan.sources import CaseSource, OutputSource
from domain.vocabulary import (
    ProfileDifficulty,
    Scale,
    ScoringMethod,
    SessionMode,
    Style,
    SuccessOutcome,
    Tone,
    UseCase,
)


class ItemKind(StrEnum):
    talk = "talk"
    code = "code"


class Criterion(Frozen):
    """One observable statement that an answer meets or not."""

    id: str
    text: str
    probe: str = ""
    signal: Signal | None = None
    terms: tuple[str, ...] = ()
    must_have: bool = False
    measured: bool = False


class CodingTask(Frozen):
    """What the candidate's editor and the sandbox need."""

    title: str
    statement: str
    languages: tuple[str, ...]
    starter: dict[str, str]
    cases: tuple[CaseSource, ...]


class Item(Frozen):
    """One main question with everything that belongs to it."""

    id: str
    dimension_id: str
    kind: ItemKind = ItemKind.talk
    # easier, common, harder: the same criteria hold for all three
    questions: tuple[str, str, str]
    criteria: tuple[Criterion, ...]
    anchors: dict[str, str] = Field(default_factory=dict)
    minutes: Decimal
    weight: int = 1
    anchor: bool = False
    code: CodingTask | None = None
    after: str | None = None

    def question(self, variant: int) -> str:
        """The wording for difficulty 1, 2 or 3."""
        return self.questions[variant - 1]

    def criterion(self, criterion_id: str) -> Criterion | None:
        return next((criterion for criterion in self.criteria if criterion.id == criterion_id), None)


class Dimension(Frozen):
    id: str
    name: str
    description: str = ""
    weight: Decimal


class Manner(Frozen):
    """How the interviewer behaves. No scorer reads this."""

    persona: str = ""
    name: str = ""
    tone: Tone = Tone.professional
    style: Style = Style.structured
    difficulty: ProfileDifficulty = ProfileDifficulty.medium
    variant: int = 2
    adaptive: bool = False
    probing: int = 2
    scenario: str = ""
    background: str = ""
    instructions: str = ""


class Yardstick(Frozen):
    """How points become a score and a score a word."""

    scale: Scale = Scale.ten
    method: ScoringMethod = ScoringMethod.weighted_average
    logic: Any = None
    threshold: Decimal
    outcome: SuccessOutcome
    use_case: UseCase
    output: OutputSource = OutputSource()


class InterviewPlan(Frozen):
    """Everything an interview and its scoring depend on, frozen at the start."""

    version: int = 1
    title: str
    stage: str = ""
    mode: SessionMode
    language: str
    minutes: Decimal
    extra_percent: int = 0
    manner: Manner
    yardstick: Yardstick
    dimensions: tuple[Dimension, ...]
    items: tuple[Item, ...]
    left_out: tuple[str, ...] = Field(
        default=(), description="Attached questions and tasks for which there is no time."
    )

    @property
    def timed(self) -> bool:
        """Whether a clock runs: an asynchronous interview has none."""
        return self.mode is not SessionMode.async_interview

    @property
    def conducted(self) -> bool:
        """Whether an interviewer talks at all: a manual review goes straight to a person."""
        return self.mode is not SessionMode.manual_review

    @property
    def seconds(self) -> float:
        """The whole time of the conversation, the participant's extra time included."""
        return float(self.minutes) * 60 * (100 + self.extra_percent) / 100

    def item(self, item_id: str) -> Item:
        return next(item for item in self.items if item.id == item_id)

    def dimension(self, dimension_id: str) -> Dimension:
        return next(dimension for dimension in self.dimensions if dimension.id == dimension_id)

    def items_of(self, dimension_id: str) -> list[Item]:
        return [item for item in self.items if item.dimension_id == dimension_id]
