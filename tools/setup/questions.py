"""Question banks and coding tasks, attached to a template or to one of its stages (an extension).

Without any, questions and criteria are derived from the rubric; what is attached here is asked first. An interview
that has begun keeps the questions that it began with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from domain.code.runs import MAX_CASES, Language, plain_lines
from domain.errors import Invalid, LimitReached, NotFound
from domain.moments import Stamp
from domain.scopes import Scope
from domain.text.quoting import quoted
from storage.engine.ids import new_id
from storage.engine.records import values_of
from storage.interviews import booking
from storage.schema.records import CodingTaskRecord, QuestionRecord
from storage.setup import evaluation_stages, questions
from storage.setup.questions import Bank
from tools.kernel.consequences import Consequence
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import (
    NO_BOOLEAN_NUMBER,
    ById,
    Deleted,
    Label,
    Line,
    Many,
    Name,
    One,
    Paged,
    Part,
    Prose,
    Request,
    Shown,
    StageId,
    TemplateId,
    changes,
    documented,
    meta_of,
)

MAX_ATTACHED = 200
LANGUAGES = tuple(language.value for language in Language)
Lines = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=20)]
Short = Annotated[float, Field(gt=0, le=120), NO_BOOLEAN_NUMBER]
Asked = Annotated[str, Field(min_length=5, max_length=2000)]
Input = Annotated[str, Field(max_length=65_536)]

Attached = TypeVar("Attached", QuestionRecord, CodingTaskRecord)


class AttachQuestion(Request):
    evaluation_template_id: TemplateId = Field(description="The template that the question belongs to.")
    interview_id: StageId | None = Field(default=None, description="Ask it in this stage only.")
    question: Asked = Field(description="The question as it is put; one at a time.")
    dimension: Label | str = Field(default="", description="Name of the dimension it is evidence for.")
    easier: Line = Field(default="", description="The same at a lower difficulty.")
    harder: Line = Field(default="", description="The same at a higher difficulty.")
    criteria: Lines = Field(
        default_factory=list,
        description="Observable statements that a good answer meets; derived if left out.",
    )
    probes: Lines = Field(default_factory=list, description="Follow-ups, in the order of the criteria.")
    anchors: dict[Label, Line] = Field(
        default_factory=dict, description="What a weak, a fair and a strong answer look like."
    )
    must_have: Lines = Field(default_factory=list, description="Criteria without which nobody passes.")
    mandatory: bool = Field(default=True, description="Ask it before derived questions.")
    minutes: Short | None = Field(default=None, description="Minutes it may take.")


class QuestionView(BaseModel):
    """A question of a bank."""

    id: UUID
    evaluation_template_id: UUID
    interview_id: UUID | None
    question: str
    dimension: str
    easier: str
    harder: str
    criteria: list[str]
    probes: list[str]
    anchors: dict[str, str]
    must_have: list[str]
    mandatory: bool
    minutes: Shown | None
    created_at: Stamp
    updated_at: Stamp


class TaskCase(Part):
    """One test case: standard input and what must be printed."""

    input: Annotated[Input, AfterValidator(plain_lines)] = ""
    expected_output: Input = Field(description="Compared exactly; trailing white space never counts.")
    name: Line = ""
    hidden: bool = Field(default=False, description="The candidate sees only whether it passed.")


Languages = Annotated[
    list[Label],
    Field(
        min_length=1,
        max_length=len(LANGUAGES),
        json_schema_extra=documented(items={"type": "string", "enum": list(LANGUAGES)}),
    ),
]
Cases = Annotated[list[TaskCase], Field(min_length=1, max_length=MAX_CASES)]


class AttachCodingTask(Request):
    evaluation_template_id: TemplateId = Field(description="The template that the task belongs to.")
    interview_id: StageId | None = Field(default=None, description="Set it in this stage only.")
    title: Name
    statement: Prose = Field(
        min_length=5, description="What the program has to do, as the candidate reads it: Markdown."
    )
    dimension: Label | str = Field(default="", description="Name of the dimension it is evidence for.")
    languages: Languages = Field(
        default_factory=lambda: list(LANGUAGES), description="Which of python, javascript, typescript."
    )
    starter: dict[Label, Prose] = Field(default_factory=dict, description="Code to begin with, by language.")
    cases: Cases = Field(description="At least one; some should be hidden.")
    minutes: Short = Field(default=15, description="Minutes it may take.")


class CaseView(BaseModel):
    input: str
    expected_output: str
    name: str
    hidden: bool


class CodingTaskView(BaseModel):
    """A coding task with all its cases."""

    id: UUID
    evaluation_template_id: UUID
    interview_id: UUID | None
    title: str
    statement: str
    dimension: str
    languages: list[str]
    starter: dict[str, str]
    cases: list[CaseView]
    minutes: Shown
    created_at: Stamp
    updated_at: Stamp


class ListAttached(Paged):
    evaluation_template_id: TemplateId | None = Field(default=None, description="Of one template.")


class UpdateQuestion(ById):
    created_as: ClassVar[type[BaseModel] | None] = AttachQuestion

    id: UUID = Field(description="The question to change.")
    interview_id: StageId | None = Field(default=None, description="Ask it in this stage only; null for all.")
    question: Asked | None = None
    dimension: Label | str | None = None
    easier: Line | None = None
    harder: Line | None = None
    criteria: Lines | None = Field(default=None, description="Replaces the list.")
    probes: Lines | None = Field(default=None, description="Replaces the list.")
    anchors: dict[Label, Line] | None = None
    must_have: Lines | None = Field(default=None, description="Replaces the list.")
    mandatory: bool | None = None
    minutes: Short | None = None


class UpdateCodingTask(ById):
    created_as: ClassVar[type[BaseModel] | None] = AttachCodingTask

    id: UUID = Field(description="The coding task to change.")
    interview_id: StageId | None = Field(default=None, description="Set it in this stage only; null for all.")
    title: Name | None = None
    statement: Annotated[Prose, Field(min_length=5)] | None = None
    dimension: Label | str | None = None
    languages: Languages | None = Field(default=None, description="Replaces the list.")
    starter: dict[Label, Prose] | None = None
    cases: Cases | None = Field(default=None, description="Replaces all cases.")
    minutes: Short | None = None


class TheQuestion(ById):
    id: UUID = Field(description="The question's id.")


class TheCodingTask(ById):
    id: UUID = Field(description="The coding task's id.")


def _loss_of_question(call: Call, args: TheQuestion) -> Consequence:
    row = questions.get(call.db, questions.QUESTIONS, call.workspace, args.id)
    if row is None:
        raise NotFound(what="question")
    return Consequence(f"Remove the question {quoted(row.question)} for good.", state=(values_of(row),))


def _loss_of_task(call: Call, args: TheCodingTask) -> Consequence:
    row = questions.get(call.db, questions.TASKS, call.workspace, args.id)
    if row is None:
        raise NotFound(what="coding task")
    losses = {"test cases": len(row.cases)}
    return Consequence(f"Remove the coding task {quoted(row.title)} for good.", losses, (values_of(row),))


@operation(
    "POST /api/v1/questions",
    scope=Scope.evaluation_templates_write,
    effect=Effect.creates,
    toolset=Toolset.questions,
    title="Add a question",
    extension=True,
)
def create_question(call: Call, args: AttachQuestion) -> One[QuestionView]:
    """Attach a question to a template or one of its stages; interviews that begin from now on ask it.

    Criteria are what answers are judged by: give observable ones. Next: create_coding_task, or schedule_session.
    """
    _check_attachable(call, questions.QUESTIONS, args.evaluation_template_id, args.interview_id)
    made = QuestionRecord(
        id=new_id(),
        workspace_id=call.workspace,
        created_at=call.now,
        updated_at=call.now,
        **args.model_dump(),
    )
    questions.add(call.db, questions.QUESTIONS, made)
    return One(data=_question_view(made))


@operation(
    "GET /api/v1/questions",
    scope=Scope.evaluation_templates_read,
    effect=Effect.reads,
    toolset=Toolset.questions,
    title="List questions",
    extension=True,
)
def list_questions(call: Call, args: ListAttached) -> Many[QuestionView]:
    """The questions attached to templates, in the order in which they were added."""
    rows, total = _list(call, questions.QUESTIONS, args)
    return Many(data=[_question_view(row) for row in rows], meta=meta_of(args, total))


@operation(
    "PATCH /api/v1/questions/{id}",
    scope=Scope.evaluation_templates_write,
    effect=Effect.updates,
    toolset=Toolset.questions,
    title="Change a question",
    extension=True,
)
def update_question(call: Call, args: UpdateQuestion) -> One[QuestionView]:
    """Change what is sent of a question; interviews that have begun keep it as it was."""
    sent = changes(args)
    return One(data=_question_view(_change(call, questions.QUESTIONS, args.id, sent, "question")))


@operation(
    "DELETE /api/v1/questions/{id}",
    scope=Scope.evaluation_templates_write,
    effect=Effect.deletes,
    toolset=Toolset.questions,
    title="Remove a question",
    consequence=_loss_of_question,
    extension=True,
)
def delete_question(call: Call, args: TheQuestion) -> Deleted:
    """Remove a question from its template. Interviews that have begun keep it."""
    return _remove(call, questions.QUESTIONS, args.id, "question")


@operation(
    "POST /api/v1/coding-tasks",
    scope=Scope.evaluation_templates_write,
    effect=Effect.creates,
    toolset=Toolset.questions,
    title="Add a coding task",
    extension=True,
)
def create_coding_task(call: Call, args: AttachCodingTask) -> One[CodingTaskView]:
    """Attach a coding task to a template or one of its stages: the candidate gets an editor and runs the cases.

    Programs read standard input and print. The share of passed cases counts as measured evidence.
    """
    _check_attachable(call, questions.TASKS, args.evaluation_template_id, args.interview_id)
    values = {**args.model_dump(), "languages": _check_languages(args.languages)}
    made = CodingTaskRecord(
        id=new_id(), workspace_id=call.workspace, created_at=call.now, updated_at=call.now, **values
    )
    questions.add(call.db, questions.TASKS, made)
    return One(data=_task_view(made))


@operation(
    "GET /api/v1/coding-tasks",
    scope=Scope.evaluation_templates_read,
    effect=Effect.reads,
    toolset=Toolset.questions,
    title="List coding tasks",
    extension=True,
)
def list_coding_tasks(call: Call, args: ListAttached) -> Many[CodingTaskView]:
    """The coding tasks attached to templates with all their cases, hidden ones included."""
    rows, total = _list(call, questions.TASKS, args)
    return Many(data=[_task_view(row) for row in rows], meta=meta_of(args, total))


@operation(
    "PATCH /api/v1/coding-tasks/{id}",
    scope=Scope.evaluation_templates_write,
    effect=Effect.updates,
    toolset=Toolset.questions,
    title="Change a coding task",
    extension=True,
)
def update_coding_task(call: Call, args: UpdateCodingTask) -> One[CodingTaskView]:
    """Change what is sent of a coding task; interviews that have begun keep it as it was."""
    sent = changes(args)
    if "languages" in sent:
        sent["languages"] = _check_languages(sent["languages"])
    if "cases" in sent:
        sent["cases"] = [case.model_dump() for case in sent["cases"]]
    return One(data=_task_view(_change(call, questions.TASKS, args.id, sent, "coding task")))


@operation(
    "DELETE /api/v1/coding-tasks/{id}",
    scope=Scope.evaluation_templates_write,
    effect=Effect.deletes,
    toolset=Toolset.questions,
    title="Remove a coding task",
    consequence=_loss_of_task,
    extension=True,
)
def delete_coding_task(call: Call, args: TheCodingTask) -> Deleted:
    """Remove a coding task from its template. Interviews that have begun keep it."""
    return _remove(call, questions.TASKS, args.id, "coding task")


def _question_view(row: QuestionRecord) -> QuestionView:
    return QuestionView.model_validate(row, from_attributes=True)


def _task_view(row: CodingTaskRecord) -> CodingTaskView:
    return CodingTaskView.model_validate(row, from_attributes=True)


def _check_attachable(call: Call, bank: Bank[Attached], template: UUID, stage: UUID | None) -> None:
    if booking.template(call.db, call.workspace, template) is None:
        raise NotFound(what="evaluation template")
    _check_stage(call, template, stage)
    _, total = questions.list_page(call.db, bank, call.workspace, template, 1, 0)
    if total >= MAX_ATTACHED:
        raise LimitReached(hint=f"A template has at most {MAX_ATTACHED} of these; remove one first.")


def _check_stage(call: Call, template: UUID, stage: UUID | None) -> None:
    """`Invalid` for a stage that is not one of the template's."""
    if stage is None:
        return
    row = evaluation_stages.get(call.db, call.workspace, stage)
    if row is None or row.evaluation_template_id != template:
        message = "This is not a stage of the template."
        raise Invalid.field("interview_id", message=message, code="not_of_template")


