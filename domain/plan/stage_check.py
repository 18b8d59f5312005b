"""What a session of a stage would be held by, and what is wrong with it: for authors, previews and the gate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.plan.compiler import level_of, minutes_of, mode_of
from domain.plan.composer import talking_minutes
from domain.plan.items import PlanSource
from domain.plan.library import Family, families
from domain.plan.script import Script
from domain.plan.script_choice import ChosenScript, script_for, serves
from domain.plan.script_linter import lint_script
from domain.plan.script_remarks import ScriptContext, ScriptRemark, Severity, errors_in, warning
from domain.plan.sources import CodingTaskSource, ProfileSource, StageSource, TemplateSource
from domain.vocabulary import SessionMode


@dataclass(frozen=True, slots=True)
class StageCheck:
    """The script that serves a stage, with all remarks. `written` says whether the stage has one of its own."""

    chosen: ChosenScript
    mode: SessionMode
    minutes: int
    written: bool
    remarks: tuple[ScriptRemark, ...]

    @property
    def errors(self) -> list[ScriptRemark]:
        return errors_in(self.remarks)

    @property
    def lacks_scene(self) -> bool:
        """Whether this is a role play for which nobody has written a scene."""
        return self.mode is SessionMode.roleplay_simulation and self.chosen.source is not PlanSource.script


def check_stage(
    template: TemplateSource,
    stage: StageSource | None,
    profile: ProfileSource | None,
    *,
    script: Script | None,
    has_bank: bool,
    tasks: Sequence[CodingTaskSource] = (),
    language: str | None = None,
    library: Sequence[Family] | None = None,
) -> StageCheck:
    """Check what an interview of this stage would ask. `language` is the session's, by default the template's."""
    profile = profile or ProfileSource()
    mode = mode_of(template, stage)
    spoken = (language or template.language or "en").lower()
    length = minutes_of(template, stage)
    chosen = script_for(
        template,
        profile,
        mode,
        spoken,
        level_of(template, stage),
        talking_minutes(length, tasks),
        written=script,
        has_bank=has_bank,
        library=families() if library is None else library,
    )
    context = context_of(template, stage, profile, tasks)
    remarks = lint_script(script, context) if script is not None else []
    if script is not None and not serves(script, mode, spoken):
        remarks.insert(0, _unused(spoken))
    if chosen.source is not PlanSource.script and mode is not SessionMode.manual_review:
        remarks += _source_remarks(chosen, mode, context)
    return StageCheck(chosen, mode, int(length), script is not None, tuple(remarks))


def context_of(
    template: TemplateSource,
    stage: StageSource | None,
    profile: ProfileSource | None,
    tasks: Sequence[CodingTaskSource],
) -> ScriptContext:
    """What the linter needs to know about a stage."""
    return ScriptContext(
        template=template,
        mode=mode_of(template, stage),
        minutes=int(minutes_of(template, stage)),
        dimensions=tuple(each.name for each in profile.evaluation_dimensions) if profile else (),
        tasks=tuple(tasks),
    )


def _unused(language: str) -> ScriptRemark:
    message = (
        f"Interviews in the language {language!r} do not use this script: it has another language, or items where "
        "a role play needs a scene."
    )
    return warning("script_not_used", "language", message)


def _source_remarks(
    chosen: ChosenScript, mode: SessionMode, context: ScriptContext
) -> Iterator[ScriptRemark]:
    """Where the questions come from instead, and what they leave out."""
    play = mode is SessionMode.roleplay_simulation
    if play and chosen.script is None:
        message = "Without a scene the situation is talked about and nobody plays a role. Write one with write_script."
        yield warning("no_scene_written", "scene", message)
        return
    if play:
        message = "A scene of the library serves. Take it from read_script, adapt it, and store it with write_script."
        yield warning("library_scene", "scene", message)
    elif chosen.source is PlanSource.bank:
        yield warning("question_bank", "items", "There is no script: the attached questions are asked.")
    elif chosen.library is None:
        message = (
            "There is no script, and the library has nothing for it: questions are derived from the rubric."
        )
        yield warning("derived", "items", message)
    else:
        message = (
            f"There is no script: the library's items for the role family {chosen.library.family!r} serve. Take them "
            "from read_script, adapt them, and store them with write_script."
        )
        yield warning("library", "items", message)
        if chosen.library.unserved:
            named = ", ".join(chosen.library.unserved)
            message = f"The library has nothing for {named}: those questions are derived from the rubric."
            yield warning("derived", "items", message)
    if chosen.script is not None:
        for remark in lint_script(chosen.script, context):
            # nobody here wrote it: what does not fit is advice to write one that does
            yield remark.model_copy(update={"severity": Severity.warning})
