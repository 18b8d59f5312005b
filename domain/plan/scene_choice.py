"""Chooses a scene of the library for a role play that has none of its own."""

from collections.abc import Sequence

from domain.plan.dimension_match import count_hits, find_meant
from domain.plan.family_choice import choose_family
from domain.plan.library import Family
from domain.plan.script import Scene
from domain.plan.sources import DimensionSource, TemplateSource
from domain.text.tokens import tokens

# A situation of so few words is a title.
FEW_WORDS = 4


def choose_scene(
    template: TemplateSource,
    dimensions: Sequence[DimensionSource],
    scenario: str,
    language: str,
    library: Sequence[Family],
) -> Scene | None:
    """The library's scene that the scenario calls for; where there is no scenario, one of the role's own family."""
    spoken = language.split("-")[0].lower()
    own = choose_family(template.template_name, spoken, library, template.skills)
    words = tokens(scenario if scenario.strip() else f"{template.template_name} {template.objective}")
    # one word of a long text is no reason to play another situation, nor are two to play that of another trade
    needed = 1 if len(words) <= FEW_WORDS else 2
    fitting = [
        (hits, scene.scene, family)
        for family in library
        if family.language == spoken and (scenario.strip() or family is own)
        for scene in family.scenes
        if (hits := count_hits(scene.words, words)) >= (needed if family is own else needed + 1)
    ]
    if not fitting:
        return None
    _, scene, family = max(fitting, key=lambda each: each[0])
    return _for_profile(scene, family, dimensions)


def _for_profile(scene: Scene, family: Family, given: Sequence[DimensionSource]) -> Scene:
    """The scene with the profile's dimensions in place of the family's that they mean."""
    meant = {own.name: each.name for each in reversed(given) if (own := find_meant(each, family)) is not None}
    dimensions = tuple(
        each.model_copy(update={"dimension": meant.get(each.dimension, each.dimension)})
        for each in scene.dimensions
    )
    return scene.model_copy(update={"dimensions": dimensions})
