"""Which stage a session is for when only a label was given (contract 9.13). No database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.errors import AmbiguousName, Invalid, Issue, NoSuchName
from domain.text.names import Named, matches


@dataclass(frozen=True, slots=True)
class Step:
    """An active stage of a template, as much as choosing needs."""

    id: UUID
    type: str
    stage_name: str | None
    stage_order: int

    @property
    def named(self) -> Named:
        return Named(self.id, tuple(name for name in (self.stage_name, self.type) if name))


def choose_stage(label: str, steps: Sequence[Step], passed: Collection[UUID], *, strict: bool) -> UUID:
    """The stage meant by `label` among a template's active stages.

    First the `type`, then the `stage_name`, both without regard to case; then a name that can mean only one
    (`final` for `Final round`); at last the lowest `stage_order` not yet passed. `strict` leaves that last
    guess out: an assistant's slip must not invite somebody to another stage than the one that was asked for.
    """
    ordered = sorted(steps, key=lambda step: (step.stage_order, step.id))
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
        raise AmbiguousName([issue], what="stage", candidates=[named.shown for named in near])
    if strict and ordered:
        raise NoSuchName(what="stage", field="stage", candidates=[step.named.shown for step in ordered])
    return _lowest_open(ordered, passed)


def _lowest_open(ordered: Sequence[Step], passed: Collection[UUID]) -> UUID:
    for step in ordered:
        if step.id not in passed:
            return step.id
    message = "The template has no active stage that this participant has yet to pass."
    raise Invalid.field("stage", message=message, code="no_stage")
