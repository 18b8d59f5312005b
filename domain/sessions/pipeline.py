"""Composing a template's pipeline: from the stages that are there and the ones that are wanted to what to do.

No database. Stages are matched by id, else by `type`; what is left over is retired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.errors import Invalid, Issue
from domain.vocabulary import Lifecycle

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stage as it should be: `id` names an existing one, `fields` are the members that were sent."""

    id: UUID | None
    type: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One wanted stage at its place: the row it already has, if any, and the columns to set.

    For a new stage `values` are what was sent; for an existing one only what differs.
    """

    place: int
    before: Row | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """How to get from one pipeline to the other: every wanted stage in order, and the rows to retire."""

    steps: Sequence[Step] = field(default_factory=list)
    retired: Sequence[Row] = field(default_factory=list)


def difference(existing: Sequence[Row], wanted: Sequence[Wanted]) -> Difference:
    """How to turn `existing` into `wanted`, in its order. A stage named twice or unknown is `Invalid`.

    A stage keeps every member that is not sent. An archived stage that is wanted again becomes active.
    """
    matched = _matched(existing, wanted)
    kept = {row["id"] for row in matched if row is not None}
    return Difference(
        [_step(place, want, row) for place, (want, row) in enumerate(zip(wanted, matched, strict=True))],
        [row for row in existing if row["id"] not in kept and row["status"] != Lifecycle.archived],
    )


def _step(place: int, want: Wanted, row: Row | None) -> Step:
    target = {**want.fields, "type": want.type, "stage_order": place}
    if row is None:
        return Step(place, None, target)
    if row["status"] == Lifecycle.archived:
        target.setdefault("status", Lifecycle.active)
    return Step(place, row, {name: value for name, value in target.items() if row[name] != value})


def _matched(existing: Sequence[Row], wanted: Sequence[Wanted]) -> list[Row | None]:
    """For each wanted stage the row it stands for."""
    known = {row["id"]: row for row in existing}
    _named_once(known, wanted)
    named = {want.id for want in wanted if want.id is not None}
    free = [row for row in existing if row["id"] not in named]
    found: list[Row | None] = []
    for want in wanted:
        row = known[want.id] if want.id is not None else _best(free, want.type)
        if row is not None and want.id is None:
            free.remove(row)
        found.append(row)
    return found


def _best(free: Sequence[Row], kind: str) -> Row | None:
    """The stage of this type that is not spoken for: a living one before an archived one."""
    same = [row for row in free if row["type"].casefold() == kind.casefold()]
    return min(same, key=lambda row: (row["status"] == Lifecycle.archived, row["stage_order"]), default=None)


def _named_once(known: Mapping[UUID, Row], wanted: Sequence[Wanted]) -> None:
    issues = []
    seen: set[UUID] = set()
    for place, want in enumerate(wanted):
        if want.id is None:
            continue
        if want.id not in known:
            message = "The template has no stage with this id."
            issues.append(Issue(path=["stages", place, "id"], message=message, code="unknown_stage"))
        elif want.id in seen:
            issues.append(Issue(path=["stages", place, "id"], message="Named twice.", code="not_unique"))
        seen.add(want.id)
    if issues:
        raise Invalid(issues)
