"""Evaluation stages: the steps of a template, one by one or the whole pipeline at once (contract 3.3)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import InUse, NotFound
from domain.moments import Stamp
from domain.scopes import Scope
from domain.scoring.rubric import check_threshold
from domain.sessions.pipeline import DesiredStage, diff_pipeline
from domain.text.quoting import quoted
from domain.vocabulary import AutomationRule, Difficulty, Lifecycle, Scale, StageType
from storage.engine.ids import new_id
from storage.engine.records import changed, values_of
from storage.interviews import booking
from storage.schema.records import EvaluationStageRecord
from storage.setup import agent_profiles as profiles
from storage.setup import evaluation_stages as stages
from storage.setup import evaluation_templates as templates
from tools.kernel.consequences import Consequence
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import (
    NO_BOOLEAN,
    NO_BOOLEAN_NUMBER,
    ById,
    Deleted,
    Label,
    Many,
    Minutes,
    Name,
    One,
    Paged,
    ProfileId,
    Request,
    Shown,
    StageId,
    TemplateId,
    changes,
    meta_of,
)

Place = Annotated[int, Field(ge=0, le=10_000), NO_BOOLEAN]
PassMark = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False), NO_BOOLEAN_NUMBER]


class EvaluationStageView(BaseModel):
    """A stage as it is shown. Sessions call its id `interview_id`."""

    id: UUID
    evaluation_template_id: UUID
    type: str
    stage_name: str | None
    stage_type: StageType
    stage_order: int
    duration_minutes: int
    agent_profile_id: UUID | None
    difficulty: Difficulty
    pass_threshold: Shown | None
    allow_retake: bool
    automation_rule: AutomationRule
    status: Lifecycle
    created_at: Stamp
    updated_at: Stamp


class _Stage(Request):
    """The members of a stage that can be set at any time."""

    stage_name: Name | None = Field(default=None, description="The name shown to the candidate.")
    stage_type: StageType = Field(default=StageType.ai_interview, description="The format of the step.")
    duration_minutes: Minutes = 30
    agent_profile_id: ProfileId | None = Field(default=None, description="The interviewer.")
    difficulty: Difficulty = Difficulty.intermediate
    pass_threshold: PassMark | None = Field(
        default=None, description="Least score to pass, on the profile's scale; 60 % of it if left out."
    )
    allow_retake: bool = Field(default=False, description="May try again after failing.")
    automation_rule: AutomationRule = Field(
        default=AutomationRule.none, description="auto_advance books the next stage when this one is passed."
    )


class CreateEvaluationStage(_Stage):
    evaluation_template_id: TemplateId = Field(description="The template it belongs to.")
    type: Label = Field(description="Short label, e.g. technical; what `stage` means when scheduling.")
    stage_order: Place = Field(default=0, description="Position; 0 is first.")
    status: Lifecycle = Lifecycle.active


class UpdateEvaluationStage(ById):
    created_as: ClassVar[type[BaseModel] | None] = CreateEvaluationStage

    id: StageId = Field(description="The stage to change.")
    type: Label | None = None
    stage_name: Name | None = None
    stage_type: StageType | None = None
    stage_order: Place | None = None
    duration_minutes: Minutes | None = None
    agent_profile_id: ProfileId | None = None
    difficulty: Difficulty | None = None
    pass_threshold: PassMark | None = None
    allow_retake: bool | None = None
    automation_rule: AutomationRule | None = None
    status: Lifecycle | None = None


class GetEvaluationStage(ById):
    id: StageId = Field(description="The stage's id.")


class ListEvaluationStages(Paged):
    evaluation_template_id: TemplateId | None = Field(default=None, description="Stages of one template.")
    status: Lifecycle | None = None


class ComposedStage(_Stage):
    id: UUID | None = Field(default=None, description="An existing stage; found by type if left out.")
    type: Label = Field(description="Short label, e.g. screen.")
    status: Literal[Lifecycle.active, Lifecycle.draft] = Field(
        default=Lifecycle.active, description="Leave a stage out of the list to archive it."
    )


class ComposeEvaluationStages(ById):
    id: TemplateId = Field(description="The template whose pipeline it is.")
    stages: Annotated[list[ComposedStage], Field(min_length=1, max_length=50)] = Field(
        description="The whole pipeline in its order. Members left out of an existing stage stay as they are."
    )
    dry_run: bool = Field(default=False, description="Only show what would change.")


class FieldChange(BaseModel):
    """One member of a stage, as it was and as it becomes."""

    name: str
    before: Any
    after: Any


class PipelineChange(BaseModel):
    """What happens to one stage; `id` is null for one that a dry run would create."""

    change: Literal["created", "updated", "unchanged", "archived", "deleted"]
    type: str
    id: UUID | None
    fields: list[FieldChange] = Field(default_factory=list)


class Pipeline(BaseModel):
    """A template's stages in order without the archived ones, as they now stand, and what is different."""

    data: list[EvaluationStageView]
    changes: list[PipelineChange]
    dry_run: bool


def _stage_in_words(row: EvaluationStageRecord) -> str:
    return quoted(row.stage_name or row.type)


