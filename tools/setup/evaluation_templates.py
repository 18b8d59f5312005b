"""Evaluation templates: the blueprint of a role or programme (contract 3.2)."""

from dataclasses import replace
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import InUse, NotFound
from domain.moments import Stamp
from domain.scopes import Scope
from domain.text.quoting import quoted
from domain.vocabulary import (
    DEFAULT_OUTCOME,
    Difficulty,
    Lifecycle,
    SessionMode,
    SuccessOutcome,
    UseCase,
    Visibility,
)
from storage.engine.ids import new_id
from storage.engine.records import values_of
from storage.schema.records import EvaluationTemplateRecord
from storage.setup import evaluation_templates as templates
from tools.kernel.consequences import Consequence, losses_in_words
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import (
    ById,
    Deleted,
    Label,
    Language,
    Line,
    Many,
    Minutes,
    Name,
    One,
    Paged,
    Prose,
    Request,
    TemplateId,
    changes,
    meta_of,
)
from tools.setup.evaluation_stages import EvaluationStageView, living

# Contract 9.8: names that were lost from the documentation, and how clients may spell them.
_SPELLINGS = {
    "domain": "industry",
    "instructions": "additional_context",
    "context": "additional_context",
    "default_session_mode": "session_mode",
    "evaluation_mode": "session_mode",
    "access": "visibility",
}

Skills = Annotated[list[Label], Field(max_length=100)]


class EvaluationTemplateView(BaseModel):
    """A template as it is shown."""

    id: UUID
    template_name: str
    use_case: UseCase
    description: str | None
    objective: str | None
    success_outcome: SuccessOutcome
    status: Lifecycle
    industry: str | None
    level: str | None
    requirements: str | None
    skills: list[str]
    soft_skills: list[str]
    additional_context: str | None
    default_duration_minutes: int
    default_difficulty: Difficulty
    session_mode: SessionMode
    visibility: Visibility
    language: str
    created_at: Stamp
    updated_at: Stamp


class EvaluationTemplateDetail(EvaluationTemplateView):
    """A template and its pipeline: the stages in order, or null for a key that may not read stages."""

    stages: list[EvaluationStageView] | None


class CreateEvaluationTemplate(Request):
    other_spellings: ClassVar[dict[str, str]] = _SPELLINGS

    template_name: Name = Field(description="Display name, e.g. Senior Backend Engineer.")
    use_case: UseCase = Field(description="Decides the words of the recommendation.")
    description: Prose | None = Field(default=None, description="One to three sentences about the role.")
    objective: Prose | None = Field(default=None, description="What the interview should find out.")
    success_outcome: SuccessOutcome | None = Field(
        default=None, description="Outcome label; follows from use_case if left out."
    )
    status: Lifecycle = Lifecycle.active
    industry: Line | None = Field(default=None, description="Industry or field.")
    level: Line | None = Field(default=None, description="Seniority, e.g. Senior / 5+ years.")
    requirements: Prose | None = Field(default=None, description="What must be shown to pass.")
    skills: Skills = Field(default_factory=list, description="Technical skills to probe.")
    soft_skills: Skills = Field(default_factory=list, description="Behavioural traits to probe.")
    additional_context: Prose | None = Field(default=None, description="Culture, edge cases, anything else.")
    default_duration_minutes: Minutes = Field(default=30, description="Length of a session in minutes.")
    default_difficulty: Difficulty = Difficulty.intermediate
    session_mode: SessionMode = SessionMode.live_ai_interview
    visibility: Visibility = Visibility.team
    language: Language = Field(default="en", description="Interview language, e.g. en or ja.")


class UpdateEvaluationTemplate(ById):
    created_as: ClassVar[type[BaseModel] | None] = CreateEvaluationTemplate

    other_spellings: ClassVar[dict[str, str]] = _SPELLINGS

    id: TemplateId = Field(description="The template to change.")
    template_name: Name | None = None
    description: Prose | None = None
    objective: Prose | None = None
    success_outcome: SuccessOutcome | None = None
    status: Lifecycle | None = None
    industry: Line | None = None
    level: Line | None = None
    requirements: Prose | None = None
    skills: Skills | None = Field(default=None, description="Replaces the list.")
    soft_skills: Skills | None = Field(default=None, description="Replaces the list.")
    additional_context: Prose | None = None
    default_duration_minutes: Minutes | None = None
    default_difficulty: Difficulty | None = None
    session_mode: SessionMode | None = None
    visibility: Visibility | None = None
    language: Language | None = None


class GetEvaluationTemplate(ById):
    id: TemplateId = Field(description="The template's id.")


class ListEvaluationTemplates(Paged):
    status: Lifecycle | None = None
    use_case: UseCase | None = None


