"""Items of the library, filled with the skills of a template, in the form of a written script."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.plan.library import FamilyItem
from domain.plan.script import ScriptItem
from domain.plan.skills import names_skill

SKILL = "{skill}"
MIN_MINUTES = Decimal(2)
_OR, _AND = {"en": "or", "de": "oder"}, {"en": "and", "de": "und"}
# Said before a question that is about listed skills without naming them.
_LEAD = {"en": "This one is about {}.", "de": "Jetzt geht es um {}."}


@dataclass(frozen=True, slots=True)
class Slot:
    """An item of a family for a dimension of the profile, filled with skills where it asks for one."""

    item: FamilyItem
    dimension: str
    skills: tuple[str, ...] = ()

    def filled(self, text: str, language: str) -> str:
        """A text of the item with its skills in it, as `Python`, `Python or Go` or `Python, Go or Rust`."""
        return text.replace(SKILL, _joined(self.skills, _OR[language]))


def asks_any_skill(item: FamilyItem) -> bool:
    return SKILL in item.question


def names(slot: Slot, skill: str, language: str) -> bool:
    if skill in slot.skills or _claims_skill(slot.item, skill):
        return True
    text = " \n".join([slot.item.question, *(each.text for each in slot.item.criteria)])
    return names_skill(slot.filled(text, language), skill, language)


def _claims_skill(item: FamilyItem, skill: str) -> bool:
    """Whether the item is said to ask about the skill; `Communication skills` are `communication`."""
    return skill.casefold().removesuffix(" skills") in item.skills


def is_named(skill: str, slots: Sequence[Slot], language: str) -> bool:
    return any(names(slot, skill, language) for slot in slots)


def _joined(skills: Sequence[str], word: str) -> str:
    """`Python`, `Python or Go`, `Python, Go or Rust`."""
    *others, last = skills or ("",)
    return f"{', '.join(others)} {word} {last}" if others else last


def find_leads(skills: Sequence[str], slots: Sequence[Slot], language: str) -> dict[str, list[str]]:
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


def _asked_text(slot: Slot, language: str) -> str:
    item = slot.item
    texts = [
        item.question,
        item.easier,
        *(text for each in item.criteria for text in (each.text, each.probe)),
    ]
    return slot.filled(" \n".join(texts), language)


def script_item(slot: Slot, lead: Sequence[str], language: str) -> ScriptItem:
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


def fit_into(items: Sequence[ScriptItem], minutes: Decimal) -> list[ScriptItem]:
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
