"""Which script an interview is held by: the stage's own, else one of the library.

The library serves where neither a script nor a question bank is there, and only in the languages that it has. What
nothing fits is derived from the rubric, as all questions are where there is no script at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.plan.dimensions import default_dimensions
from domain.plan.items import PlanSource
from domain.plan.library import Family
from domain.plan.library_choice import LibraryScript, choose_script
from domain.plan.scene_choice import choose_scene
from domain.plan.script import Script
from domain.plan.script_items import dimensions_of_script
from domain.plan.sources import DimensionSource, ProfileSource, TemplateSource
from domain.vocabulary import Difficulty, SessionMode

# Time for each dimension whose questions must be derived.
DERIVED_MINUTES = Decimal(4)


@dataclass(frozen=True, slots=True)
class ChosenScript:
    """The script of an interview and its source. `derived` are dimensions that the script does not serve."""

    source: PlanSource
    dimensions: tuple[DimensionSource, ...]
    script: Script | None = None
    derived: tuple[str, ...] = ()
    library: LibraryScript | None = None


def script_for(
    template: TemplateSource,
    profile: ProfileSource,
    mode: SessionMode,
    language: str,
    level: Difficulty,
    minutes: Decimal,
    *,
    written: Script | None,
    has_bank: bool,
    library: Sequence[Family],
) -> ChosenScript:
    """The script for an interview in `language` with `minutes` to talk. `written` is the stage's own, if any."""
    given = profile.evaluation_dimensions
    if written is not None and serves(written, mode, language):
        return ChosenScript(PlanSource.script, given or dimensions_of_script(written), written)
    if mode is SessionMode.roleplay_simulation:
        return _role_play(template, profile, language, library)
    if not has_bank and (found := _from_library(template, given, language, minutes, level, library)):
        return ChosenScript(PlanSource.library, found.dimensions, found.script, found.unserved, found)
    source = PlanSource.bank if has_bank else PlanSource.derived
    return ChosenScript(source, given or default_dimensions(template, language))


def serves(script: Script, mode: SessionMode, language: str) -> bool:
    """Whether a script fits an interview: it has its language, and a scene for a role play or items otherwise."""
    same = script.language.split("-")[0].lower() == language.split("-")[0].lower()
    return same and (script.scene is not None) == (mode is SessionMode.roleplay_simulation)


def _role_play(
    template: TemplateSource, profile: ProfileSource, language: str, library: Sequence[Family]
) -> ChosenScript:
    """A scene of the library that fits the situation; else the situation is talked about, without roles."""
    given = profile.evaluation_dimensions
    scene = choose_scene(template, given, profile.context.scenario, language, library)
    if scene is None:
        return ChosenScript(PlanSource.derived, given or default_dimensions(template, language))
    script = Script(language=language.split("-")[0].lower(), scene=scene)
    return ChosenScript(PlanSource.library, given or dimensions_of_script(script), script)


def _from_library(
    template: TemplateSource,
    given: Sequence[DimensionSource],
    language: str,
    minutes: Decimal,
    level: Difficulty,
    library: Sequence[Family],
) -> LibraryScript | None:
    """The library's script, with time left for the dimensions that nothing in it fits."""
    chosen = choose_script(template, given, language, minutes, level, library)
    if chosen is None or not chosen.unserved:
        return chosen
    if len(chosen.unserved) == len(chosen.dimensions):
        return None
    left = max(minutes - DERIVED_MINUTES * len(chosen.unserved), minutes / 2)
    return choose_script(template, given, language, left, level, library)
