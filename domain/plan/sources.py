"""The inputs of a plan: profile, template, stage, question bank and coding tasks.

They are read from rows of storage and from request bodies alike, in both spellings of a member. Requests are validated
elsewhere: here a missing member takes its default.
"""

from decimal import Decimal
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from domain.vocabulary import (
    Difficulty,
    ProbingDepth,
    ProfileDifficulty,
    Scale,
    ScoringMethod,
    SessionMode,
    StageType,
    Style,
    SuccessOutcome,
    Tone,
    UseCase,
)


class Source(BaseModel):
    """An input of a plan. A missing or null member takes its default."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True, extra="ignore", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any, info: Any) -> Any:
        if value is not None:
            return value
        field = cls.model_fields[info.field_name]
        return None if field.is_required() else field.get_default(call_default_factory=True)


class DimensionSource(Source):
    name: str
    description: str = ""
    weight: Decimal = Decimal(0)


class InteractionSource(Source):
    tone: Tone = Tone.professional
    style: Style = Style.structured
    difficulty: ProfileDifficulty = ProfileDifficulty.medium
    probing_depth: ProbingDepth = Field(
        default=ProbingDepth.medium, validation_alias=AliasChoices("probingDepth", "probing_depth")
    )


class ScoringSource(Source):
    scale: Scale = Scale.ten
    method: ScoringMethod = Field(
        default=ScoringMethod.weighted_average,
        validation_alias=AliasChoices("scoringMethod", "scoring_method", "method"),
    )
    logic: Any = Field(
        default=None, validation_alias=AliasChoices("recommendationLogic", "recommendation_logic", "logic")
    )


class OutputSource(Source):
    """Which members a scorecard shows. All of them are stored in any case."""

    transcript: bool = Field(default=True, validation_alias=AliasChoices("includeTranscript", "transcript"))
    breakdown: bool = Field(default=True, validation_alias=AliasChoices("includeScoreBreakdown", "breakdown"))
    recommendation: bool = Field(
        default=True, validation_alias=AliasChoices("includeRecommendation", "recommendation")
    )
    feedback: bool = Field(
        default=True, validation_alias=AliasChoices("includeImprovementFeedback", "feedback")
    )


class ContextSource(Source):
    organization: str = Field(
        default="", validation_alias=AliasChoices("organizationContext", "organization")
    )
    domain: str = Field(default="", validation_alias=AliasChoices("domainContext", "domain"))
    scenario: str = Field(default="", validation_alias=AliasChoices("scenarioContext", "scenario"))


class ProfileSource(Source):
    """The agent profile."""

    name: str = ""
    persona: str = ""
    evaluation_dimensions: tuple[DimensionSource, ...] = Field(
        default=(), validation_alias=AliasChoices("evaluation_dimensions", "evaluationDimensions")
    )
    context: ContextSource = ContextSource()
    interaction: InteractionSource = InteractionSource()
    scoring: ScoringSource = ScoringSource()
    output: OutputSource = OutputSource()
    additional_instructions: str = Field(
        default="", validation_alias=AliasChoices("additional_instructions", "additionalInstructions")
    )


class TemplateSource(Source):
    """The evaluation template."""

    template_name: str
    use_case: UseCase
    success_outcome: SuccessOutcome | None = None
    objective: str = ""
    industry: str = ""
    level: str = ""
    requirements: str = ""
    skills: tuple[str, ...] = ()
    soft_skills: tuple[str, ...] = ()
    additional_context: str = ""
    default_duration_minutes: int = 30
    default_difficulty: Difficulty = Difficulty.intermediate
    session_mode: SessionMode = SessionMode.live_ai_interview
    language: str = "en"


class StageSource(Source):
    """The evaluation stage, where there is one."""

    type: str = ""
    stage_name: str = ""
    stage_type: StageType = StageType.ai_interview
    duration_minutes: int | None = None
    difficulty: Difficulty | None = None
    pass_threshold: Decimal | None = None


class QuestionSource(Source):
    """A question of the question bank. Without criteria it gets criteria derived from its dimension."""

    question: str
    dimension: str = ""
    easier: str = ""
    harder: str = ""
    criteria: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    anchors: dict[str, str] = Field(default_factory=dict)
    minutes: Decimal | None = None
    mandatory: bool = True
    must_have: tuple[str, ...] = ()


class CaseSource(Source):
    input: str = ""
    expected_output: str = Field(
        default="", validation_alias=AliasChoices("expected_output", "expectedOutput")
    )
    name: str = ""
    hidden: bool = False


class CodingTaskSource(Source):
    """A coding task attached to a template or stage."""

    title: str
    statement: str
    dimension: str = ""
    languages: tuple[str, ...] = ("python", "javascript", "typescript")
    starter: dict[str, str] = Field(default_factory=dict)
    cases: tuple[CaseSource, ...] = ()
    minutes: Decimal = Decimal(15)
