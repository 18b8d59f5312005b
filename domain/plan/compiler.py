"""Compiles template, stage, profile, script, attached questions and coding tasks into an `InterviewPlan`.

The stage's script owns its items. Without one the question bank serves, and without that the library of role families.
Where neither fits, questions and criteria are derived from the rubric: from the clauses of a dimension's description,
the template's requirements and skills, and the qualities of a good answer in any subject.
"""

from collections.abc import Sequence
from decimal import Decimal

from domain.plan.composer import ItemComposer, talking_minutes
from domain.plan.dimensions import numbered_dimensions
from domain.plan.items import InterviewPlan, Manner, Yardstick
from domain.plan.library import Family, families
from domain.plan.script import Script
from domain.plan.script_choice import script_for
from domain.plan.script_items import items_of_script
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

PROBES_BY_DEPTH: dict[ProbingDepth, int] = {ProbingDepth.low: 1, ProbingDepth.medium: 2, ProbingDepth.high: 3}
VARIANT_BY_DIFFICULTY: dict[Difficulty, int] = {
    Difficulty.beginner: 1,
    Difficulty.intermediate: 2,
    Difficulty.advanced: 3,
    Difficulty.expert: 3,
    Difficulty.adaptive: 2,
}
# The pass mark of an interview without a stage, as a share of the scale.
DEFAULT_PASS_SHARE = Decimal("0.6")


def mode_of(template: TemplateSource, stage: StageSource | None) -> SessionMode:
    """The mode that follows from the stage's type; the template's mode when there is no stage."""
    return MODE_OF_STAGE[stage.stage_type] if stage else template.session_mode


def yardstick_of(template: TemplateSource, stage: StageSource | None, profile: ProfileSource) -> Yardstick:
    """Scale and method from the profile, outcome from the template, threshold from the stage or 60 % of the scale."""
    scale = profile.scoring.scale
    threshold = stage.pass_threshold if stage else None
    return Yardstick(
        scale=scale,
        method=profile.scoring.method,
        logic=profile.scoring.logic,
        threshold=threshold if threshold is not None else DEFAULT_PASS_SHARE * scale.top,
        outcome=template.success_outcome or DEFAULT_OUTCOME[template.use_case],
        use_case=template.use_case,
        output=profile.output,
    )


def manner_of(
    template: TemplateSource, stage: StageSource | None, profile: ProfileSource, mode: SessionMode
) -> Manner:
    """The interviewer's behaviour: question depth from stage or template (contract C12), the rest from the profile."""
    depth = level_of(template, stage)
    interaction = profile.interaction
    return Manner(
        persona=profile.persona,
        name=profile.name,
        tone=interaction.tone,
        style=interaction.style,
        difficulty=interaction.difficulty,
        variant=VARIANT_BY_DIFFICULTY[depth],
        adaptive=depth is Difficulty.adaptive or interaction.style is Style.adaptive,
        # asynchronous answers are given once: every candidate gets the same questions and no probes
        probing=0 if mode is SessionMode.async_interview else PROBES_BY_DEPTH[interaction.probing_depth],
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
    script: Script | None = None,
    library: Sequence[Family] | None = None,
    language: str | None = None,
    minutes: int | None = None,
    extra_percent: int = 0,
) -> InterviewPlan:
    """The plan for one session. The same sources always give the same plan: no clock, no randomness, no participant.

    `script` is the stage's own, `library` what serves without one; by default all families. `language` and `minutes`
    come from the session and override those of stage and template. `extra_percent` is the participant's extra time.
    """
    profile = profile or ProfileSource()
    mode = mode_of(template, stage)
    spoken = (language or template.language or "en").lower()
    length = minutes_of(template, stage, minutes)
    level = level_of(template, stage)
    chosen = script_for(
        template,
        profile,
        mode,
        spoken,
        level,
        talking_minutes(length, tasks),
        written=script,
        has_bank=bool(questions),
        library=families() if library is None else library,
    )
    dimensions = numbered_dimensions(chosen.dimensions)
    composer = ItemComposer(template, mode, spoken, dimensions, length)
    if chosen.script is None:
        items, left_out = composer.compose(questions, tasks)
    else:
        written = items_of_script(chosen.script, dimensions, level, talking_minutes(length, tasks))
        items, left_out = composer.compose((), tasks, written, chosen.derived)
    spoken_by = chosen.script or Script(language=spoken)
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
        source=chosen.source,
        opening=spoken_by.opening,
        closing=spoken_by.closing,
        facts=spoken_by.facts,
        scene=spoken_by.scene,
    )


def minutes_of(template: TemplateSource, stage: StageSource | None, minutes: int | None = None) -> Decimal:
    """The length of an interview: the session's, else the stage's, else the template's."""
    return Decimal(
        minutes or (stage.duration_minutes if stage else None) or template.default_duration_minutes
    )


def level_of(template: TemplateSource, stage: StageSource | None) -> Difficulty:
    """How deep the questions go: the stage's difficulty, else the template's."""
    return (stage.difficulty if stage else None) or template.default_difficulty
