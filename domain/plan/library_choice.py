"""Chooses a script from the library for a stage that has none of its own.

Role, skills, level, minutes and the profile's dimensions decide, never a participant: the same role asks every
candidate the same. The chosen script has the form of a written one, so an assistant can take it and change it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from domain.plan.family_choice import GENERAL, choose_family, find_family
from domain.plan.library import Family, FamilyDimension, FamilyItem
from domain.plan.script import Scene, Script, ScriptItem
from domain.plan.skills import names_skill
from domain.plan.sources import DimensionSource, TemplateSource
from domain.text.names import normalise_name
from domain.text.tokens import tokens
from domain.vocabulary import Difficulty

SKILL = "{skill}"
MIN_MINUTES = Decimal(2)
_OR, _AND = {"en": "or", "de": "oder"}, {"en": "and", "de": "und"}
# Said before a question that is about listed skills without naming them.
_LEAD = {"en": "This one is about {}.", "de": "Jetzt geht es um {}."}
# An item for one more skill is added only while all items keep so many minutes on average.
LEAST_MINUTES = Decimal("2.5")
# An item that names any skill names at most so many: one question, of which the candidate chooses the occasion.
MAX_SKILLS, MAX_SKILLS_LENGTH = 5, 160
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
    """An item of a family for a dimension of the profile, filled with skills where it asks for one."""

    item: FamilyItem
    dimension: str
    skills: tuple[str, ...] = ()

    def filled(self, text: str, language: str) -> str:
        """A text of the item with its skills in it, as `Python`, `Python or Go` or `Python, Go or Rust`."""
        return text.replace(SKILL, _joined(self.skills, _OR[language]))


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
        # filled with another skill, an item is the same question
        if any(slot.item.id == each.item.id for each in self.slots):
            return False
        if not always and slot.item.minutes > self.minutes:
            return False
        self.slots.append(slot)
        self.minutes -= slot.item.minutes
        return True

    def name_too(self, skill: str) -> None:
        """Name one more skill in the item for any skill that names fewest, as far as one holds more."""
        open_slots = [
            at
            for at, slot in enumerate(self.slots)
            if 0 < len(slot.skills) < MAX_SKILLS
            and len("".join(slot.skills)) + len(skill) <= MAX_SKILLS_LENGTH
        ]
        if open_slots:
            at = min(open_slots, key=lambda place: len(self.slots[place].skills))
            self.slots[at] = replace(self.slots[at], skills=(*self.slots[at].skills, skill))


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
    family = choose_family(template.template_name, spoken, library, template.skills)
    general = find_family(GENERAL, spoken, library)
    if family is None:
        return None
    given = tuple(dimensions) or _own_dimensions(family)
    candidates = _candidates(given, family, general, level)
    chosen = _select(template, given, candidates, minutes, spoken)
    slots = sorted(chosen.slots, key=lambda slot: [each.name for each in given].index(slot.dimension))
    leads = _leads(template.skills, slots, spoken)
    items = _fitted([_script_item(slot, leads.get(slot.item.id, ()), spoken) for slot in slots], minutes)
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
        if (hits := _hits(scene.words, words)) >= (needed if family is own else needed + 1)
    ]
    if not fitting:
        return None
    _, scene, family = max(fitting, key=lambda each: each[0])
    return _for_profile(scene, family, dimensions)


def _for_profile(scene: Scene, family: Family, given: Sequence[DimensionSource]) -> Scene:
    """The scene with the profile's dimensions in place of the family's that they mean."""
    meant = {own.name: each.name for each in reversed(given) if (own := _meant(each, family)) is not None}
    dimensions = tuple(
        each.model_copy(update={"dimension": meant.get(each.dimension, each.dimension)})
        for each in scene.dimensions
    )
    return scene.model_copy(update={"dimensions": dimensions})


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
    """One item for each dimension, one for each skill as far as there are any, and then more as time allows, heavy
    dimensions first. Skills for which nothing is left are named together.
    """
    chosen = _Selection(minutes)
    for dimension in given:
        slots = _slots(dimension.name, candidates[dimension.name], template.skills)
        fresh = [
            slot
            for slot in slots
            if _skills_of(slot, template.skills, language)
            and not _names_known(slot, chosen, template, language)
        ]
        plain = [slot for slot in slots if not slot.skills]
        if first := next(iter([*fresh, *plain, *slots]), None):
            chosen.add(first, always=True)
    for skill in template.skills:
        if not _is_named(skill, chosen.slots, language):
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
            [_Slot(item, dimension, (skill,)) for skill in skills]
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
    """Add the item that names the skill, or one for any skill; without either, name it in one that is there."""
    slots = [slot for each in given for slot in _slots(each.name, candidates[each.name], (skill,))]
    naming = [slot for slot in slots if not slot.skills and _names(slot, skill, language)]
    for slot in [*naming, *(slot for slot in slots if slot.skills)]:
        if chosen.has_room() and chosen.add(slot, always=True):
            return
    chosen.name_too(skill)


def _asks_skill(item: FamilyItem) -> bool:
    return SKILL in item.question


def _names(slot: _Slot, skill: str, language: str) -> bool:
    if skill in slot.skills or _claims_skill(slot.item, skill):
        return True
    text = " \n".join([slot.item.question, *(each.text for each in slot.item.criteria)])
    return names_skill(slot.filled(text, language), skill, language)


def _claims_skill(item: FamilyItem, skill: str) -> bool:
    """Whether the item is said to ask about the skill; `Communication skills` are `communication`."""
    return skill.casefold().removesuffix(" skills") in item.skills


def _is_named(skill: str, slots: Sequence[_Slot], language: str) -> bool:
    return any(_names(slot, skill, language) for slot in slots)


# --- items ----------------------------------------------------------------------------------------------


def _joined(skills: Sequence[str], word: str) -> str:
    """`Python`, `Python or Go`, `Python, Go or Rust`."""
    *others, last = skills or ("",)
    return f"{', '.join(others)} {word} {last}" if others else last


def _leads(skills: Sequence[str], slots: Sequence[_Slot], language: str) -> dict[str, list[str]]:
    """The listed skills that an item is about and none of its questions names, by the item's id, each skill once.

    Who is judged by a skill must know when it is asked about. Follow-ups do not count: not everybody hears them.
    """
    leads: dict[str, list[str]] = {}
    asked = [(slot, _asked_text(slot, language)) for slot in slots]
    for skill in skills:
        if not any(names_skill(text, skill, language) for _, text in asked):
            slot = next((slot for slot, _ in asked if _claims_skill(slot.item, skill)), None)
            if slot is not None:
                leads.setdefault(slot.item.id, []).append(skill)
    return leads


def _asked_text(slot: _Slot, language: str) -> str:
    item = slot.item
    texts = [
        item.question,
        item.easier,
        *(text for each in item.criteria for text in (each.text, each.probe)),
    ]
    return slot.filled(" \n".join(texts), language)


def _script_item(slot: _Slot, lead: Sequence[str], language: str) -> ScriptItem:
    item = slot.item
    about = f"{_LEAD[language].format(_joined(lead, _AND[language]))} " if lead else ""

    def filled(text: str) -> str:
        return slot.filled(text, language)

    return ScriptItem(
        question=about + filled(item.question),
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