def _check_languages(languages: list[str]) -> list[str]:
    """The languages, each once; `Invalid` for one that the sandbox does not run."""
    for place, language in enumerate(languages):
        if language not in LANGUAGES:
            message = f"Give some of {', '.join(LANGUAGES)}."
            raise Invalid.field("languages", place, message=message, code="enum")
    return list(dict.fromkeys(languages))


def _change(call: Call, bank: Bank[Attached], id: UUID, sent: Mapping[str, Any], what: str) -> Attached:
    """Write what a PATCH sends; the record after it, or `NotFound` that names `what`."""
    before = questions.get(call.db, bank, call.workspace, id)
    if before is None:
        raise NotFound(what=what)
    _check_stage(call, before.evaluation_template_id, sent.get("interview_id"))
    values = {**sent, "updated_at": call.now}
    questions.change(call.db, bank, call.workspace, id, values)
    return replace(before, **values)


def _list(call: Call, bank: Bank[Attached], args: ListAttached) -> tuple[Sequence[Attached], int]:
    template = args.evaluation_template_id
    return questions.list_page(call.db, bank, call.workspace, template, args.page_size, args.offset)


def _remove(call: Call, bank: Bank[Attached], id: UUID, what: str) -> Deleted:
    if not questions.remove(call.db, bank, call.workspace, id):
        raise NotFound(what=what)
    return Deleted(id=id)
