"""TemplateCompiler: template, stage, profile and what is attached to them become an `InterviewPlan`.

Without a question bank, sound open questions and observable criteria are derived from the rubric: clauses of a
dimension's description, the template's requirements and skills, and what a good answer shows in any subject.
"""

from collections.abc import Sequence
from decimal import Decimal

from domain.plan.composer import Composer
from domain.plan.dimensions import dimensions_of
from domain.plan.items import InterviewPlan, Manner, Yardstick
from domain.plan.sources import (
    CodingTaskSource,
    ProfileSource,
    QuestionSource,
    StageSource,
    TemplateSource,
)
from domain.vocabulary import (
    DEFAULT_OUTCOME,
    MODE_OF_STAGE,
    Difficulty,
    ProbingDepth,
    SessionMode,
    Style,
)

PROBES: dict[ProbingDepth, int] = {ProbingDepth.low: 1, ProbingDepth.medium: 2, ProbingDepth.high: 3}
VARIANT: dict[Difficulty, int] = {
    Difficulty.beginner: 1,
    Difficulty.intermediate: 2,
    Difficulty.advanced: 3,
    Difficulty.expert: 3,
    Difficulty.adaptive: 2,
}
PASS_SHARE = Decimal("0.6")


def mode_of(template: TemplateSource, stage: StageSource | None) -> SessionMode:
    """A stage's type decides; without a stage the template's mode holds."""
    return MODE_OF_STAGE[stage.stage_type] if stage else template.session_mode


def yardstick_of(template: TemplateSource, stage: StageSource | None, profile: ProfileSource) -> Yardstick:
    """Scale and method of the profile, threshold of the stage or 60 % of the scale, words of the template."""
    scale = profile.scoring.scale
    given = stage.pass_threshold if stage else None
    return Yardstick(
        scale=scale,
        method=profile.scoring.method,
        logic=profile.scoring.logic,
        threshold=given if given is not None else PASS_SHARE * scale.top,
        outcome=template.success_outcome or DEFAULT_OUTCOME[template.use_case],
        use_case=template.use_case,
        output=profile.output,
    )


def manner_of(
    template: TemplateSource, stage: StageSource | None, profile: ProfileSource, mode: SessionMode
) -> Manner:
    """The interviewer's behaviour: depth from stage or template (contract C12), manner from the profile."""
    depth = (stage.difficulty if stage else None) or template.default_difficulty
    interaction = profile.interaction
    return Manner(
        persona=profile.persona,
        name=profile.name,
        tone=interaction.tone,
        style=interaction.style,
        difficulty=interaction.difficulty,
        variant=VARIANT[depth],
        adaptive=depth is Difficulty.adaptive or interaction.style is Style.adaptive,
        # written answers are given once: everybody gets the same questions and nobody is pressed
        probing=0 if mode is SessionMode.async_interview else PROBES[interaction.probing_depth],
        scenario=profile.context.scenario,
        background="\n".join(
            part
            for part in (
                template.objective,
                template.additional_context,
                profile.context.organization,
                profile.context.domain,
            )
            if part
        ),
        instructions=profile.additional_instructions,
    )


def compile_plan(
    template: TemplateSource,
    stage: StageSource | None = None,
    profile: ProfileSource | None = None,
    questions: Sequence[QuestionSource] = (),
    tasks: Sequence[CodingTaskSource] = (),
    *,
    language: str | None = None,
    minutes: int | None = None,
    extra_percent: int = 0,
) -> InterviewPlan:
    """The plan for one session. The same sources always give the same plan: no clock, no chance, no participant.

    `language` and `minutes` are the session's own and beat the stage's and the template's.
    """
    profile = profile or ProfileSource()
    mode = mode_of(template, stage)
    spoken = (language or template.language or "en").lower()
    length = Decimal(
        minutes or (stage.duration_minutes if stage else None) or template.default_duration_minutes
    )
    dimensions = dimensions_of(template, profile, spoken)
    items, left_out = Composer(template, mode, spoken, dimensions, length).compose(questions, tasks)
    return InterviewPlan(
        title=template.template_name,
        stage=(stage.stage_name or stage.type) if stage else "",
        mode=mode,
        language=spoken,
        minutes=length,
        extra_percent=extra_percent,
        manner=manner_of(template, stage, profile, mode),
        yardstick=yardstick_of(template, stage, profile),
        dimensions=dimensions,
        items=items,
        left_out=left_out,
    )
