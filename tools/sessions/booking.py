"""Booking one interview: what operations that schedule and a passed stage that moves on have in common."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from domain import json_codec
from domain.errors import DuplicateSession, Invalid, KeyReused, NoCredits, NotFound
from domain.moments import known_zone, require_start, stamp
from domain.sessions.lifecycle import SessionStatus, blocks
from domain.sessions.mail_status import InviteStatus, MailKind
from domain.sessions.stage_selection import StageOption, choose_stage
from domain.vocabulary import MODE_OF_STAGE, Lifecycle, ParticipantStatus, SessionMode, StageType
from domain.webhooks.events import WebhookEvent
from storage.access import credits
from storage.engine.ids import new_id
from storage.interviews import booking, sessions
from storage.interviews.booking import BookedParticipant, BookedTemplate
from storage.schema.records import EvaluationStageRecord, SessionRecord
from tools.kernel.events import enqueue_session_event
from tools.kernel.mailing import enqueue_mail
from tools.kernel.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What one booking and many have in common. `stage` is a label; `interview_id` chooses the stage for sure."""

    evaluation_template_id: UUID
    stage: str
    interview_id: UUID | None = None
    timezone: str = "UTC"
    notes: str | None = None
    force: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A session, and whether it is one that an earlier call with the same key made."""

    row: SessionRecord
    idempotent: bool = False


def book(
    unit: Unit,
    workspace: UUID,
    wanted: Booking,
    person: UUID,
    start: datetime | None,
    *,
    key: str | None,
    digest: str | None = None,
    strict: bool,
    admit: Callable[[EvaluationStageRecord], None] | None = None,
) -> Booked:
    """Make one session: look up, replay, refuse duplicates, take a credit, store, enqueue the invitation.

    `start` None is now; `key` is the idempotency key and `digest` the request that it came with; `strict` refuses
    a stage label that fits only loosely; `admit` may refuse the chosen stage. `PastStart` for a start that is past,
    `KeyReused` for a key that came with another request before.
    """
    known_zone(wanted.timezone, field="timezone")
    # a request may be repeated after the start that it asked for
    if not (key and sessions.by_key(unit.db, workspace, key)):
        require_start(start, unit.now)
    candidate = booking.participant(unit.db, workspace, person)
    if candidate is None:
        raise NotFound(what="participant")
    template = booking.template(unit.db, workspace, wanted.evaluation_template_id)
    if template is None:
        raise NotFound(what="evaluation template")
    if key and (earlier := sessions.by_key(unit.db, workspace, key)):
        if digest is not None and not _made_by(earlier, wanted, person, digest):
            raise KeyReused()
        return Booked(earlier, idempotent=True)
    _refuse_closed(candidate, template)
    stage = _stage(unit, workspace, wanted, candidate.id, strict)
    if admit is not None:
        admit(stage)
    _refuse_duplicate(unit, workspace, wanted, candidate.id, stage)
    row = _session(unit, workspace, wanted, candidate, template, stage, start or unit.now, key, digest)
    limit = booking.credit_limit(unit.db, workspace)
    if not credits.reserve(unit.db, workspace, row.id, limit, unit.now):
        raise NoCredits()
    sessions.add(unit.db, row)
    if candidate.evaluation_template_id is None:
        booking.adopt(unit.db, workspace, candidate, template.id, unit.now)
    if row.invite_status == InviteStatus.queued:
        enqueue_mail(unit, row, MailKind.invite)
    enqueue_session_event(unit, WebhookEvent.session_created, row)
    return Booked(row)


def request_digest(wanted: Booking, person: UUID, start: datetime | None, minutes_later: int = 0) -> str:
    """A fingerprint of what a caller asked for: what an idempotency key is bound to.

    `start` is the one that was given; where none was, `minutes_later` counts from now.
    """
    asked = [asdict(wanted), person, start and stamp(start), 0 if start else minutes_later]
    return sha256(json_codec.dumps(asked, sort_keys=True)).hexdigest()


def _made_by(earlier: SessionRecord, wanted: Booking, person: UUID, digest: str) -> bool:
    """Whether this request made the session.

    A session from before digests were stored is compared by what never changes about it; its start may have moved.
    """
    if earlier.request_digest is not None:
        return earlier.request_digest == digest
    asked = (person, wanted.evaluation_template_id, wanted.stage, wanted.interview_id or earlier.interview_id)
    return asked == (
        earlier.candidate_id,
        earlier.evaluation_template_id,
        earlier.stage,
        earlier.interview_id,
    )


def _refuse_closed(candidate: BookedParticipant, template: BookedTemplate) -> None:
    if candidate.status != ParticipantStatus.active:
        raise Invalid.field("candidate_id", message="This participant is archived.", code="archived")
    if template.status != Lifecycle.active:
        message = "This template is not active."
        raise Invalid.field("evaluation_template_id", message=message, code="not_active")


def _stage(
    unit: Unit, workspace: UUID, wanted: Booking, candidate: UUID, strict: bool
) -> EvaluationStageRecord:
    """The active stage that is meant (contract 9.13)."""
    active = sessions.active_stages(unit.db, workspace, wanted.evaluation_template_id)
    by_id = {stage.id: stage for stage in active}
    if wanted.interview_id is not None:
        if wanted.interview_id not in by_id:
            message = "This is not an active stage of the template."
            raise Invalid.field("interview_id", message=message, code="not_of_template")
        return by_id[wanted.interview_id]
    steps = [StageOption(stage.id, stage.type, stage.stage_name, stage.stage_order) for stage in active]
    exact = [step.id for step in steps if step.type.casefold() == wanted.stage.casefold()]
    if exact and not strict:
        return by_id[exact[0]]
    passed = sessions.passed_stages(unit.db, workspace, candidate)
    return by_id[choose_stage(wanted.stage, steps, passed, strict=strict)]


def _refuse_duplicate(
    unit: Unit, workspace: UUID, wanted: Booking, candidate: UUID, stage: EvaluationStageRecord
) -> None:
    if wanted.force:
        return
    for rival in sessions.rivals(unit.db, workspace, candidate, stage.id):
        if blocks(SessionStatus(rival.status), stage.allow_retake):
            raise DuplicateSession(existing_session_id=str(rival.id))


def _session(
    unit: Unit,
    workspace: UUID,
    wanted: Booking,
    candidate: BookedParticipant,
    template: BookedTemplate,
    stage: EvaluationStageRecord,
    start: datetime,
    key: str | None,
    digest: str | None,
) -> SessionRecord:
    mode = MODE_OF_STAGE[StageType(stage.stage_type)]
    # a person reviews by hand: there is nothing the participant could join
    invited = mode is not SessionMode.manual_review
    return SessionRecord(
        id=new_id(),
        workspace_id=workspace,
        status=SessionStatus.scheduled.value,
        stage=wanted.stage,
        interview_id=stage.id,
        candidate_id=candidate.id,
        evaluation_template_id=template.id,
        agent_profile_id=stage.agent_profile_id,
        external_id=candidate.external_id,
        session_mode=mode.value,
        scheduled_at=start,
        timezone=wanted.timezone,
        language=wanted.language or template.language,
        duration_minutes=stage.duration_minutes,
        notes=wanted.notes,
        idempotency_key=key,
        request_digest=digest if key else None,
        forced=wanted.force,
        invite_status=(InviteStatus.queued if invited else InviteStatus.none).value,
        score_scale=booking.scale_of(unit.db, stage.agent_profile_id),
        created_at=unit.now,
        updated_at=unit.now,
    )
