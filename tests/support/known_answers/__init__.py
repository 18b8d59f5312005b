"""Answers that people wrote for three scripts, with what each sentence shows: to be held against a scorecard."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from domain.interview.candidates.actor import Passage
from domain.plan.items import InterviewPlan, Item, ItemKind


@cache
def _read(script: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / f"{script}.toml").read_text("utf-8"))


def _passages(rows: list[list[Any]]) -> list[Passage]:
    return [Passage(text=text, shows=tuple(shows)) for text, shows in rows]


class KnownAnswers:
    """One candidate's answers to a script: the first to an item, then by the criterion that a follow-up asks about."""

    def __init__(self, script: str, kind: str, plan: InterviewPlan) -> None:
        self._plan = plan
        self._sheets: list[dict[str, Any]] = _read(script).get(kind, [])
        self._given: Counter[str] = Counter()

    def give(self, item: Item, criterion_id: str | None) -> Sequence[Passage]:
        """What is said next about this item; nothing when all was said."""
        at = 0 if item.kind is ItemKind.scene else [each.id for each in self._plan.items].index(item.id)
        if at >= len(self._sheets):
            return ()
        sheet = self._sheets[at]
        if not self._once(f"{item.id}:main"):
            return _passages(sheet["main"])
        place = next(
            (n for n, each in enumerate(criteria_of(self._plan, item)) if each == criterion_id), None
        )
        if place is not None and not self._once(f"{item.id}:{place}"):
            return _passages(sheet["probes"][place])
        said = self._given[f"{item.id}:more"]
        self._given[f"{item.id}:more"] += 1
        return _passages(sheet["more"][said : said + 1])

    def passages_of(self, item: Item) -> list[Passage]:
        """All sentences that were written for this item."""
        at = 0 if item.kind is ItemKind.scene else [each.id for each in self._plan.items].index(item.id)
        sheet = self._sheets[at] if at < len(self._sheets) else {}
        rows = [sheet.get("main", []), *sheet.get("probes", []), sheet.get("more", [])]
        return [passage for each in rows for passage in _passages(each)]

    def _once(self, key: str) -> bool:
        """Whether this was said before; from now on it was."""
        self._given[key] += 1
        return self._given[key] > 1


def criteria_of(plan: InterviewPlan, item: Item) -> list[str]:
    """The ids of an item's criteria in the order in which the answers count them: of all dimensions in a scene."""
    heard = plan.listened_with(item)
    return [criterion.id for each in plan.items if each.id in heard for criterion in each.criteria]
