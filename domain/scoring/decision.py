"""`recommendationLogic`: must-haves, knock-outs and minimums, read from an object or from lines of text.

As an object:

    {"minimums": {"Communication": 5},          a dimension's score on the profile's scale
     "must_have": ["Safety", "q2.c1"],          a dimension must reach the pass mark, a criterion must be met
     "knock_out": ["q3.c2"],                    a criterion that is contradicted or not met ends it
     "labels": {"pass": "advance", "fail": "stop"}}   words for `custom` outcomes

As text, rules separated by semicolons or lines: `Communication >= 5; must: Safety; knock_out: q3.c2; pass: advance`.
A dimension goes by its name, a criterion by its id or its text. Logic of which any part cannot be read is not usable:
the weighted average decides alone, and the scorecard says so (contract 9.18).
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import Field

from domain.frozen import Frozen
from domain.plan.items import InterviewPlan
from domain.text.names import plain

_MINIMUM = re.compile(r"^(?P<name>[^<>=]{1,120}?)\s*>=\s*(?P<least>\d+(?:\.\d+)?)$")
_LIST = re.compile(
    r"^(?P<rule>must|must_have|knock_out|knockout|pass|fail)\s*:\s*(?P<names>.{1,400})$", re.IGNORECASE
)
_LABEL = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class Logic(Frozen):
    """Rules with their names resolved to ids of the plan."""

    minimums: dict[str, Decimal] = Field(default_factory=dict)
    must_dimensions: tuple[str, ...] = ()
    must_criteria: tuple[str, ...] = ()
    knock_out: tuple[str, ...] = ()
    pass_label: str = ""
    fail_label: str = ""


class Unreadable(ValueError):
    """A part of the logic means nothing in this plan."""


def read_logic(plan: InterviewPlan) -> Logic | None:
    """The plan's logic, or None when there is none or not all of it can be read."""
    raw = plan.yardstick.logic
    try:
        if isinstance(raw, str):
            raw = _parsed(raw)
        logic = _resolved(plan, raw) if isinstance(raw, Mapping) else Logic()
    except Unreadable:
        return None
    return None if logic == Logic() else logic


def _parsed(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {"minimums": {}, "must_have": [], "knock_out": [], "labels": {}}
    for line in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        if minimum := _MINIMUM.match(line):
            found["minimums"][minimum["name"]] = minimum["least"]
        elif listed := _LIST.match(line):
            rule = listed["rule"].lower()
            if rule in ("pass", "fail"):
                found["labels"][rule] = listed["names"].strip()
            else:
                names = [name.strip() for name in listed["names"].split(",") if name.strip()]
                found["must_have" if rule.startswith("must") else "knock_out"] += names
        else:
            raise Unreadable
    return found


def _resolved(plan: InterviewPlan, raw: Mapping[str, Any]) -> Logic:
    if set(raw) - {"minimums", "must_have", "knock_out", "labels"}:
        raise Unreadable
    must = [_target(plan, name) for name in _names(raw.get("must_have"))]
    labels = raw.get("labels") or {}
    if not isinstance(labels, Mapping):
        raise Unreadable
    return Logic(
        minimums={
            _dimension(plan, name): least for name, least in _minimums(plan, raw.get("minimums")).items()
        },
        must_dimensions=tuple(target for target in must if target.startswith("d")),
        must_criteria=tuple(target for target in must if target.startswith("q")),
        knock_out=tuple(_criterion(plan, name) for name in _names(raw.get("knock_out"))),
        pass_label=_label(labels.get("pass")),
        fail_label=_label(labels.get("fail")),
    )


def _names(raw: Any) -> list[str]:
    if raw is None:
        return []
    if isinstance(raw, list) and all(isinstance(name, str) for name in raw):
        return raw
    raise Unreadable


def _minimums(plan: InterviewPlan, raw: Any) -> dict[str, Decimal]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise Unreadable
    found: dict[str, Decimal] = {}
    for name, least in raw.items():
        try:
            found[str(name)] = Decimal(str(least))
        except InvalidOperation:
            raise Unreadable from None
        if not 0 <= found[str(name)] <= plan.yardstick.scale.top:
            raise Unreadable
    return found


def _label(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, str) and _LABEL.match(raw):
        return raw
    raise Unreadable


def _target(plan: InterviewPlan, name: str) -> str:
    try:
        return _dimension(plan, name)
    except Unreadable:
        return _criterion(plan, name)


def _dimension(plan: InterviewPlan, name: str) -> str:
    for dimension in plan.dimensions:
        if name == dimension.id or plain(name) == plain(dimension.name):
            return dimension.id
    raise Unreadable


def _criterion(plan: InterviewPlan, name: str) -> str:
    for item in plan.items:
        for criterion in item.criteria:
            if name == criterion.id or plain(name) == plain(criterion.text):
                return criterion.id
    raise Unreadable
