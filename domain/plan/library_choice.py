"""Chooses a script from the library for a stage that has none of its own.

Role, skills, level, minutes and the profile's dimensions decide, never a participant: the same role asks every
candidate the same. The chosen script has the form of a written one, so an assistant can take it and change it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from domain.plan.library import Family, FamilyDimension, FamilyItem
from domain.plan.script import Scene, Script, ScriptItem
from domain.plan.skills import names_skill
from domain.plan.sources import DimensionSource, TemplateSource
from domain.text.names import normalise_name
from domain.text.tokens import tokens
from domain.vocabulary import Difficulty

GENERAL = "general"
SKILL = "{skill}"
MIN_MINUTES = Decimal(2)
# An item for one more skill is added only while all items keep so many minutes on average.
LEAST_MINUTES = Decimal("2.5")
# A role in the template's name counts so many times as much as one in its texts.
NAME_WEIGHT = 10
MOST_BY_TEXTS = 3
# A situation of so few words is a title.
FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class LibraryScript:
    """A script from the library. `unserved` are dimensions, and `unnamed` skills, that nothing in it fits."""

    family: str
    script: Script
    dimensions: tuple[DimensionSource, ...]
    unserved: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Slot:
    """An item of a family for a dimension of the profile, filled with a skill where it asks for one."""

    item: FamilyItem
    dimension: str
    skill: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.item.id, self.skill


@dataclass(slots=True)
class _Selection:
    """What is chosen so far; `minutes` are those still free."""

    minutes: Decimal
    slots: list[_Slot] = field(default_factory=list)

    def has_room(self) -> bool:
        """Whether one item more would still leave each enough time, if all were shortened alike."""
        used = sum((slot.item.minutes for slot in self.slots), Decimal(0))
        return self.minutes + used >= (len(self.slots) + 1) * LEAST_MINUTES

    def add(self, slot: _Slot, *, always: bool = False) -> bool:
        if any(slot.key == each.key for each in self.slots):
            return False
        if not always and slot.item.minutes > self.minutes:
            return False
        self.slots.append(slot)
        self.minutes -= slot.item.minutes
        return True


def choose_script(
    template: TemplateSource,
    dimensions: Sequence[DimensionSource],
    language: str,
    minutes: Decimal,
    level: Difficulty,
    library: Sequence[Family],
) -> LibraryScript | None:
    """The library's script for this role; None where the library does not have the language.

    `dimensions` are the profile's; without any the family's are used. `minutes` is the time to talk.
    """
    spoken = language.split("-")[0].lower()
    family = choose_family(template, spoken, library)
    general = _family(GENERAL, spoken, library)
    if family is None:
        return None
    given = tuple(dimensions) or _own_dimensions(family)
    candidates = _candidates(given, family, general, level)
    chosen = _select(template, given, candidates, minutes, spoken)
    slots = sorted(chosen.slots, key=lambda slot: [each.name for each in given].index(slot.dimension))
    items = _fitted([_script_item(slot) for slot in slots], minutes)
    served = {slot.dimension for slot in slots}
    return LibraryScript(
        family=family.family,
        script=Script(
            language=spoken,
            opening=family.opening,
            items=tuple(items),
            facts=family.facts,
            closing=family.closing,
        ),
        dimensions=given,
        unserved=tuple(each.name for each in given if each.name not in served),
        unnamed=tuple(skill for skill in template.skills if not _is_named(skill, slots, spoken)),
    )


def choose_family(template: TemplateSource, language: str, library: Sequence[Family]) -> Family | None:
    """The family whose roles the template names, in any language, else the general one.

    None when the library has nothing in this language.
    """
    named = normalise_name(template.template_name)
    about = normalise_name(" ".join([template.objective, template.requirements, template.industry]))
    scores: dict[str, int] = {}
    for each in library:
        score = _role_score(each, named) * NAME_WEIGHT + min(_role_score(each, about), MOST_BY_TEXTS)
        scores[each.family] = max(score, scores.get(each.family, 0))
    own = [each for each in library if each.language == language and each.family != GENERAL]
    best = max(own, key=lambda each: scores[each.family], default=None)
    return best if best is not None and scores[best.family] > 1 else _family(GENERAL, language, library)


def choose_scene(
    template: TemplateSource,
    dimensions: Sequence[DimensionSource],
    scenario: str,
    language: str,
    library: Sequence[Family],
) -> Scene | None:
    """The library's scene that the scenario calls for, or the role where there is no scenario."""
    spoken = language.split("-")[0].lower()
    scenes = [(scene, family) for family in library if family.language == spoken for scene in family.scenes]
    for text in (scenario, f"{template.template_name} {template.objective}"):
        words = tokens(text)
        # one word of a long text is no reason to play another situation
        needed = 1 if len(words) <= FEW_WORDS else 2
        best = max(scenes, key=lambda each: _hits(each[0].words, words), default=None)
        if best is not None and _hits(best[0].words, words) >= needed:
            return _for_profile(best[0].scene, best[1], dimensions)
        if scenario.strip():
            return None
    return None


