"""Scheduling: booking interviews for participants, one or many at a time (contract 3.5, 9.12-9.15)."""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import PastStart, ScriptNotReady, VivaError
from domain.moments import Moment, known_zone
from domain.scopes import Scope
from tools.kernel.consequences import Consequence
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.script_check import ScriptGate
from tools.kernel.shapes import NO_BOOLEAN, Label, Language, ParticipantId, Request, StageId, TemplateId
from tools.sessions.booking import Booking, book, request_digest
from tools.sessions.consequences import invitations
from tools.sessions.views import SessionView, session_view

Zone = Annotated[str, Field(max_length=64)]
Key = Annotated[str, Field(min_length=1, max_length=255)]
Notes = Annotated[str, Field(max_length=1000)]


class _BookingRequest(Request):
    """What one booking and many have in common."""

    evaluation_template_id: TemplateId = Field(description="The template of the role.")
    stage: Label = Field(description="Short label of the step, e.g. screen, technical or final.")
    interview_id: StageId | None = Field(
        default=None, description="The evaluation stage; chosen by `stage` if left out."
    )
    scheduled_at: Moment | None = Field(
        default=None, description="Start, ISO 8601 with offset; now if left out."
    )
    timezone: Zone = Field(default="UTC", description="IANA zone of the participant, e.g. Europe/Berlin.")
    notes: Notes | None = Field(default=None, description="Internal; hidden from the candidate.")
    force: bool = Field(
        default=False, description="Book even if the participant has a session for this stage."
    )
    language: Language | None = Field(
        default=None, description="Interview language; the template's if left out."
    )


class ScheduleSession(_BookingRequest):
    candidate_id: ParticipantId = Field(description="The participant to invite.")
    idempotency_key: Key | None = Field(
        default=None, description="The same request again answers with the first session."
    )


class ScheduleSessions(_BookingRequest):
    candidate_ids: Annotated[list[ParticipantId], Field(min_length=1, max_length=100)] = Field(
        description="The participants to invite, in order."
    )
    every_minutes: Annotated[int, Field(ge=0, le=10_080), NO_BOOLEAN] = Field(
        default=0, description="Minutes between one start and the next; 0 gives all the same start."
    )
    idempotency_key: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The same request again answers with the first sessions."
    )


class Scheduled(BaseModel):
    """A session, and whether it is one that an earlier call with the same key made."""

    data: SessionView
    idempotent: bool = False
    warnings: list[str] = Field(
        default_factory=list, description="What the stage's script leaves to be desired."
    )


class Outcome(BaseModel):
    """What became of one participant of a batch: a session, or the refusal."""

    candidate_id: UUID
    session: SessionView | None = None
    idempotent: bool = False
    problem: dict[str, Any] | None = None


class ManyScheduled(BaseModel):
    """The outcome of each participant in the order asked."""

    http_status: ClassVar[int] = 200

    data: list[Outcome]
    scheduled: int
    refused: int
    warnings: list[str] = Field(
        default_factory=list, description="What the stage's script leaves to be desired."
    )


def _invitation(call: Call, args: ScheduleSession) -> Consequence:
    known_zone(args.timezone, field="timezone")
    return invitations(call, [args.candidate_id], args.stage, args.scheduled_at, args.timezone)


def _invitations(call: Call, args: ScheduleSessions) -> Consequence:
    known_zone(args.timezone, field="timezone")
    return invitations(call, args.candidate_ids, args.stage, args.scheduled_at, args.timezone)


@operation(
    "POST /api/v1/sessions",
    scope=Scope.interviews_write,
    effect=Effect.creates | Effect.sends,
    toolset=Toolset.manage,
    title="Schedule a session",
    consequence=_invitation,
)
def schedule_session(call: Call, args: ScheduleSession) -> Scheduled:
    """Book one interview and send the participant their invitation.

    The same request with the same `idempotency_key` answers with the first session; another request with that key
    is refused. A start that is past is refused. Next: get_session shows what became of
    the invitation and, once the interview is over, its scorecard.
    """
    gate = ScriptGate(call, args.language)
    return _book(call, args, gate, args.candidate_id, args.scheduled_at, args.idempotency_key)


@operation(
    "POST /api/v1/sessions/bulk",
    scope=Scope.interviews_write,
    effect=Effect.creates | Effect.sends,
    toolset=Toolset.sessions,
    title="Schedule sessions",
    consequence=_invitations,
    extension=True,
)
def schedule_sessions(call: Call, args: ScheduleSessions) -> ManyScheduled:
    """Book interviews for one or many participants and send each their invitation.

    Give one start for all, or `every_minutes` to stagger them. Each participant succeeds or is refused on
    their own; a refused one gets no mail. Next: list_sessions shows who was invited.
    """
    known_zone(args.timezone, field="timezone")
    gate = ScriptGate(call, args.language)
    outcomes = [_book_one(call, args, gate, place, person) for place, person in enumerate(args.candidate_ids)]
    done = sum(outcome.session is not None for outcome in outcomes)
    refused = len(outcomes) - done
    return ManyScheduled(data=outcomes, scheduled=done, refused=refused, warnings=gate.warnings)


def _book_one(call: Call, args: ScheduleSessions, gate: ScriptGate, place: int, person: UUID) -> Outcome:
    """The outcome of one participant; a refusal leaves nothing of this one behind."""
    key = f"{args.idempotency_key}:{person}" if args.idempotency_key else None
    try:
        with call.unit.savepoint():
            made = _book(call, args, gate, person, args.scheduled_at, key, args.every_minutes * place)
    except (PastStart, ScriptNotReady):
        # the start or the stage of all, so the whole request is refused
        raise
    except VivaError as refused:
        facts = {"error": refused.message, "code": refused.code, "hint": refused.hint}
        return Outcome(candidate_id=person, problem=refused.facts | facts)
    return Outcome(candidate_id=person, session=made.data, idempotent=made.idempotent)


def _book(
    call: Call,
    args: _BookingRequest,
    gate: ScriptGate,
    person: UUID,
    start: datetime | None,
    key: str | None,
    minutes_later: int = 0,
) -> Scheduled:
    wanted = Booking(
        evaluation_template_id=args.evaluation_template_id,
        stage=args.stage,
        interview_id=args.interview_id,
        timezone=args.timezone,
        notes=args.notes,
        force=args.force,
        language=args.language,
    )
    strict = call.via.is_assistant
    later = timedelta(minutes=minutes_later)
    start = None if start is None else start + later
    booked = book(
        call.unit,
        call.workspace,
        wanted,
        person,
        start or call.now + later,
        key=key,
        digest=request_digest(wanted, person, start, minutes_later),
        strict=strict,
        admit=gate.admit,
    )
    if booked.idempotent:
        gate.note(booked.row.interview_id)
    return Scheduled(
        data=session_view(call, booked.row), idempotent=booked.idempotent, warnings=gate.warnings
    )
