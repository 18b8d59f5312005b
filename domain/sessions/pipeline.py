"""The difference between a template's stages and the pipeline it should have. No database.

Stages are matched by id, else by `type`. Stages that are left over are retired.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.errors import Invalid, Issue
from domain.vocabulary import Lifecycle

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DesiredStage:
    """A stage as it should be. `id` names an existing stage; `fields` are the members that were sent."""

    id: UUID | None
    type: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StageChange:
    """What to do for one stage: its place from 0, its row so far, and the columns to set.

    `before` is None for a new stage, and `values` is then everything that was sent. Otherwise `values` is what differs.
    """

    place: int
    before: Row | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PipelineDiff:
    """How to change a pipeline: one change for each stage, in order, and the rows to retire."""

    changes: Sequence[StageChange] = field(default_factory=list)
    retired: Sequence[Row] = field(default_factory=list)


def diff_pipeline(existing: Sequence[Row], wanted: Sequence[DesiredStage]) -> PipelineDiff:
    """How to turn `existing` into `wanted`. Raises `Invalid` for an id that is unknown or appears twice.

    A stage keeps every member that is not sent. An archived stage becomes active again when it is wanted.
    """
    matched = _match(existing, wanted)
    matched_ids = {row["id"] for row in matched if row is not None}
    return PipelineDiff(
        [_change(place, want, row) for place, (want, row) in enumerate(zip(wanted, matched, strict=True))],
        [row for row in existing if row["id"] not in matched_ids and row["status"] != Lifecycle.archived],
    )


def _change(place: int, want: DesiredStage, row: Row | None) -> StageChange:
    target = {**want.fields, "type": want.type, "stage_order": place}
    if row is None:
        return StageChange(place, None, target)
    if row["status"] == Lifecycle.archived:
        target.setdefault("status", Lifecycle.active)
    return StageChange(place, row, {name: value for name, value in target.items() if row[name] != value})


def _match(existing: Sequence[Row], wanted: Sequence[DesiredStage]) -> list[Row | None]:
    """For each wanted stage its existing row, or None."""
    known = {row["id"]: row for row in existing}
    _check_ids(known, wanted)
    named = {want.id for want in wanted if want.id is not None}
    free = [row for row in existing if row["id"] not in named]
    found: list[Row | None] = []
    for want in wanted:
        row = known[want.id] if want.id is not None else _match_by_type(free, want.type)
        if row is not None and want.id is None:
            free.remove(row)
        found.append(row)
    return found


def _match_by_type(free: Sequence[Row], kind: str) -> Row | None:
    """The first free stage of this type. Archived ones come last."""
    same = [row for row in free if row["type"].casefold() == kind.casefold()]
    return min(same, key=lambda row: (row["status"] == Lifecycle.archived, row["stage_order"]), default=None)


def _check_ids(known: Mapping[UUID, Row], wanted: Sequence[DesiredStage]) -> None:
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
