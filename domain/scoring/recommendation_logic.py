"""`recommendationLogic`: must-haves, knock-outs and minimums, as an object or as text.

As an object:

    {"minimums": {"Communication": 5},          a dimension's score on the profile's scale
     "must_have": ["Safety", "q2.c1"],          a dimension must reach the pass mark, a criterion must be met
     "knock_out": ["q3.c2"],                    a criterion that is contradicted or not met fails it
     "labels": {"pass": "advance", "fail": "stop"}}   words for `custom` outcomes

As text, rules separated by semicolons or lines: `Communication >= 5; must: Safety; knock_out: q3.c2; pass: advance`.
A dimension goes by its name or id, a criterion by its id or text. If any part cannot be read, the logic is not used:
the weighted average decides alone, and the scorecard says so (contract 9.18).
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import Field

from domain.frozen import Frozen
from domain.plan.items import InterviewPlan
from domain.text.names import normalise_name

_MINIMUM = re.compile(r"^(?P<name>[^<>=]{1,120}?)\s*>=\s*(?P<least>\d+(?:\.\d+)?)$")
_RULE_LIST = re.compile(
    r"^(?P<rule>must|must_have|knock_out|knockout|pass|fail)\s*:\s*(?P<names>.{1,400})$", re.IGNORECASE
)
_LABEL = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class RecommendationLogic(Frozen):
    """The rules, with names resolved to ids of the plan."""

    minimums: dict[str, Decimal] = Field(default_factory=dict)
    must_dimensions: tuple[str, ...] = ()
    must_criteria: tuple[str, ...] = ()
    knock_out: tuple[str, ...] = ()
    pass_label: str = ""
    fail_label: str = ""


class UnreadableLogic(ValueError):
    """A part of the logic cannot be read, or names nothing in this plan."""


def read_logic(plan: InterviewPlan) -> RecommendationLogic | None:
    """The plan's logic; None when there is none, or when any part of it cannot be read."""
    raw = plan.yardstick.logic
    try:
        if isinstance(raw, str):
            raw = _parse_text(raw)
        logic = _resolve_rules(plan, raw) if isinstance(raw, Mapping) else RecommendationLogic()
    except UnreadableLogic:
        return None
    return None if logic == RecommendationLogic() else logic


def _parse_text(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {"minimums": {}, "must_have": [], "knock_out": [], "labels": {}}
    for line in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        if minimum := _MINIMUM.match(line):
            found["minimums"][minimum["name"]] = minimum["least"]
        elif listed := _RULE_LIST.match(line):
            rule = listed["rule"].lower()
            if rule in ("pass", "fail"):
                found["labels"][rule] = listed["names"].strip()
            else:
                names = [name.strip() for name in listed["names"].split(",") if name.strip()]
                found["must_have" if rule.startswith("must") else "knock_out"] += names
        else:
            raise UnreadableLogic
    return found


def _resolve_rules(plan: InterviewPlan, raw: Mapping[str, Any]) -> RecommendationLogic:
    if set(raw) - {"minimums", "must_have", "knock_out", "labels"}:
        raise UnreadableLogic
    must = [_target_id(plan, name) for name in _read_names(raw.get("must_have"))]
    labels = raw.get("labels") or {}
    if not isinstance(labels, Mapping):
        raise UnreadableLogic
    return RecommendationLogic(
        minimums={
            _dimension_id(plan, name): least
            for name, least in _read_minimums(plan, raw.get("minimums")).items()
        },
        must_dimensions=tuple(target for target in must if target.startswith("d")),
        must_criteria=tuple(target for target in must if target.startswith("q")),
        knock_out=tuple(_criterion_id(plan, name) for name in _read_names(raw.get("knock_out"))),
        pass_label=_read_label(labels.get("pass")),
        fail_label=_read_label(labels.get("fail")),
    )


def _read_names(raw: Any) -> list[str]:
    if raw is None:
        return []
    if isinstance(raw, list) and all(isinstance(name, str) for name in raw):
        return raw
    raise UnreadableLogic


def _read_minimums(plan: InterviewPlan, raw: Any) -> dict[str, Decimal]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise UnreadableLogic
    found: dict[str, Decimal] = {}
    for name, least in raw.items():
        try:
            found[str(name)] = Decimal(str(least))
        except InvalidOperation:
            raise UnreadableLogic from None
        if not 0 <= found[str(name)] <= plan.yardstick.scale.top:
            raise UnreadableLogic
    return found


def _read_label(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, str) and _LABEL.match(raw):
        return raw
    raise UnreadableLogic


def _target_id(plan: InterviewPlan, name: str) -> str:
    try:
        return _dimension_id(plan, name)
    except UnreadableLogic:
        return _criterion_id(plan, name)


def _dimension_id(plan: InterviewPlan, name: str) -> str:
    for dimension in plan.dimensions:
        if name == dimension.id or normalise_name(name) == normalise_name(dimension.name):
            return dimension.id
    raise UnreadableLogic


def _criterion_id(plan: InterviewPlan, name: str) -> str:
    for item in plan.items:
        for criterion in item.criteria:
            if name == criterion.id or normalise_name(name) == normalise_name(criterion.text):
                return criterion.id
    raise UnreadableLogic
