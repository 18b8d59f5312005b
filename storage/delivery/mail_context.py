"""What a mail about a session has to know: one row from five tables. For the worker and for previews."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from storage.schema.tables import EvaluationStage, EvaluationTemplate, Mail, Participant, Session, Workspace

_S: sa.Table = Session.__table__  # type: ignore[attr-defined]
_P: sa.Table = Participant.__table__  # type: ignore[attr-defined]
_T: sa.Table = EvaluationTemplate.__table__  # type: ignore[attr-defined]
_G: sa.Table = EvaluationStage.__table__  # type: ignore[attr-defined]
_W: sa.Table = Workspace.__table__  # type: ignore[attr-defined]
_M: sa.Table = Mail.__table__  # type: ignore[attr-defined]

_JOINED = (
    _M.join(_S, sa.and_(_S.c.id == _M.c.session_id, _S.c.workspace_id == _M.c.workspace_id))
    .join(_P, _P.c.id == _S.c.candidate_id)
    .join(_T, _T.c.id == _S.c.evaluation_template_id)
    .join(_G, _G.c.id == _S.c.interview_id)
    .join(_W, _W.c.id == _S.c.workspace_id)
)
_LETTER = sa.select(
    _M.c.id.label("mail_id"),
    _M.c.kind,
    _M.c.generation.label("mail_generation"),
    _M.c.attempt,
    _M.c.status.label("mail_status"),
    _M.c.message_id,
    _M.c.due_at,
    _M.c.created_at.label("promised_at"),
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
).select_from(_JOINED)


def letter(db: sa.Connection, mail: UUID) -> dict[str, Any] | None:
    """Everything about a promised mail and its session; the id came from the workspace's own call."""
    row = db.execute(_LETTER.where(_M.c.id == mail)).mappings().one_or_none()
    return dict(row) if row else None
