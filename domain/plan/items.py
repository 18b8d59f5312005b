"""The plan of one interview: what is asked, by which criteria it is scored, and how points become a score.

`domain.plan.compiler` compiles it once, when the session starts. It is stored with the session and never changes, so
that every score can be recomputed. `Manner` (persona, tone, style, difficulty, probing depth) changes only the
conversation; the criteria come from the rubric alone.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from domain.frozen import Frozen
from domain.plan.question_patterns import Signal
from domain.plan.script import Fact, Scene
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
    # one dimension of a scene: all of them are listened for from its first line to its last
    scene = "scene"


class Criterion(Frozen):
    """One observable statement that an answer meets or does not meet.

    `probe` is the follow-up question for it. `signal` and `terms` say what the rules look for in place of the text's
    words. `measured` criteria are decided by the sandbox alone.
    """

    id: str
    text: str
    probe: str = ""
    signal: Signal | None = None
    terms: tuple[str, ...] = ()
    must_have: bool = False
    measured: bool = False


class CodingTask(Frozen):
    """A coding task as the candidate's editor and the sandbox need it."""

    title: str
    statement: str
    languages: tuple[str, ...]
    starter: dict[str, str]
    cases: tuple[CaseSource, ...]


class Item(Frozen):
    """One main question with its criteria.

    `anchors` describe low, middle and high answers. `anchor` marks the item that every candidate gets at the same
    difficulty, one for each dimension. `minutes` is the planned time, `weight` the share within the dimension, `after`
    the id of the coding item that this question is about. `follow_up` is asked when the criteria are heard;
    `may_skip` says whether the candidate may pass without giving a reason.
    """

    id: str
    dimension_id: str
    kind: ItemKind = ItemKind.talk
    # easier, common, harder: all three share the criteria
    questions: tuple[str, str, str]
    criteria: tuple[Criterion, ...]
    anchors: dict[str, str] = Field(default_factory=dict)
    minutes: Decimal
    weight: int = 1
    anchor: bool = False
    code: CodingTask | None = None
    after: str | None = None
    follow_up: str = ""
    may_skip: bool = True

    def question(self, variant: int) -> str:
        """The wording for variant 1 (easier), 2 (common) or 3 (harder)."""
        return self.questions[variant - 1]

    def criterion(self, criterion_id: str) -> Criterion | None:
        """The criterion with this id, or None."""
        return next((criterion for criterion in self.criteria if criterion.id == criterion_id), None)


class PlanSource(StrEnum):
    """Where the questions come from: a script, the library, the question bank, or derived from the rubric."""

    script = "script"
    library = "library"
    bank = "bank"
    derived = "derived"


class Dimension(Frozen):
    id: str
    name: str
    description: str = ""
    weight: Decimal


class Manner(Frozen):
    """How the interviewer behaves. No scorer reads this.

    `variant` is the usual wording (1 to 3), `adaptive` lets it follow the answers, `probing` is the number of probes
    for an item.
    """

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
    """How points become a score, and a score a recommendation. `logic` is the profile's `recommendationLogic`."""

    scale: Scale = Scale.ten
    method: ScoringMethod = ScoringMethod.weighted_average
    logic: Any = None
    threshold: Decimal
    outcome: SuccessOutcome
    use_case: UseCase
    output: OutputSource = OutputSource()


class InterviewPlan(Frozen):
    """Everything that an interview and its scoring depend on, frozen when the session starts."""

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
    source: PlanSource = PlanSource.derived
    opening: str = Field(default="", description="Said first, after greeting and AI notice.")
    closing: str = Field(default="", description="Said last, before the thanks.")
    facts: tuple[Fact, ...] = ()
    scene: Scene | None = None

    @property
    def timed(self) -> bool:
        """Whether time is limited. An asynchronous interview has no time limit."""
        return self.mode is not SessionMode.async_interview

    @property
    def conducted(self) -> bool:
        """Whether there is a conversation. A manual review goes straight to a person."""
        return self.mode is not SessionMode.manual_review

    @property
    def seconds(self) -> float:
        """The time limit in seconds, including the participant's extra time."""
        return float(self.minutes) * 60 * (100 + self.extra_percent) / 100

    def item(self, item_id: str) -> Item:
        """The item with this id; `StopIteration` when there is none."""
        return next(item for item in self.items if item.id == item_id)

    def dimension(self, dimension_id: str) -> Dimension:
        """The dimension with this id; `StopIteration` when there is none."""
        return next(dimension for dimension in self.dimensions if dimension.id == dimension_id)

    def listened_with(self, item: Item) -> frozenset[str]:
        """The items whose answers count for this one: all dimensions of a scene listen to the whole of it."""
        if item.kind is not ItemKind.scene:
            return frozenset((item.id,))
        return frozenset(each.id for each in self.items if each.kind is ItemKind.scene)

    def items_of(self, dimension_id: str) -> list[Item]:
        """The items of one dimension, in the order in which they are asked."""
        return [item for item in self.items if item.dimension_id == dimension_id]