def _for_profile(scene: Scene, family: Family, given: Sequence[DimensionSource]) -> Scene:
    """The scene with the profile's dimensions in place of the family's that they mean."""
    meant = {own.name: each.name for each in reversed(given) if (own := _meant(each, family)) is not None}
    dimensions = tuple(
        each.model_copy(update={"dimension": meant.get(each.dimension, each.dimension)})
        for each in scene.dimensions
    )
    return scene.model_copy(update={"dimensions": dimensions})


def _role_score(family: Family, text: str) -> int:
    """How well a text names a role of the family: the number of words of the longest role that it names."""
    words = text.split()
    best = 0
    for role in family.roles:
        parts = normalise_name(role).split()
        if f" {' '.join(parts)} " in f" {text} ":
            best = max(best, 2 * len(parts))
        elif len(parts) == 1 and len(parts[0]) >= 5 and any(word.startswith(parts[0]) for word in words):
            best = max(best, 1)
    return best


def _family(name: str, language: str, library: Sequence[Family]) -> Family | None:
    return next((each for each in library if (each.family, each.language) == (name, language)), None)


def _own_dimensions(family: Family) -> tuple[DimensionSource, ...]:
    return tuple(
        DimensionSource(name=each.name, description=each.description, weight=each.weight)
        for each in family.dimensions
    )


# --- dimensions -----------------------------------------------------------------------------------------


def _candidates(
    given: Sequence[DimensionSource], family: Family, general: Family | None, level: Difficulty
) -> dict[str, list[FamilyItem]]:
    """The items that fit each dimension: those of the family, else those of the general one."""
    mapped = _mapped(given, family, level)
    if general is not None and general is not family:
        missing = [each for each in given if not mapped[each.name]]
        mapped |= _mapped(missing, general, level)
    return mapped


def _mapped(
    given: Sequence[DimensionSource], family: Family, level: Difficulty
) -> dict[str, list[FamilyItem]]:
    """The family's items for each dimension; dimensions that mean the same share its items in turn."""
    meant = {each.name: _meant(each, family) for each in given}
    mapped: dict[str, list[FamilyItem]] = {each.name: [] for each in given}
    for own in family.dimensions:
        sharing = [name for name, dimension in meant.items() if dimension is own]
        fitting = [
            item
            for item in family.items
            if item.dimension in (own.id, own.name) and (not item.levels or _suits(item, level))
        ]
        for at, item in enumerate(fitting):
            if sharing:
                mapped[sharing[at % len(sharing)]].append(item)
    return mapped


def _meant(dimension: DimensionSource, family: Family) -> FamilyDimension | None:
    """The family's dimension that this one means, by its name or by words; None when nothing fits."""
    named, about = tokens(dimension.name), tokens(dimension.description)
    scores = [
        (
            5 * (normalise_name(own.name) == normalise_name(dimension.name))
            + 3 * _hits(own.words, named)
            + _hits(own.words, about),
            own,
        )
        for own in family.dimensions
    ]
    score, best = max(scores, key=lambda each: each[0])
    # a single word of the description is no reason
    return best if score >= 2 else None


def _hits(starts: Iterable[str], words: Sequence[str]) -> int:
    return sum(any(word.startswith(start.casefold()) for word in words) for start in starts)


def _suits(item: FamilyItem, level: Difficulty) -> bool:
    return level is Difficulty.adaptive or level in item.levels


# --- selection ------------------------------------------------------------------------------------------


