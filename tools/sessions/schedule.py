"""Scheduling: booking interviews for participants, one or many at a time (contract 3.5, 9.12-9.15)."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field

from domain.errors import DuplicateSession, Invalid, NoCredits, NotFound, VivaError
from domain.moments import Moment
from domain.scopes import Scope
from domain.sessions.lifecycle import SessionStatus, blocks
from domain.sessions.mail_status import InviteStatus, MailKind
from domain.sessions.stage_selection import Step, choose_stage
from domain.vocabulary import MODE_OF_STAGE, Lifecycle, ParticipantStatus, SessionMode, StageType
from domain.webhooks.events import WebhookEvent
from domain.zones import known_zone
from storage.access import credits
from storage.engine.ids import new_id
from storage.interviews import booking, sessions
from storage.schema.tables import Session
from tools.kernel.events import enqueue_session_event
from tools.kernel.mailing import enqueue_mail
from tools.kernel.operation import Call, Effect, Toolset, operation
from tools.kernel.shapes import NO_BOOLEAN, Label, ParticipantId, Request, StageId, TemplateId
from tools.sessions.manage import SessionView, view
from tools.setup.evaluation_templates import Language

Zone = Annotated[str, Field(max_length=64)]
Key = Annotated[str, Field(min_length=1, max_length=255)]
Notes = Annotated[str, Field(max_length=1000)]


class _Booking(Request):
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


class ScheduleSession(_Booking):
    candidate_id: ParticipantId = Field(description="The participant to invite.")
    idempotency_key: Key | None = Field(
        default=None, description="The same key again answers with the first session."
    )


class ScheduleSessions(_Booking):
    candidate_ids: Annotated[list[ParticipantId], Field(min_length=1, max_length=100)] = Field(
        description="The participants to invite, in order."
    )
    every_minutes: Annotated[int, Field(ge=0, le=10_080), NO_BOOLEAN] = Field(
        default=0, description="Minutes between one start and the next; 0 gives all the same start."
    )
    idempotency_key: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The same key again answers with the first sessions."
    )


class Scheduled(BaseModel):
    """A session, and whether it is one that an earlier call with the same key made."""

    data: SessionView
    idempotent: bool = False


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


@operation(
    "POST /api/v1/sessions",
    scope=Scope.interviews_write,
    effect=Effect.creates | Effect.sends,
    toolset=Toolset.manage,
    title="Schedule a session",
)
def schedule_session(call: Call, args: ScheduleSession) -> Scheduled:
    """Book one interview and send the participant their invitation.

    The same `idempotency_key` again answers with the first session. Next: get_session shows what became of
    the invitation and, once the interview is over, its scorecard.
    """
    return book(call, args, args.candidate_id, args.scheduled_at, args.idempotency_key)


@operation(
    "POST /api/v1/sessions/bulk",
    scope=Scope.interviews_write,
    effect=Effect.creates | Effect.sends,
    toolset=Toolset.sessions,
    title="Schedule sessions",
    extension=True,
)
def schedule_sessions(call: Call, args: ScheduleSessions) -> ManyScheduled:
    """Book interviews for one or many participants and send each their invitation.

    Give one start for all, or `every_minutes` to stagger them. Each participant succeeds or is refused on
    their own; a refused one gets no mail. Next: list_sessions shows who was invited.
    """
    _checked(args)
    outcomes = [_one_of_many(call, args, place, person) for place, person in enumerate(args.candidate_ids)]
    done = sum(outcome.session is not None for outcome in outcomes)
    return ManyScheduled(data=outcomes, scheduled=done, refused=len(outcomes) - done)


def _one_of_many(call: Call, args: ScheduleSessions, place: int, person: UUID) -> Outcome:
    start = (args.scheduled_at or call.now) + timedelta(minutes=args.every_minutes * place)
    key = f"{args.idempotency_key}:{person}" if args.idempotency_key else None
    jobs = len(call.queued)
    try:
        with call.db.begin_nested():
            made = book(call, args, person, start, key)
    except VivaError as refused:
        del call.queued[jobs:]
        facts = {"error": refused.message, "code": refused.code, "hint": refused.hint}
        return Outcome(candidate_id=person, problem=refused.facts | facts)
    return Outcome(candidate_id=person, session=made.data, idempotent=made.idempotent)


def book(call: Call, args: _Booking, person: UUID, start: Any, key: str | None) -> Scheduled:
    """Make one session: look up, replay, refuse duplicates, take a credit, store, promise the invitation."""
    _checked(args)
    candidate = booking.participant(call.db, call.workspace, person)
    if candidate is None:
        raise NotFound(what="participant")
    template = booking.template(call.db, call.workspace, args.evaluation_template_id)
    if template is None:
        raise NotFound(what="evaluation template")
    if key and (earlier := sessions.by_key(call.db, call.workspace, key)):
        return Scheduled(data=view(call, earlier), idempotent=True)
    _must_be_open(candidate, template)
    stage = _stage(call, args, candidate["id"])
    _refuse_duplicate(call, args, candidate["id"], stage)
    session = _made(call, args, candidate, template, stage, start or call.now, key)
    if not credits.reserve(
        call.db, call.workspace, session.id, booking.credit_limit(call.db, call.workspace), call.now
    ):
        raise NoCredits()
    sessions.add(call.db, session)
    if candidate["evaluation_template_id"] is None:
        booking.adopt(call.db, call.workspace, candidate, template["id"], call.now)
    row = session.model_dump()
    if session.invite_status == InviteStatus.queued:
        enqueue_mail(call, row, MailKind.invite)
    enqueue_session_event(call, WebhookEvent.session_created, row)
    return Scheduled(data=view(call, row))


def _checked(args: _Booking) -> None:
    known_zone(args.timezone, field="timezone")


def _must_be_open(candidate: dict[str, Any], template: dict[str, Any]) -> None:
    if candidate["status"] != ParticipantStatus.active:
        raise Invalid.field("candidate_id", message="This participant is archived.", code="archived")
    if template["status"] != Lifecycle.active:
        message = "This template is not active."
        raise Invalid.field("evaluation_template_id", message=message, code="not_active")


def _stage(call: Call, args: _Booking, candidate: UUID) -> dict[str, Any]:
    """The active stage that is meant; contract 9.13."""
    active = sessions.active_stages(call.db, call.workspace, args.evaluation_template_id)
    by_id = {stage["id"]: stage for stage in active}
    if args.interview_id is not None:
        if args.interview_id not in by_id:
            message = "This is not an active stage of the template."
            raise Invalid.field("interview_id", message=message, code="not_of_template")
        return by_id[args.interview_id]
    steps = [Step(s["id"], s["type"], s["stage_name"], s["stage_order"]) for s in active]
    exact = [step.id for step in steps if step.type.casefold() == args.stage.casefold()]
    if exact:
        return by_id[exact[0]]
    passed = sessions.passed_stages(call.db, call.workspace, candidate)
    return by_id[choose_stage(args.stage, steps, passed, strict=call.via.is_assistant)]


def _refuse_duplicate(call: Call, args: _Booking, candidate: UUID, stage: dict[str, Any]) -> None:
    if args.force:
        return
    for rival in sessions.rivals(call.db, call.workspace, candidate, stage["id"]):
        if blocks(SessionStatus(rival["status"]), stage["allow_retake"]):
            raise DuplicateSession(existing_session_id=str(rival["id"]))


def _made(
    call: Call,
    args: _Booking,
    candidate: dict[str, Any],
    template: dict[str, Any],
    stage: dict[str, Any],
    start: Any,
    key: str | None,
) -> Session:
    mode = MODE_OF_STAGE[StageType(stage["stage_type"])]
    # a person reviews by hand: there is nothing the participant could join
    invited = mode is not SessionMode.manual_review
    # constructed, not validated: every value was checked, and a table's own constructor takes four times as long
    return Session.model_construct(
        id=new_id(),
        workspace_id=call.workspace,
        status=SessionStatus.scheduled.value,
        stage=args.stage,
        interview_id=stage["id"],
        candidate_id=candidate["id"],
        evaluation_template_id=template["id"],
        agent_profile_id=stage["agent_profile_id"],
        external_id=candidate["external_id"],
        session_mode=mode.value,
        scheduled_at=start,
        timezone=args.timezone,
        language=args.language or template["language"],
        duration_minutes=stage["duration_minutes"],
        notes=args.notes,
        idempotency_key=key,
        forced=args.force,
        invite_status=(InviteStatus.queued if invited else InviteStatus.none).value,
        score_scale=booking.scale_of(call.db, stage["agent_profile_id"]),
        created_at=call.now,
        updated_at=call.now,
    )