def _loss_of_template(call: Call, args: GetEvaluationTemplate) -> Consequence:
    before = existing(call, args.id, hold=True)
    losses = templates.count_parts(call.db, call.workspace, args.id)
    sentence = f"Delete the template {quoted(before.template_name)} for good, with {losses_in_words(losses)}."
    return Consequence(sentence, losses, (values_of(before),))


@operation(
    "POST /api/v1/evaluation-templates",
    scope=Scope.evaluation_templates_write,
    effect=Effect.creates,
    toolset=Toolset.setup,
    title="Create an evaluation template",
)
def create_evaluation_template(call: Call, args: CreateEvaluationTemplate) -> One[EvaluationTemplateView]:
    """Describe a role or programme to assess.

    Use it once per role, before stages and participants. Next: set its stages with compose_evaluation_stages.
    """
    template = EvaluationTemplateRecord(
        **args.model_dump(exclude={"success_outcome"}),
        success_outcome=args.success_outcome or DEFAULT_OUTCOME[args.use_case],
        id=new_id(),
        workspace_id=call.workspace,
        created_at=call.now,
        updated_at=call.now,
    )
    templates.add(call.db, template)
    return One(data=_view(template))


@operation(
    "GET /api/v1/evaluation-templates",
    scope=Scope.evaluation_templates_read,
    effect=Effect.reads,
    toolset=Toolset.setup,
    title="List evaluation templates",
)
def list_evaluation_templates(call: Call, args: ListEvaluationTemplates) -> Many[EvaluationTemplateView]:
    """The workspace's templates, newest first. Use it to find a template's id.

    get_evaluation_template shows one with its stages.
    """
    filters = args.model_dump(include={"status", "use_case"}, exclude_none=True)
    rows, total = templates.list_page(call.db, call.workspace, filters, args.page_size, args.offset)
    return Many(data=[_view(row) for row in rows], meta=meta_of(args, total))


@operation(
    "GET /api/v1/evaluation-templates/{id}",
    scope=Scope.evaluation_templates_read,
    effect=Effect.reads,
    toolset=Toolset.setup,
    title="Read an evaluation template",
)
def get_evaluation_template(call: Call, args: GetEvaluationTemplate) -> One[EvaluationTemplateDetail]:
    """One template with all its fields and its pipeline: the stages in order, without archived ones."""
    row = existing(call, args.id)
    stages = living(call, args.id) if Scope.evaluation_stages_read in call.principal.scopes else None
    return One(data=EvaluationTemplateDetail.model_validate({**values_of(row), "stages": stages}))


@operation(
    "PATCH /api/v1/evaluation-templates/{id}",
    scope=Scope.evaluation_templates_write,
    effect=Effect.updates,
    toolset=Toolset.manage,
    title="Change an evaluation template",
)
def update_evaluation_template(call: Call, args: UpdateEvaluationTemplate) -> One[EvaluationTemplateView]:
    """Change fields of a template; fields left out stay, null clears an optional one.

    The use case is fixed at creation. Sessions that are already scheduled keep their own length and language.
    """
    before = existing(call, args.id, hold=True)
    values = changes(args)
    if "success_outcome" in values and values["success_outcome"] is None:
        values["success_outcome"] = DEFAULT_OUTCOME[UseCase(before.use_case)]
    values["updated_at"] = call.now
    templates.change(call.db, call.workspace, args.id, values)
    return One(data=_view(replace(before, **values)))


@operation(
    "DELETE /api/v1/evaluation-templates/{id}",
    scope=Scope.evaluation_templates_write,
    effect=Effect.deletes,
    toolset=Toolset.manage,
    title="Delete an evaluation template",
    consequence=_loss_of_template,
)
def delete_evaluation_template(call: Call, args: GetEvaluationTemplate) -> Deleted:
    """Delete a template and its stages for good.

    Refused while sessions or participants belong to it: archive it instead, with status=archived.
    """
    existing(call, args.id)
    if templates.in_use(call.db, call.workspace, args.id):
        raise InUse()
    templates.remove(call.db, call.workspace, args.id)
    return Deleted(id=args.id)


def existing(call: Call, template: UUID, *, hold: bool = False) -> EvaluationTemplateRecord:
    """The template's row, or `NotFound`; `hold` keeps others from changing it meanwhile."""
    find = templates.for_change if hold else templates.get
    row = find(call.db, call.workspace, template)
    if row is None:
        raise NotFound(what="evaluation template")
    return row


def _view(row: EvaluationTemplateRecord) -> EvaluationTemplateView:
    return EvaluationTemplateView.model_validate(row, from_attributes=True)