def _loss_of_stage(call: Call, args: GetEvaluationStage) -> Consequence:
    before = _existing(call, args.id)
    template = templates.get(call.db, call.workspace, before.evaluation_template_id)
    of = f" of the template {quoted(template.template_name)}" if template else ""
    what = f"the stage {_stage_in_words(before)}{of}"
    sentence = f"Delete {what} for good, with its script and the questions and tasks of it alone."
    return Consequence(sentence, state=(values_of(before),))


def _loss_of_stages(call: Call, args: ComposeEvaluationStages) -> Consequence | None:
    """What a new pipeline retires, if anything."""
    if args.dry_run:
        return None
    template = templates.for_change(call.db, call.workspace, args.id)
    if template is None:
        raise NotFound(what="evaluation template")
    existing = stages.of_template(call.db, call.workspace, args.id)
    todo = diff_pipeline([values_of(row) for row in existing], [_wanted(stage) for stage in args.stages])
    retired = [row for row in existing if row.id in {one["id"] for one in todo.retired}]
    if not retired:
        return None
    used = stages.find_used(call.db, call.workspace, [row.id for row in retired])
    ends = [
        f"{_stage_in_words(row)} is {'archived' if row.id in used else 'deleted for good'}" for row in retired
    ]
    sentence = f"Replace the pipeline of {quoted(template.template_name)}: {', '.join(ends)}."
    deleted = len([row for row in retired if row.id not in used])
    return Consequence(sentence, {"stages": deleted}, tuple(values_of(row) for row in retired))


@operation(
    "POST /api/v1/evaluation-stages",
    scope=Scope.evaluation_stages_write,
    effect=Effect.creates,
    toolset=Toolset.manage,
    title="Create an evaluation stage",
)
def create_evaluation_stage(call: Call, args: CreateEvaluationStage) -> One[EvaluationStageView]:
    """Add one step to a template. compose_evaluation_stages sets a whole pipeline in one call."""
    if templates.get(call.db, call.workspace, args.evaluation_template_id) is None:
        raise NotFound(what="evaluation template", field="evaluation_template_id")
    _check_profile(call, args.agent_profile_id, args.pass_threshold)
    fields = args.model_dump(exclude={"evaluation_template_id"})
    return One(data=_view(_add(call, args.evaluation_template_id, fields)))


@operation(
    "GET /api/v1/evaluation-stages",
    scope=Scope.evaluation_stages_read,
    effect=Effect.reads,
    toolset=Toolset.manage,
    title="List evaluation stages",
)
def list_evaluation_stages(call: Call, args: ListEvaluationStages) -> Many[EvaluationStageView]:
    """Stages in their order, of one template or of all."""
    filters = args.model_dump(include={"evaluation_template_id", "status"}, exclude_none=True)
    rows, total = stages.list_page(call.db, call.workspace, filters, args.page_size, args.offset)
    return Many(data=[_view(row) for row in rows], meta=meta_of(args, total))


@operation(
    "GET /api/v1/evaluation-stages/{id}",
    scope=Scope.evaluation_stages_read,
    effect=Effect.reads,
    toolset=Toolset.manage,
    title="Read an evaluation stage",
)
def get_evaluation_stage(call: Call, args: GetEvaluationStage) -> One[EvaluationStageView]:
    """One step of a template."""
    return One(data=_view(_existing(call, args.id)))


@operation(
    "PATCH /api/v1/evaluation-stages/{id}",
    scope=Scope.evaluation_stages_write,
    effect=Effect.updates,
    toolset=Toolset.manage,
    title="Change an evaluation stage",
)
def update_evaluation_stage(call: Call, args: UpdateEvaluationStage) -> One[EvaluationStageView]:
    """Change fields of one step; fields left out stay. Sessions already scheduled keep their own length."""
    before = _existing(call, args.id)
    values = changes(args) | {"updated_at": call.now}
    after = replace(before, **values)
    _check_change(call, values, after)
    stages.change(call.db, call.workspace, args.id, values)
    return One(data=_view(after))


@operation(
    "DELETE /api/v1/evaluation-stages/{id}",
    scope=Scope.evaluation_stages_write,
    effect=Effect.deletes,
    toolset=Toolset.manage,
    title="Delete an evaluation stage",
    consequence=_loss_of_stage,
)
def delete_evaluation_stage(call: Call, args: GetEvaluationStage) -> Deleted:
    """Delete one step for good; refused once it has sessions: archive it instead, with status=archived."""
    _existing(call, args.id)
    if stages.find_used(call.db, call.workspace, [args.id]):
        raise InUse()
    stages.remove(call.db, call.workspace, args.id)
    return Deleted(id=args.id)


