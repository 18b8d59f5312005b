"""The script of a stage: written in one call, checked before anybody is invited (an extension)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from domain import json_codec
from domain.errors import Conflict, Invalid, Issue, NotFound, ScriptChanged
from domain.moments import Stamp
from domain.plan.script import MAX_FACTS, MAX_ITEMS, Fact, Passage, Scene, Script, ScriptItem
from domain.plan.script_linter import lint_script
from domain.plan.script_remarks import ScriptRemark, errors_in
from domain.plan.stage_check import context_of
from domain.scopes import Scope
from domain.text.quoting import quoted
from storage.interviews import plans, sessions
from storage.schema.records import EvaluationStageRecord, StageScriptRecord
from storage.setup import evaluation_stages, scripts
from tools.kernel.consequences import Consequence
from tools.kernel.foreign_texts import fence_foreign
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.script_check import GATED, check_script, mark_foreign
from tools.kernel.shapes import NO_BOOLEAN, ById, Language, One, Shown, StageId, documented

MAX_SCRIPT_BYTES = 262_144
MAX_ISSUES = 50


class WriteScript(ById):
    """A whole script. It asks something: there are items, or a scene."""

    model_config = ConfigDict(
        json_schema_extra=documented(
            anyOf=[
                {"required": ["items"], "properties": {"items": {"minItems": 1}}},
                {"required": ["scene"], "properties": {"scene": {"type": "object"}}},
            ]
        )
    )

    id: StageId = Field(description="The evaluation stage that is held by this script.")
    language: Language = Field(default="en", description="Language of all its texts, e.g. de.")
    opening: Passage = Field(default="", description="Said first, after greeting and AI notice.")
    items: Annotated[list[ScriptItem], Field(max_length=MAX_ITEMS)] = Field(
        default_factory=list,
        description="The questions in their order; none for a role play, which has a scene.",
    )
    scene: Scene | None = Field(default=None, description="A role play, in place of items.")
    facts: Annotated[list[Fact], Field(max_length=MAX_FACTS)] = Field(
        default_factory=list, description="What candidates may be told when they ask."
    )
    closing: Passage = Field(default="", description="Said last, before the thanks.")
    dry_run: bool = Field(default=False, description="Only check it and show its course; store nothing.")
    if_version: Annotated[int, Field(ge=0, le=1_000_000_000), NO_BOOLEAN] | None = Field(
        default=None, description="Write only over this version; 0 for the first."
    )

    @field_validator("items", "scene", "facts", mode="before")
    @classmethod
    def _without_inner_nulls(cls, value: Any) -> Any:
        # many clients send null for whatever they were not given
        return _solid(value)


def _solid(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _solid(member) for name, member in value.items() if member is not None}
    return [_solid(member) for member in value] if isinstance(value, list) else value


class ReadScript(ById):
    id: StageId = Field(description="The evaluation stage.")


class RemarkView(BaseModel):
    """One remark. Errors must be corrected before people are invited; warnings are advice."""

    severity: Literal["error", "warning"]
    code: str
    where: str
    message: str


class CourseStep(BaseModel):
    """One step of the interview, and the minute at which it begins if all take their planned time."""

    at_minute: Shown
    minutes: Shown
    dimension: str
    criteria: int


class WrittenScript(BaseModel):
    """What was stored, or would be: its version, whether it is ready, remarks, and the course of the interview."""

    stage_id: UUID
    version: int | None
    ready: bool
    remarks: list[RemarkView]
    minutes: Shown
    stage_minutes: int
    course: list[CourseStep]
    dry_run: bool


class ScriptView(BaseModel):
    """The script that a stage is held by and where it comes from. `script` is null where no script serves.

    `source`: script (written for this stage), library, bank (attached questions) or derived (from the rubric).
    """

    stage_id: UUID
    source: Literal["script", "library", "bank", "derived"]
    family: str | None
    version: int | None
    written_by: str | None
    updated_at: Stamp | None
    ready: bool
    script: dict[str, Any] | None
    remarks: list[RemarkView]


def _change_for_invited(call: Call, args: WriteScript) -> Consequence | None:
    """What people who are invited already would be asked instead, if there are any."""
    if args.dry_run:
        return None
    stage = stage_of(call, args.id)
    waiting = sessions.count_waiting(call.db, call.workspace, stage.id)
    if not waiting:
        return None
    before = scripts.get(call.db, call.workspace, stage.id)
    version = before.version if before else 0
    sentence = (
        f"Change what is asked in {waiting} interviews of the stage {quoted(stage.stage_name or stage.type)} that "
        "people are invited to already and have not begun."
    )
    return Consequence(sentence, state=(stage.id, version, waiting))


@operation(
    "PUT /api/v1/evaluation-stages/{id}/script",
    scope=Scope.evaluation_stages_write,
    effect=Effect.updates,
    toolset=Toolset.setup,
    title="Write a stage's script",
    extension=True,
    consequence=_change_for_invited,
)
def write_script(call: Call, args: WriteScript) -> One[WrittenScript]:
    """Write what a stage asks, listens for and may tell: items with criteria and one probe each, facts, or a scene.

    The whole script in one call; it replaces the one before. dry_run=true returns remarks and course and stores
    nothing: begin with it. A criterion that nothing asks about is an error. Interviews that have begun keep the
    script that they began with. Next: rehearse_interview.
    """
    stage = stage_of(call, args.id)
    made_from = plans.sources_of_stage(call.db, call.workspace, stage)
    script = _script(args)
    context = context_of(made_from.template, made_from.stage, made_from.profile, made_from.tasks)
    remarks = mark_foreign(call, stage, lint_script(script, context))
    version = made_from.written.version if made_from.written else 0
    if args.if_version is not None and args.if_version != version:
        raise ScriptChanged(version=version)
    if not args.dry_run:
        _refuse_unsound(call, remarks)
        _store(call, stage.id, script, made_from.written)
    written = WrittenScript(
        stage_id=stage.id,
        version=None if args.dry_run else version + 1,
        ready=not errors_in(remarks),
        remarks=views_of(remarks),
        minutes=float(script.minutes if script.items else context.minutes),
        stage_minutes=context.minutes,
        course=course_of(script, context.minutes),
        dry_run=args.dry_run,
    )
    return One(data=fence_foreign(call, written, stage.agent_profile_id, ("course.dimension",)))


# Where names of the profile's dimensions stand in a script.
_IN_SCRIPT = ("script.items.dimension", "script.scene.dimensions.dimension")


@operation(
    "GET /api/v1/evaluation-stages/{id}/script",
    scope=Scope.evaluation_stages_read,
    effect=Effect.reads,
    toolset=Toolset.setup,
    title="Read a stage's script",
    extension=True,
)
def read_script(call: Call, args: ReadScript) -> One[ScriptView]:
    """The script that sessions of a stage are held by, where it comes from, and what is wrong with it.

    Without one of its own, the library's is shown: take it, adapt it, and store it with write_script.
    """
    stage = stage_of(call, args.id)
    check = check_script(call, stage)
    row = scripts.get(call.db, call.workspace, stage.id)
    chosen = check.chosen
    script = Script.model_validate(row.body) if row else chosen.script
    view = ScriptView(
        stage_id=stage.id,
        source="script" if row else chosen.source.value,
        family=None if row or chosen.library is None else chosen.library.family,
        version=row.version if row else None,
        written_by=row.written_by if row else None,
        updated_at=row.updated_at if row else None,
        ready=not check.errors and not check.lacks_scene,
        script=script.model_dump(mode="json") if script else None,
        remarks=views_of(check.remarks),
    )
    return One(data=fence_foreign(call, view, stage.agent_profile_id, _IN_SCRIPT))


def _script(args: WriteScript) -> Script:
    """The script as it was sent, whole; `Invalid` for one that asks nothing or is too long."""
    if not args.items and args.scene is None:
        message = "Give at least one item, or a scene for a role play: a script is written as a whole."
        raise Invalid.field("items", message=message, code="empty_script")
    script = Script(
        language=args.language,
        opening=args.opening,
        items=tuple(args.items),
        scene=args.scene,
        facts=tuple(args.facts),
        closing=args.closing,
    )
    if len(json_codec.dumps(script.model_dump(mode="json"))) > MAX_SCRIPT_BYTES:
        message = (
            "The script is longer than 256 KiB. No interview asks so much: shorten its texts or drop items."
        )
        raise Invalid.field("items", message=message, code="too_long")
    return script


def _refuse_unsound(call: Call, remarks: Sequence[ScriptRemark]) -> None:
    """Over MCP and the dashboard any error refuses the script; over REST a dimension that does not exist does."""
    gating = errors_in(remarks)
    if call.via not in GATED:
        gating = [each for each in gating if each.code == "unknown_dimension"]
    if gating:
        issues = [
            Issue(path=_path(each.where), message=each.message, code=each.code)
            for each in gating[:MAX_ISSUES]
        ]
        hint = "Nothing was stored. Correct the script where issues say, and try it with dry_run=true."
        raise Invalid(issues, hint=hint)


def _path(where: str) -> list[str | int]:
    """`items[3].criteria[1]` as the path of an issue."""
    parts = where.replace("[", ".").replace("]", "").split(".")
    return [int(part) if part.isdigit() else part for part in parts]


def _store(call: Call, stage: UUID, script: Script, before: StageScriptRecord | None) -> None:
    row = StageScriptRecord(
        stage_id=stage,
        workspace_id=call.workspace,
        language=script.language,
        body=script.model_dump(mode="json"),
        version=before.version + 1 if before else 1,
        written_by=call.unit.actor.name,
        created_at=before.created_at if before else call.now,
        updated_at=call.now,
    )
    if before is None:
        scripts.add(call.db, row)
    elif not scripts.rewrite(call.db, row):
        raise Conflict(hint="The script was written again at the same moment. Read it and repeat.")


def course_of(script: Script, minutes: int) -> list[CourseStep]:
    """The steps of the interview in their order; a scene is one step."""
    if script.scene is not None:
        dimensions = script.scene.dimensions
        named = ", ".join(each.dimension for each in dimensions)
        count = sum(len(each.criteria) for each in dimensions)
        return [CourseStep(at_minute=0, minutes=float(minutes), dimension=named, criteria=count)]
    steps: list[CourseStep] = []
    at = Decimal(0)
    for item in script.items:
        steps.append(
            CourseStep(
                at_minute=float(at),
                minutes=float(item.minutes),
                dimension=item.dimension,
                criteria=len(item.criteria),
            )
        )
        at += item.minutes
    return steps


def views_of(remarks: Sequence[ScriptRemark]) -> list[RemarkView]:
    """The remarks as they are answered."""
    return [RemarkView.model_validate(each.model_dump(mode="json")) for each in remarks]


def stage_of(call: Call, stage: UUID) -> EvaluationStageRecord:
    """The stage of the caller's workspace; `NotFound` if there is none."""
    row = evaluation_stages.get(call.db, call.workspace, stage)
    if row is None:
        raise NotFound(what="evaluation stage")
    return row
