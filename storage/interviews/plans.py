"""The plan of a session, compiled from the rows as they are now. Frozen when the interview begins."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.plan.compiler import compile_plan
from domain.plan.items import InterviewPlan
from domain.plan.sources import CodingTaskSource, ProfileSource, QuestionSource, StageSource, TemplateSource
from storage.schema.tables import AgentProfile, EvaluationStage, EvaluationTemplate, Participant
from storage.setup import questions

_TEMPLATES: sa.Table = EvaluationTemplate.__table__  # type: ignore[attr-defined]
_STAGES: sa.Table = EvaluationStage.__table__  # type: ignore[attr-defined]
_PROFILES: sa.Table = AgentProfile.__table__  # type: ignore[attr-defined]
_PEOPLE: sa.Table = Participant.__table__  # type: ignore[attr-defined]
MOST_EXTRA_PERCENT = 200


def compiled(db: sa.Connection, session: dict[str, Any]) -> InterviewPlan:
    """The plan for this session's row."""
    person = _row(db, _PEOPLE, session["workspace_id"], session["candidate_id"])
    assert person is not None
    return _plan(
        db,
        session["workspace_id"],
        session["evaluation_template_id"],
        session["interview_id"],
        session["agent_profile_id"],
        language=session["language"],
        minutes=session["duration_minutes"],
        extra_percent=extra_percent(person["extra"]),
    )


def of_stage(db: sa.Connection, workspace: UUID, stage: dict[str, Any]) -> InterviewPlan:
    """The plan that a session of this stage would begin with now."""
    template, profile = stage["evaluation_template_id"], stage["agent_profile_id"]
    return _plan(db, workspace, template, stage["id"], profile)


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
    place = workspace, template, stage
    role, step = _row(db, _TEMPLATES, workspace, template), _row(db, _STAGES, workspace, stage)
    manner = _profile(db, workspace, profile)
    assert role is not None
    return compile_plan(
        TemplateSource.model_validate(role),
        StageSource.model_validate(step) if step else None,
        ProfileSource.model_validate(manner) if manner else None,
        [QuestionSource.model_validate(row) for row in questions.of_stage(db, questions.QUESTIONS, *place)],
        [CodingTaskSource.model_validate(row) for row in questions.of_stage(db, questions.TASKS, *place)],
        language=language,
        minutes=minutes,
        extra_percent=extra_percent,
    )


def extra_percent(metadata: dict[str, Any]) -> int:
    """The participant's extra time: `metadata.extraTimePercent`, as whole percent; anything unusable is none."""
    for name in ("extraTimePercent", "extra_time_percent"):
        given = metadata.get(name)
        if isinstance(given, int | float) and not isinstance(given, bool) and given > 0:
            return min(int(given), MOST_EXTRA_PERCENT)
    return 0


def _profile(db: sa.Connection, workspace: UUID, profile: UUID | None) -> dict[str, Any] | None:
    """The interviewer: the workspace's own or a public one."""
    if profile is None:
        return None
    mine = sa.or_(_PROFILES.c.workspace_id == workspace, _PROFILES.c.is_public)
    row = db.execute(sa.select(_PROFILES).where(mine, _PROFILES.c.id == profile)).mappings().one_or_none()
    return dict(row) if row else None


def _row(db: sa.Connection, table: sa.Table, workspace: UUID, id: UUID) -> dict[str, Any] | None:
    found = sa.select(table).where(table.c.workspace_id == workspace, table.c.id == id)
    row = db.execute(found).mappings().one_or_none()
    return dict(row) if row else None
