"""A draft of a stage's script by the model of `VIVA_MODEL`, for a person or an assistant to accept (an extension)."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import NoModel, NothingToDraft
from domain.plan.drafting import Draft, DraftBrief, brief_of, remarks_on
from domain.plan.script_remarks import errors_in
from domain.scopes import Scope
from domain.vocabulary import SessionMode
from storage.interviews import plans
from tools.kernel.foreign_texts import fence_paths, foreign_among
from tools.kernel.operation import AsyncCall, Call, Effect, Toolset, async_operation
from tools.kernel.script_check import mark_names
from tools.kernel.shapes import ById, Language, Shown, StageId
from tools.setup.scripts import CourseStep, RemarkView, course_of, stage_of, views_of

_CRITERIA = ("text", "probe")
_SCENE = ("role", "situation", "opening", "good_ending", "bad_ending", "dimensions.dimension")
# A model that has read another workspace's profile may repeat it anywhere, so every text of its draft is marked.
_IN_DRAFT = (
    "course.dimension",
    *(f"script.items.{name}" for name in ("question", "dimension", "easier", "follow_ups.*", "anchors.*")),
    *(f"script.items.criteria.{name}" for name in _CRITERIA),
    *(f"script.scene.{name}" for name in _SCENE),
    *(f"script.scene.private.{name}" for name in ("question", "answer")),
    *(f"script.scene.objections.{name}" for name in ("trigger", "line")),
    *(f"script.scene.dimensions.criteria.{name}" for name in _CRITERIA),
)


class DraftScript(ById):
    id: StageId = Field(description="The evaluation stage.")
    language: Language | None = Field(
        default=None, description="Language of the draft, e.g. de; the template's if left out."
    )


class DraftedScript(BaseModel):
    """A draft, which is stored nowhere: accept it by sending the members of `script` to write_script.

    `asked`: how often the model was asked; twice when it had to correct errors. `repair_failed`: it could not.
    """

    stage_id: UUID
    drafted_by: str
    asked: int
    repair_failed: bool
    ready: bool = Field(description="False while errors are left; over MCP write_script refuses those.")
    script: dict[str, Any]
    remarks: list[RemarkView]
    minutes: Shown
    stage_minutes: int
    course: list[CourseStep]


class DraftAnswer(BaseModel):
    """The draft under `data`."""

    # nothing was created
    http_status: ClassVar[int] = 200

    data: DraftedScript


@dataclass(frozen=True, slots=True)
class _Basis:
    """What was read before the model was asked. `foreign`: texts of another workspace are among it."""

    stage: UUID
    brief: DraftBrief
    foreign: bool


@async_operation(
    "POST /api/v1/evaluation-stages/{id}/script/draft",
    scope=Scope.evaluation_stages_write,
    effect=Effect.creates,
    toolset=Toolset.questions,
    title="Draft a stage's script",
    extension=True,
)
async def draft_script(call: AsyncCall, args: DraftScript) -> DraftAnswer:
    """Have the server's model draft a stage's script, with the linter's remarks. Nothing is stored.

    Costs one call to the model, and one more when the linter finds errors in its first answer; may take two minutes.
    A draft is a stranger's text until somebody has read it, and holds no facts: add what candidates may be told.
    Without a model (VIVA_MODEL) it is refused. Next: write_script with the members of script, dry_run=true first.
    """
    basis = await call.read(lambda inner: _basis(inner, args))
    drafter = call.services.drafter
    if drafter is None:
        raise NoModel()
    # no connection is held while the model works
    draft = await drafter.draft(call.principal.workspace, basis.brief)
    return DraftAnswer(data=_view(basis, draft))


def _basis(call: Call, args: DraftScript) -> _Basis:
    stage = stage_of(call, args.id)
    made_from = plans.sources_of_stage(call.db, call.workspace, stage)
    language = (args.language or made_from.template.language or "en").split("-")[0].lower()
    brief = brief_of(made_from.template, made_from.stage, made_from.profile, made_from.tasks, language)
    if brief.context.mode is SessionMode.manual_review:
        raise NothingToDraft()
    return _Basis(stage.id, brief, bool(foreign_among(call, [stage.agent_profile_id])))


def _view(basis: _Basis, draft: Draft) -> DraftedScript:
    """The draft as this caller may see it."""
    script = draft.script
    remarks = remarks_on(script, basis.brief)
    minutes = basis.brief.context.minutes
    view = DraftedScript(
        stage_id=basis.stage,
        drafted_by=draft.author,
        asked=draft.asked,
        repair_failed=draft.repair_failed,
        ready=not errors_in(remarks),
        script=script.model_dump(mode="json"),
        remarks=views_of(mark_names(remarks) if basis.foreign else remarks),
        minutes=float(script.minutes if script.items else minutes),
        stage_minutes=minutes,
        course=course_of(script, minutes),
    )
    return fence_paths(view, _IN_DRAFT) if basis.foreign else view
