"""All data that a mail about a session needs: one row from six tables. For the worker and for previews."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from storage.engine.records import Records
from storage.schema.tables import (
    EvaluationStage,
    EvaluationTemplate,
    Mail,
    Participant,
    Session,
    Workspace,
    table,
)

_S = table(Session)
_P = table(Participant)
_T = table(EvaluationTemplate)
_G = table(EvaluationStage)
_W = table(Workspace)
_M = table(Mail)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContextRecord:
    """A mail with its session, participant, template, stage and workspace."""

    mail_id: UUID
    kind: str
    mail_generation: int
    attempt: int
    mail_status: str
    message_id: str | None
    due_at: dt.datetime
    enqueued_at: dt.datetime
    session_id: UUID
    workspace_id: UUID
    status: str
    generation: int
    scheduled_at: dt.datetime
    timezone: str
    language: str
    duration_minutes: int
    session_mode: str
    stage: str
    score: str | None
    score_scale: str
    recommendation: str | None
    participant_name: str
    participant_email: str
    template_name: str
    stage_name: str | None
    workspace_name: str
    sender_name: str | None
    reply_to: str | None
    contact: str | None
    reminder_minutes: list[int]


_JOINED = (
    _M.join(_S, sa.and_(_S.c.id == _M.c.session_id, _S.c.workspace_id == _M.c.workspace_id))
    .join(_P, _P.c.id == _S.c.candidate_id)
    .join(_T, _T.c.id == _S.c.evaluation_template_id)
    .join(_G, _G.c.id == _S.c.interview_id)
    .join(_W, _W.c.id == _S.c.workspace_id)
)
_CONTEXT = Records(
    MailContextRecord,
    (
        _M.c.id.label("mail_id"),
        _M.c.kind,
        _M.c.generation.label("mail_generation"),
        _M.c.attempt,
        _M.c.status.label("mail_status"),
        _M.c.message_id,
        _M.c.due_at,
        _M.c.created_at.label("enqueued_at"),
        _S.c.id.label("session_id"),
        _S.c.workspace_id,
        _S.c.status,
        _S.c.generation,
        _S.c.scheduled_at,
        _S.c.timezone,
        _S.c.language,
        _S.c.duration_minutes,
        _S.c.session_mode,
        _S.c.stage,
        _S.c.score,
        _S.c.score_scale,
        _S.c.recommendation,
        _P.c.name.label("participant_name"),
        _P.c.email.label("participant_email"),
        _T.c.template_name,
        _G.c.stage_name,
        _W.c.name.label("workspace_name"),
        _W.c.sender_name,
        _W.c.reply_to,
        _W.c.contact,
        _W.c.reminder_minutes,
    ),
)


def get(db: sa.Connection, mail: UUID) -> MailContextRecord | None:
    """Everything about an enqueued mail and its session; the id came from the workspace's own call."""
    return _CONTEXT.one(db, _CONTEXT.select().select_from(_JOINED).where(_M.c.id == mail))
