"""The plan of a session, compiled from the rows as they are now. Frozen when the interview begins."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.compiler import compile_plan
from domain.plan import InterviewPlan
from domain.sources import CodingTaskSource, ProfileSource, QuestionSource, StageSource, TemplateSource
from storage import questions
from storage.models import AgentProfile, EvaluationStage, EvaluationTemplate, Participant

_TEMPLATES: sa.Table = EvaluationTemplate.__table__  # type: ignore[attr-defined]
_STAGES: sa.Table = EvaluationStage.__table__  # type: ignore[attr-defined]
_PROFILES: sa.Table = AgentProfile.__table__  # type: ignore[attr-defined]
_PEOPLE: sa.Table = Participant.__table__  # type: ignore[attr-defined]
MOST_EXTRA_PERCENT = 200


def compiled(db: sa.Connection, session: dict[str, Any]) -> InterviewPlan:
    """The plan for this session's row."""
    workspace: UUID = session["workspace_id"]
    template = _row(db, _TEMPLATES, workspace, session["evaluation_template_id"])
    stage = _row(db, _STAGES, workspace, session["interview_id"])
    person = _row(db, _PEOPLE, workspace, session["candidate_id"])
    assert template is not None
    assert person is not None
    profile = _profile(db, workspace, session["agent_profile_id"])
    return compile_plan(
        TemplateSource.model_validate(template),
        StageSource.model_validate(stage) if stage else None,
        ProfileSource.model_validate(profile) if profile else None,
        [QuestionSource.model_validate(each) for each in _attached(db, questions.QUESTIONS, session)],
        [CodingTaskSource.model_validate(each) for each in _attached(db, questions.TASKS, session)],
        language=session["language"],
        minutes=session["duration_minutes"],
        extra_percent=extra_percent(person["extra"]),
    )


def _attached(db: sa.Connection, table: sa.Table, session: dict[str, Any]) -> Sequence[dict[str, Any]]:
    place = session["workspace_id"], session["evaluation_template_id"], session["interview_id"]
    return questions.of_stage(db, table, *place)


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
