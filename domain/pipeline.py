"""Composing a template's pipeline: from the stages that are there and the ones that are wanted to what to do.

No database. Stages are matched by id, else by `type`; what is left over is retired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.errors import Invalid, Issue


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stage as it should be: `id` names an existing one, `fields` are the members that were sent."""

    id: UUID | None
    type: str
    fields: Mapping[str, Any]


@dataclass(slots=True)
class Difference:
    """What to do to get from one pipeline to the other. Stages to make come with their place."""

    create: list[tuple[int, Wanted]] = field(default_factory=list)
    update: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    unchanged: list[UUID] = field(default_factory=list)
    retire: list[UUID] = field(default_factory=list)


def difference(existing: Sequence[Mapping[str, Any]], wanted: Sequence[Wanted]) -> Difference:
    """How to turn `existing` (rows) into `wanted`, in its order. A stage named twice or unknown is `Invalid`.

    Archived stages come back to life when they are wanted again. A stage keeps every member that is not sent.
    """
    known = {row["id"]: row for row in existing}
    matched = _matched(known, wanted)
    result = Difference()
    for place, (want, row) in enumerate(zip(wanted, matched, strict=True)):
        if row is None:
            result.create.append((place, want))
            continue
        target = {"status": "active", **want.fields, "type": want.type, "stage_order": place}
        changed = {name: value for name, value in target.items() if row[name] != value}
        if changed:
            result.update.append((row["id"], changed))
        else:
            result.unchanged.append(row["id"])
    kept = {row["id"] for row in matched if row is not None}
    result.retire = [row["id"] for row in existing if row["id"] not in kept and row["status"] != "archived"]
    return result


def _matched(
    known: Mapping[UUID, Mapping[str, Any]], wanted: Sequence[Wanted]
) -> list[Mapping[str, Any] | None]:
    by_id = {want.id for want in wanted if want.id is not None}
    _named_once(known, wanted)
    free = [row for row in known.values() if row["id"] not in by_id]
    found: list[Mapping[str, Any] | None] = []
    for want in wanted:
        if want.id is not None:
            found.append(known[want.id])
            continue
        row = _best(free, want.type)
        if row is not None:
            free.remove(row)
        found.append(row)
    return found


def _best(free: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    """The stage of this type that is not spoken for: a living one before an archived one."""
    same = [row for row in free if row["type"].casefold() == kind.casefold()]
    return min(same, key=lambda row: (row["status"] == "archived", row["stage_order"]), default=None)


def _named_once(known: Mapping[UUID, Mapping[str, Any]], wanted: Sequence[Wanted]) -> None:
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