@operation(
    "PUT /api/v1/evaluation-templates/{id}/stages",
    scope=Scope.evaluation_stages_write,
    effect=Effect.updates,
    toolset=Toolset.setup,
    title="Compose a template's stages",
    consequence=_loss_of_stages,
    extension=True,
)
def compose_evaluation_stages(call: Call, args: ComposeEvaluationStages) -> Pipeline:
    """Set a template's whole pipeline in one call: creates, updates, reorders, and retires what is left out.

    Stages are matched by id, else by type. A retired stage is archived if it has sessions, else deleted.
    dry_run=true shows the difference and changes nothing. Next: create participants and schedule sessions.
    """
    if templates.for_change(call.db, call.workspace, args.id) is None:
        raise NotFound(what="evaluation template")
    existing = stages.of_template(call.db, call.workspace, args.id)
    rows = {row.id: row for row in existing}
    todo = diff_pipeline([values_of(row) for row in existing], [_wanted(stage) for stage in args.stages])
    done = [
        _create(call, args, step.place)
        if step.before is None
        else _update(call, args, step.place, rows[step.before["id"]], step.values)
        for step in todo.changes
    ]
    retired = [rows[row["id"]] for row in todo.retired]
    used = stages.find_used(call.db, call.workspace, [row.id for row in retired])
    done += [_retire(call, row, archive=row.id in used, dry=args.dry_run) for row in retired]
    return Pipeline(data=living(call, args.id), changes=done, dry_run=args.dry_run)


def living(call: Call, template: UUID) -> list[EvaluationStageView]:
    """A template's stages in their order, without the archived ones."""
    rows = stages.of_template(call.db, call.workspace, template)
    return [_view(row) for row in rows if row.status != Lifecycle.archived]


def _view(row: EvaluationStageRecord) -> EvaluationStageView:
    return EvaluationStageView.model_validate(row, from_attributes=True)


def _wanted(stage: ComposedStage) -> DesiredStage:
    sent = stage.model_fields_set - {"id", "type"}
    return DesiredStage(stage.id, stage.type, {name: getattr(stage, name) for name in sent})


def _update(
    call: Call,
    args: ComposeEvaluationStages,
    place: int,
    before: EvaluationStageRecord,
    values: Mapping[str, Any],
) -> PipelineChange:
    """Set what differs of an existing stage; a dry run only says what that is."""
    after = replace(before, **values)
    _check_change(call, values, after, at=("stages", place))
    if values and not args.dry_run:
        stages.change(call.db, call.workspace, before.id, {**values, "updated_at": call.now})
    return PipelineChange(
        change="updated" if values else "unchanged",
        type=after.type,
        id=before.id,
        fields=[
            FieldChange(name=name, before=getattr(before, name), after=value)
            for name, value in sorted(values.items())
        ],
    )


def _create(call: Call, args: ComposeEvaluationStages, place: int) -> PipelineChange:
    stage = args.stages[place]
    _check_profile(call, stage.agent_profile_id, stage.pass_threshold, at=("stages", place))
    made = None
    if not args.dry_run:
        fields = stage.model_dump(exclude={"id"}) | {"stage_order": place}
        made = _add(call, args.id, fields).id
    return PipelineChange(change="created", type=stage.type, id=made)


def _retire(call: Call, row: EvaluationStageRecord, *, archive: bool, dry: bool) -> PipelineChange:
    """Archive a stage that has sessions, delete any other; a dry run only says which."""
    if not dry and archive:
        after = replace(row, status=Lifecycle.archived, updated_at=call.now)
        stages.change(call.db, call.workspace, row.id, changed(row, after))
    elif not dry:
        stages.remove(call.db, call.workspace, row.id)
    return PipelineChange(change="archived" if archive else "deleted", type=row.type, id=row.id)


def _add(call: Call, template: UUID, fields: dict[str, Any]) -> EvaluationStageRecord:
    stage = EvaluationStageRecord(
        **fields,
        id=new_id(),
        workspace_id=call.workspace,
        evaluation_template_id=template,
        created_at=call.now,
        updated_at=call.now,
    )
    stages.add(call.db, stage)
    return stage


def _existing(call: Call, stage: UUID) -> EvaluationStageRecord:
    row = stages.get(call.db, call.workspace, stage)
    if row is None:
        raise NotFound(what="evaluation stage")
    return row


def _check_change(
    call: Call, values: Mapping[str, Any], after: EvaluationStageRecord, at: tuple[str | int, ...] = ()
) -> None:
    # a profile that was attached stays attached, even if its owner no longer shares it
    if {"agent_profile_id", "pass_threshold"} & values.keys():
        known = "agent_profile_id" not in values
        _check_profile(call, after.agent_profile_id, after.pass_threshold, at=at, known=known)


def _check_profile(
    call: Call,
    profile: UUID | None,
    threshold: float | None,
    *,
    at: tuple[str | int, ...] = (),
    known: bool = False,
) -> None:
    """The profile must be the workspace's own or public, and the pass mark must lie on its scale (contract C4).

    `known` says that the profile is attached already. Without a profile the scale is not known yet.
    """
    if profile is not None and not known and profiles.visible(call.db, call.workspace, profile) is None:
        raise NotFound(what="agent profile", field=".".join(map(str, (*at, "agent_profile_id"))))
    scale = Scale(booking.scale_of(call.db, profile)) if profile else Scale.hundred
    check_threshold(threshold, scale, (*at, "pass_threshold"))
