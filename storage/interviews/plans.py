"""The plan of a session: compiled from the current rows, and frozen when the interview begins."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.plan.compiler import compile_plan
from domain.plan.items import InterviewPlan
from domain.plan.script import Script
from domain.plan.sources import CodingTaskSource, ProfileSource, QuestionSource, StageSource, TemplateSource
from storage.engine.records import Records, values_of
from storage.engine.upsert import insert_or_ignore
from storage.people import participants
from storage.schema.records import (
    EvaluationStageRecord,
    InterviewPlanRecord,
    SessionRecord,
    StageScriptRecord,
)
from storage.schema.tables import InterviewPlan as FrozenPlan
from storage.schema.tables import table
from storage.setup import agent_profiles, evaluation_stages, evaluation_templates, questions, scripts

PLANS = table(FrozenPlan)
_PLANS = Records(InterviewPlanRecord, PLANS.c)
_SET_SEEN = (
    sa.update(PLANS)
    .where(PLANS.c.workspace_id == sa.bindparam("workspace"), PLANS.c.session_id == sa.bindparam("session"))
    .values(seen_at=sa.bindparam("now"))
)

MAX_EXTRA_PERCENT = 200


def compile_for_session(db: sa.Connection, session: SessionRecord) -> InterviewPlan:
    """The plan for this session's row."""
    person = participants.get(db, session.workspace_id, session.candidate_id)
    assert person is not None
    return _plan(
        db,
        session.workspace_id,
        session.evaluation_template_id,
        session.interview_id,
        session.agent_profile_id,
        language=session.language,
        minutes=session.duration_minutes,
        extra_percent=extra_percent(person.extra),
    )


def compile_for_stage(db: sa.Connection, workspace: UUID, stage: EvaluationStageRecord) -> InterviewPlan:
    """The plan that a session of this stage would get now."""
    return _plan(db, workspace, stage.evaluation_template_id, stage.id, stage.agent_profile_id)


@dataclass(frozen=True, slots=True)
class PlanSources:
    """What the plan of a stage is made from. `script` is the stage's own and `written` the row that holds it."""

    template: TemplateSource
    stage: StageSource | None
    profile: ProfileSource | None
    questions: Sequence[QuestionSource]
    tasks: Sequence[CodingTaskSource]
    script: Script | None
    written: StageScriptRecord | None


def sources(
    db: sa.Connection, workspace: UUID, template: UUID, stage: UUID, profile: UUID | None
) -> PlanSources:
    """The sources as they are now; the template must exist."""
    template_row = evaluation_templates.get(db, workspace, template)
    stage_row = evaluation_stages.get(db, workspace, stage)
    profile_row = agent_profiles.visible(db, workspace, profile) if profile else None
    assert template_row is not None
    bank = questions.of_stage(db, questions.QUESTIONS, workspace, template, stage)
    tasks = questions.of_stage(db, questions.TASKS, workspace, template, stage)
    written = scripts.get(db, workspace, stage)
    return PlanSources(
        template=TemplateSource.model_validate(values_of(template_row)),
        stage=StageSource.model_validate(values_of(stage_row)) if stage_row else None,
        profile=ProfileSource.model_validate(values_of(profile_row)) if profile_row else None,
        questions=[QuestionSource.model_validate(values_of(row)) for row in bank],
        tasks=[CodingTaskSource.model_validate(values_of(row)) for row in tasks],
        script=Script.model_validate(written.body) if written else None,
        written=written,
    )


def sources_of_stage(db: sa.Connection, workspace: UUID, stage: EvaluationStageRecord) -> PlanSources:
    """The sources of the plan that a session of this stage would get now."""
    return sources(db, workspace, stage.evaluation_template_id, stage.id, stage.agent_profile_id)


def _plan(
    db: sa.Connection,
    workspace: UUID,
    template: UUID,
    stage: UUID,
    profile: UUID | None,
    *,
    language: str | None = None,
    minutes: int | None = None,
    extra_percent: int = 0,
) -> InterviewPlan:
    made_from = sources(db, workspace, template, stage, profile)
    return compile_plan(
        made_from.template,
        made_from.stage,
        made_from.profile,
        made_from.questions,
        made_from.tasks,
        script=made_from.script,
        language=language,
        minutes=minutes,
        extra_percent=extra_percent,
    )


def extra_percent(metadata: dict[str, Any]) -> int:
    """The participant's extra time: `metadata.extraTimePercent`, in whole percent; 0 for anything unusable."""
    for name in ("extraTimePercent", "extra_time_percent"):
        percent = metadata.get(name)
        if isinstance(percent, int | float) and not isinstance(percent, bool) and percent > 0:
            return min(int(percent), MAX_EXTRA_PERCENT)
    return 0


def freeze(
    db: sa.Connection, workspace: UUID, session: UUID, plan: Mapping[str, Any], now: dt.datetime
) -> None:
    """Store the plan, once."""
    row = {"session_id": session, "workspace_id": workspace, "body": plan, "seen_at": now, "created_at": now}
    insert_or_ignore(db, FrozenPlan, row)


def get_frozen(db: sa.Connection, workspace: UUID, session: UUID) -> InterviewPlanRecord | None:
    """The frozen plan, or None before the interview has begun."""
    return _PLANS.one(
        db, _PLANS.select().where(PLANS.c.workspace_id == workspace, PLANS.c.session_id == session)
    )


def note_presence(db: sa.Connection, present: Iterable[tuple[UUID, UUID]], now: dt.datetime) -> None:
    """Note that candidates are connected; `present` pairs each workspace with a session."""
    rows = [{"workspace": workspace, "session": session, "now": now} for workspace, session in present]
    if rows:
        db.execute(_SET_SEEN, rows)
