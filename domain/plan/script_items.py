"""A script as items of a plan, before they are numbered."""

from collections.abc import Sequence
from decimal import Decimal

from domain.plan.items import Criterion, Dimension, Item, ItemKind
from domain.plan.script import Scene, Script, ScriptCriterion, ScriptItem
from domain.plan.sources import DimensionSource
from domain.text.names import normalise_name
from domain.text.tokens import stems
from domain.vocabulary import Difficulty


def items_of_script(
    script: Script, dimensions: Sequence[Dimension], level: Difficulty, minutes: Decimal
) -> list[Item]:
    """The items in the script's order. A scene becomes one item for each dimension; `minutes` is its time."""
    language = script.language.split("-")[0]
    if script.scene is not None:
        return _items_of_scene(script.scene, dimensions, language, minutes)
    return [
        Item(
            id="",
            dimension_id=nearest_dimension(item.dimension, item.question, dimensions, language).id,
            questions=(item.easier or item.question, item.question, item.question),
            criteria=_criteria(item.criteria),
            anchors=item.anchors,
            minutes=item.minutes,
            follow_up=_follow_up(item, level),
            may_skip=item.may_skip,
        )
        for item in script.items
    ]


def dimensions_of_script(script: Script) -> tuple[DimensionSource, ...]:
    """The dimensions that a script names, each once and with equal weights, for profiles without any."""
    named = [item.dimension for item in script.items]
    if script.scene is not None:
        named += [each.dimension for each in script.scene.dimensions]
    distinct = {normalise_name(name): name for name in reversed(named)}
    return tuple(DimensionSource(name=name, weight=Decimal(1)) for name in reversed(distinct.values()))


def nearest_dimension(name: str, text: str, dimensions: Sequence[Dimension], language: str) -> Dimension:
    """The dimension with that name, else the one with most words in common, else the first."""
    for dimension in dimensions:
        if name and normalise_name(name) == normalise_name(dimension.name):
            return dimension
    said = set(stems(f"{name} {text}", language))
    return max(
        dimensions,
        key=lambda each: len(said & set(stems(f"{each.name} {each.description}", language))),
    )


def _items_of_scene(
    scene: Scene, dimensions: Sequence[Dimension], language: str, minutes: Decimal
) -> list[Item]:
    share = (minutes / len(scene.dimensions)).quantize(Decimal("0.1"))
    return [
        Item(
            id="",
            dimension_id=nearest_dimension(each.dimension, "", dimensions, language).id,
            kind=ItemKind.scene,
            questions=(scene.situation,) * 3,
            criteria=_criteria(each.criteria),
            minutes=share,
        )
        for each in scene.dimensions
    ]


def _criteria(given: Sequence[ScriptCriterion]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(id="", text=each.text, probe=each.probe, must_have=each.must_have) for each in given
    )


def _follow_up(item: ScriptItem, level: Difficulty) -> str:
    """The further question for a level; an adaptive interview gets that of the common level."""
    wanted = Difficulty.intermediate if level is Difficulty.adaptive else level
    return item.follow_ups.get(level) or item.follow_ups.get(wanted) or ""
