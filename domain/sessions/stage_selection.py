"""Which stage a session is for when the request gives only a label (contract 9.13). No database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import AmbiguousName, Invalid, Issue
from domain.text.folding import reference_key
from domain.text.names import NamedRecord, choose_record, matches


@dataclass(frozen=True, slots=True)
class StageOption:
    """An active stage of a template, with the columns that choosing needs."""

    id: UUID
    type: str
    stage_name: str | None
    stage_order: int

    @property
    def named(self) -> NamedRecord:
        return NamedRecord(self.id, tuple(name for name in (self.stage_name, self.type) if name))


def choose_stage(label: str, steps: Sequence[StageOption], passed: Collection[UUID], *, strict: bool) -> UUID:
    """The id of the stage that `label` means. `passed` are stages that the participant has passed.

    Tried in this order: the `type`, then the `stage_name`, both in any letter case; a name that only one stage can
    have (`final` for `Final round`); the lowest `stage_order` not yet passed. `strict` takes only the one stage with
    this very `type` or `stage_name`, so that an assistant's mistake never invites somebody to a stage that nobody
    named. Raises `AmbiguousName`, `NoSuchName` or `Invalid`.
    """
    ordered = sorted(steps, key=lambda step: (step.stage_order, step.id))
    if strict and ordered:
        key = reference_key(label)
        meant = [step.named for step in ordered if key in map(reference_key, step.named.names)]
        return choose_record(meant, [step.named for step in ordered], field="stage", what="stage")
    wanted = label.strip().casefold()
    for named in ("type", "stage_name"):
        found = [step for step in ordered if (getattr(step, named) or "").strip().casefold() == wanted]
        if found:
            return found[0].id
    near = matches(label, [step.named for step in ordered])
    if len(near) == 1:
        return near[0].id
    if near:
        issue = Issue(
            path=["stage"], message="Several stages match; send interview_id.", code="ambiguous_name"
        )
        raise AmbiguousName([issue], what="stage", candidates=[named.as_candidate for named in near])
    return _lowest_open(ordered, passed)


def _lowest_open(ordered: Sequence[StageOption], passed: Collection[UUID]) -> UUID:
    for step in ordered:
        if step.id not in passed:
            return step.id
    message = "The template has no active stage that this participant has yet to pass."
    raise Invalid.field("stage", message=message, code="no_stage")
