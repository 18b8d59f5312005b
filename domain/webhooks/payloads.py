"""The `data` of webhooks: fixed members of the record, read from its row when the event happens."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.frozen import Frozen
from domain.moments import Stamp
from domain.sessions.lifecycle import SessionStatus

_OVER = frozenset({SessionStatus.completed, SessionStatus.failed})


class SessionPayload(Frozen):
    """`data.session`. It never has the join link, which is the candidate's secret. Scores are null until scored."""

    id: UUID
    status: SessionStatus
    stage: str
    interview_id: UUID
    candidate_id: UUID
    evaluation_template_id: UUID
    agent_profile_id: UUID | None
    external_id: str | None
    session_mode: str
    scheduled_at: Stamp
    timezone: str
    language: str
    duration_minutes: int
    started_at: Stamp | None
    ended_at: Stamp | None
    score: str | None
    score_scale: str
    passed: bool | None
    recommendation: str | None
    summary: str | None
    evaluation_breakdown: list[dict[str, Any]] | None
    transcript_url: str | None
    recording_url: str | None = None
    authenticity_signals: dict[str, Any] | None
    assessment: dict[str, Any] | None
    created_at: Stamp
    updated_at: Stamp


class ParticipantPayload(Frozen):
    """`data.participant`, without résumé and background."""

    id: UUID
    name: str
    email: str
    evaluation_template_id: UUID | None
    external_id: str | None
    tags: list[str]
    status: str
    created_at: Stamp


def session_payload(row: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """The `data` of a session event. `row` is the session's row after the change."""
    over = row["status"] in _OVER
    link = f"{public_url}/api/v1/sessions/{row['id']}/transcript" if over else None
    payload = SessionPayload.model_validate({**_members(SessionPayload, row), "transcript_url": link})
    return {"session": payload.model_dump(mode="json")}


def participant_payload(row: Mapping[str, Any]) -> dict[str, Any]:
    """The `data` of `participant.created`."""
    payload = ParticipantPayload.model_validate(_members(ParticipantPayload, row))
    return {"participant": payload.model_dump(mode="json")}


def _members(shape: type[Frozen], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in shape.model_fields if name in row}
