"""Chooses a script from the library for a stage that has none of its own.

Role, skills, level, minutes and the profile's dimensions decide, never a participant: the same role asks every
candidate the same. The chosen script has the form of a written one, so an assistant can take it and change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from domain.plan.dimension_match import find_meant
from domain.plan.family_choice import GENERAL, choose_family, find_family
from domain.plan.library import Family, FamilyItem
from domain.plan.library_slots import Slot, asks_any_skill, find_leads, fit_into, is_named, names, script_item
from domain.plan.script import Script
from domain.plan.sources import DimensionSource, TemplateSource
from domain.vocabulary import Difficulty

# An item for one more skill is added only while all items keep so many minutes on average.
LEAST_MINUTES = Decimal("2.5")
# An item that names any skill names at most so many: one question, of which the candidate chooses the occasion.
MAX_SKILLS, MAX_SKILLS_LENGTH = 5, 160


@dataclass(frozen=True, slots=True)
class LibraryScript:
    """A script from the library. `unserved` are dimensions, and `unnamed` skills, that nothing in it fits."""

    family: str
    script: Script
    dimensions: tuple[DimensionSource, ...]
    unserved: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Selection:
    """What is chosen so far; `minutes` are those still free."""

    minutes: Decimal
    slots: list[Slot] = field(default_factory=list)

    def has_room(self) -> bool:
        """Whether one item more would still leave each enough time, if all were shortened alike."""
        used = sum((slot.item.minutes for slot in self.slots), Decimal(0))
        return self.minutes + used >= (len(self.slots) + 1) * LEAST_MINUTES

    def add(self, slot: Slot, *, always: bool = False) -> bool:
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
    leads = find_leads(template.skills, slots, spoken)
    items = fit_into([script_item(slot, leads.get(slot.item.id, ()), spoken) for slot in slots], minutes)
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
        unnamed=tuple(skill for skill in template.skills if not is_named(skill, slots, spoken)),
    )


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
    meant = {each.name: find_meant(each, family) for each in given}
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
        if not is_named(skill, chosen.slots, language):
            _add_for_skill(skill, given, candidates, chosen, language)
    by_weight = sorted(given, key=lambda each: -each.weight)
    for turn in range(1, max((len(each) for each in candidates.values()), default=0)):
        for dimension in by_weight:
            items = [item for item in candidates[dimension.name] if not asks_any_skill(item)]
            if turn <= len(items):
                chosen.add(Slot(items[turn - 1], dimension.name))
    return chosen


def _slots(dimension: str, items: Sequence[FamilyItem], skills: Sequence[str]) -> list[Slot]:
    found: list[Slot] = []
    for item in items:
        found += (
            [Slot(item, dimension, (skill,)) for skill in skills]
            if asks_any_skill(item)
            else [Slot(item, dimension)]
        )
    return found


def _skills_of(slot: Slot, skills: Sequence[str], language: str) -> list[str]:
    return [skill for skill in skills if names(slot, skill, language)]


def _names_known(slot: Slot, chosen: _Selection, template: TemplateSource, language: str) -> bool:
    """Whether all skills that the slot names are named already."""
    return all(
        is_named(skill, chosen.slots, language) for skill in _skills_of(slot, template.skills, language)
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
    naming = [slot for slot in slots if not slot.skills and names(slot, skill, language)]
    for slot in [*naming, *(slot for slot in slots if slot.skills)]:
        if chosen.has_room() and chosen.add(slot, always=True):
            return
    chosen.name_too(skill)
