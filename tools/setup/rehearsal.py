"""Trying an interview out before a candidate meets it: its plan, and rehearsals (an extension)."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import NotFound
from domain.interview.candidates.kinds import Candidate
from domain.interview.rehearsal import rehearse_all
from domain.plan.linter import lint
from domain.scopes import Scope
from storage.engine.store import heavy
from storage.interviews import plans
from storage.schema.records import EvaluationStageRecord
from storage.setup import evaluation_stages
from tools.kernel.foreign_texts import fence_foreign
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.script_check import check_script
from tools.kernel.shapes import ById, One, StageId


class TheStage(ById):
    id: StageId = Field(description="The evaluation stage.")


class RehearseInterview(TheStage):
    candidate: Candidate | None = Field(default=None, description="One kind of candidate; all if left out.")
    transcripts: bool = Field(default=False, description="Also return every turn.")


# Where texts of the profile stand in the answers, as they are or in sentences that are made from them.
_IN_PREVIEW = (
    *(f"plan.manner.{name}" for name in ("persona", "name", "scenario", "background", "instructions")),
    "plan.yardstick.logic",
    *(f"plan.dimensions.{name}" for name in ("name", "description")),
    *(f"plan.items.{name}" for name in ("questions", "anchors")),
    *(f"plan.items.criteria.{name}" for name in ("text", "probe", "terms")),
    "plan.left_out",
    "remarks.message",
)
_IN_REHEARSALS = ("remarks.message", "rehearsals.problems", "rehearsals.transcript.text")


class Preview(BaseModel):
    """What a session of this stage would ask, by which criteria, and what is doubtful about it."""

    stage_id: UUID
    plan: dict[str, Any]
    remarks: list[dict[str, Any]]
    ready: bool = Field(description="False while the script has errors, or a role play has no scene.")
    script_remarks: list[dict[str, Any]] = Field(description="What the script linter says; see read_script.")


class Rehearsed(BaseModel):
    """How each kind of scripted candidate fared. `sound`: no promise about the conversation was broken.

    `ready`: sound, and the script has no error such as a criterion that nothing asks about. `figures` of a rehearsal
    are counts; `sound` says whether all that are to be 0 are. What the candidates answer is made
    up, so `passages` say nothing about scoring.
    """

    stage_id: UUID
    sound: bool
    ready: bool
    remarks: list[dict[str, Any]]
    script_remarks: list[dict[str, Any]]
    asked_by_nothing: list[str] = Field(
        description="Criteria that neither a question nor a follow-up asks about; with one, the script is not ready."
    )
    rehearsals: list[dict[str, Any]]


@operation(
    "GET /api/v1/evaluation-stages/{id}/interview-plan",
    scope=Scope.evaluation_stages_read,
    effect=Effect.reads,
    toolset=Toolset.questions,
    title="Preview an interview",
    extension=True,
)
def preview_interview(call: Call, args: TheStage) -> One[Preview]:
    """The plan of a stage: its questions with minutes, criteria, coding tasks and manner, and remarks on it.

    Nothing is stored or sent. Next: rehearse_interview, or write_script to ask something else.
    """
    stage = _stage(call, args.id)
    plan = plans.compile_for_stage(call.db, call.workspace, stage)
    check = check_script(call, stage)
    preview = Preview(
        stage_id=args.id,
        plan=plan.model_dump(mode="json"),
        remarks=[remark.model_dump(mode="json") for remark in lint(plan)],
        ready=not check.errors and not check.lacks_scene,
        script_remarks=[remark.model_dump(mode="json") for remark in check.remarks],
    )
    return One(data=fence_foreign(call, preview, stage.agent_profile_id, _IN_PREVIEW))


@operation(
    "GET /api/v1/evaluation-stages/{id}/rehearsal",
    scope=Scope.evaluation_stages_read,
    effect=Effect.reads,
    toolset=Toolset.questions,
    title="Rehearse an interview",
    extension=True,
)
def rehearse_interview(call: Call, args: RehearseInterview) -> One[Rehearsed]:
    """Hold the interview of a stage with scripted candidates: strong, terse, silent, rude, asking back, and others.

    The real interviewer under a hand-set clock; no mail, no credit, no record. Says what was reached, how long it
    took, whether questions were answered and criteria asked about, and any promise that was broken. Answers are made
    up: they try out interviewer and script, not scoring.
    """
    heavy(call.db)
    stage = _stage(call, args.id)
    plan = plans.compile_for_stage(call.db, call.workspace, stage)
    check = check_script(call, stage)
    report = rehearse_all(plan, [args.candidate] if args.candidate else None)
    left_out = None if args.transcripts else {"transcript"}
    rehearsed = Rehearsed(
        stage_id=args.id,
        sound=report.sound,
        ready=report.ready and not check.errors and not check.lacks_scene,
        remarks=[remark.model_dump(mode="json") for remark in report.remarks],
        script_remarks=[remark.model_dump(mode="json") for remark in check.remarks],
        asked_by_nothing=list(report.asked_by_nothing),
        rehearsals=[each.model_dump(mode="json", exclude=left_out) for each in report.rehearsals],
    )
    return One(data=fence_foreign(call, rehearsed, stage.agent_profile_id, _IN_REHEARSALS))


def _stage(call: Call, stage: UUID) -> EvaluationStageRecord:
    row = evaluation_stages.get(call.db, call.workspace, stage)
    if row is None:
        raise NotFound(what="evaluation stage")
    return row