def _select(
    template: TemplateSource,
    given: Sequence[DimensionSource],
    candidates: dict[str, list[FamilyItem]],
    minutes: Decimal,
    language: str,
) -> _Selection:
    """One item for each dimension, one for each skill, and then more as time allows, heavy dimensions first."""
    chosen = _Selection(minutes)
    for dimension in given:
        slots = _slots(dimension.name, candidates[dimension.name], template.skills)
        fresh = [
            slot
            for slot in slots
            if _skills_of(slot, template.skills, language)
            and not _names_known(slot, chosen, template, language)
        ]
        plain = [slot for slot in slots if not slot.skill]
        if first := next(iter([*fresh, *plain, *slots]), None):
            chosen.add(first, always=True)
    for skill in template.skills:
        if chosen.has_room() and not _is_named(skill, chosen.slots, language):
            _add_for_skill(skill, given, candidates, chosen, language)
    by_weight = sorted(given, key=lambda each: -each.weight)
    for turn in range(1, max((len(each) for each in candidates.values()), default=0)):
        for dimension in by_weight:
            items = [item for item in candidates[dimension.name] if not _asks_skill(item)]
            if turn <= len(items):
                chosen.add(_Slot(items[turn - 1], dimension.name))
    return chosen


def _slots(dimension: str, items: Sequence[FamilyItem], skills: Sequence[str]) -> list[_Slot]:
    found: list[_Slot] = []
    for item in items:
        found += (
            [_Slot(item, dimension, skill) for skill in skills]
            if _asks_skill(item)
            else [_Slot(item, dimension)]
        )
    return found


def _skills_of(slot: _Slot, skills: Sequence[str], language: str) -> list[str]:
    return [skill for skill in skills if _names(slot, skill, language)]


def _names_known(slot: _Slot, chosen: _Selection, template: TemplateSource, language: str) -> bool:
    """Whether all skills that the slot names are named already."""
    return all(
        _is_named(skill, chosen.slots, language) for skill in _skills_of(slot, template.skills, language)
    )


def _add_for_skill(
    skill: str,
    given: Sequence[DimensionSource],
    candidates: dict[str, list[FamilyItem]],
    chosen: _Selection,
    language: str,
) -> None:
    """Add the item that names the skill, or an item for any skill, the least used one first."""
    slots = [
        _Slot(item, each.name) for each in given for item in candidates[each.name] if not _asks_skill(item)
    ]
    if own := next((slot for slot in slots if _names(slot, skill, language)), None):
        chosen.add(own, always=True)
        return
    filled = [
        _Slot(item, each.name, skill) for each in given for item in candidates[each.name] if _asks_skill(item)
    ]
    if filled:
        used = [slot.item.id for slot in chosen.slots]
        chosen.add(min(filled, key=lambda slot: used.count(slot.item.id)), always=True)


def _asks_skill(item: FamilyItem) -> bool:
    return SKILL in item.question


def _names(slot: _Slot, skill: str, language: str) -> bool:
    if slot.skill == skill or skill.casefold() in slot.item.skills:
        return True
    text = " \n".join([slot.item.question, *(each.text for each in slot.item.criteria)])
    return names_skill(text.replace(SKILL, slot.skill), skill, language)


def _is_named(skill: str, slots: Sequence[_Slot], language: str) -> bool:
    return any(_names(slot, skill, language) for slot in slots)


# --- items ----------------------------------------------------------------------------------------------


def _script_item(slot: _Slot) -> ScriptItem:
    item = slot.item

    def filled(text: str) -> str:
        return text.replace(SKILL, slot.skill)

    return ScriptItem(
        question=filled(item.question),
        dimension=slot.dimension,
        criteria=tuple(
            each.model_copy(update={"text": filled(each.text), "probe": filled(each.probe)})
            for each in item.criteria
        ),
        easier=filled(item.easier),
        follow_ups={level: filled(text) for level, text in item.follow_ups.items()},
        anchors={name: filled(text) for name, text in item.anchors.items()},
        minutes=item.minutes,
    )


def _fitted(items: Sequence[ScriptItem], minutes: Decimal) -> list[ScriptItem]:
    """The items within the minutes: all are shortened alike when each dimension and skill needs its own."""
    total = sum((item.minutes for item in items), Decimal(0))
    if total <= minutes or not items:
        return list(items)
    return [
        item.model_copy(
            update={"minutes": max(MIN_MINUTES, (item.minutes * minutes / total).quantize(Decimal("0.1")))}
        )
        for item in items
    ]
