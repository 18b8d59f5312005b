"""The life of a session: every step from one status to another, and what follows from a score. One function each.

Operations, background jobs and live rooms call these; nothing else writes a session's status. A step asks
`domain.sessions.lifecycle`, writes the row, and puts ledger, log, webhook event, mails and jobs into the caller's
transaction. `SessionOver` means that the step is not allowed, `Conflict` that somebody else was faster. The caller
holds the session's row (`sessions.for_change`), so both leave nothing behind.
"""

import logging
from dataclasses import replace
from typing import Literal
from uuid import UUID

from domain.errors import Conflict, VivaError
from domain.plan.items import InterviewPlan
from domain.scoring.assessment import AWAITING, card_in_force, decision
from domain.scoring.findings import Findings, Method
from domain.scoring.scorecard import Scorecard, score
from domain.sessions.lifecycle import SessionStatus, move
from domain.sessions.mail_status import InviteStatus, MailKind
from domain.vocabulary import AutomationRule, SessionMode
from domain.webhooks.events import WebhookEvent
from storage.access import credits
from storage.delivery import mails
from storage.engine.ids import new_id
from storage.interviews import event_log, interview_record, plans, reviews, scorecards, sessions
from storage.interviews.interview_record import InterviewRecord
from storage.schema.records import SessionRecord, SessionReviewRecord
from storage.setup import evaluation_stages
from tools.kernel.auditing import audit_system
from tools.kernel.events import enqueue_session_event
from tools.kernel.mailing import enqueue_mail
from tools.kernel.unit import Unit
from tools.sessions.booking import Booked, Booking, book
from tools.sessions.outcome import outcome_in_force, with_scorecard

log = logging.getLogger(__name__)


def begin(unit: Unit, row: SessionRecord, plan: InterviewPlan) -> SessionRecord:
    """The candidate has agreed: the interview is in progress, and from now on this plan is the one it follows."""
    plans.freeze(unit.db, row.workspace_id, row.id, plan.model_dump(mode="json"), unit.now)
    after = _step(unit, row, replace(row, status=_to(row, SessionStatus.in_progress), started_at=unit.now))
    enqueue_session_event(unit, WebhookEvent.session_started, after)
    audit_system(unit, row.workspace_id, "begin_session", row.id)
    return after


def complete(unit: Unit, row: SessionRecord, reason: str) -> SessionRecord:
    """The interview was held to its end, or the candidate left it: it will be scored. `reason` goes into its log."""
    awaiting = AWAITING.model_dump(mode="json")
    after = _end(unit, replace(row, assessment=awaiting), SessionStatus.completed, reason)
    enqueue_session_event(unit, WebhookEvent.session_completed, after)
    unit.enqueue("score", f"score:{row.id}", str(row.id))
    audit_system(unit, row.workspace_id, "complete_session", row.id)
    return after


def cancel(unit: Unit, row: SessionRecord) -> SessionRecord:
    """Cancel an interview before the participant joined; its credit is given back.

    An invitation that has not left never leaves. A participant who may have read one gets a mail.
    """
    changed = replace(row, status=_to(row, SessionStatus.cancelled), generation=row.generation + 1)
    if mails.withdraw(unit.db, row.workspace_id, row.id, unit.now) and row.invite_status == "queued":
        changed = replace(changed, invite_status=InviteStatus.withdrawn.value)
    if mails.was_invited(unit.db, row.workspace_id, row.id):
        enqueue_mail(unit, changed, MailKind.cancelled)
    after = _step(unit, row, replace(changed, ended_at=unit.now))
    credits.give_back(unit.db, row.workspace_id, row.id, unit.now)
    enqueue_session_event(unit, WebhookEvent.session_cancelled, after)
    audit_system(unit, row.workspace_id, "cancel_session", row.id)
    return after


def fail(unit: Unit, row: SessionRecord) -> SessionRecord:
    """End an interview that a technical fault keeps from going on: never scored, its credit is given back."""
    return _fail(unit, row, "fault", "fail_session")


def expire(unit: Unit, row: SessionRecord) -> SessionRecord:
    """End an interview that nobody came to, or came back to: never scored, its credit is given back."""
    return _fail(unit, row, "expired", "expire_session")


def leave_unanswered(unit: Unit, row: SessionRecord) -> SessionRecord:
    """End an interview in which the candidate answered nothing: never scored, its credit is given back."""
    return _fail(unit, row, "not_answered", "end_unanswered_session")


def record_score(
    unit: Unit, row: SessionRecord, interview: InterviewRecord, findings: Findings
) -> SessionRecord:
    """Keep an assessment as one more scorecard version, show it, and move on where the stage says so.

    The profile's output switches decide what the session shows; the version holds everything. What people said
    about the session stays in force, and a card without a number replaces none with one. An assistant's card is a
    proposal: it moves nobody on (contract 10.5).
    """
    card = score(interview.plan, interview.evidence, findings)
    scorecards.add(unit.db, row.workspace_id, row.id, findings, card, unit.now)
    shown = card_in_force(_cards(unit, row))
    audit_system(unit, row.workspace_id, "record_score", row.id)
    if shown != card:
        return row
    said = reviews.of_session(unit.db, row.workspace_id, row.id)
    after = write_change(unit, row, with_scorecard(row, interview, card, said, unit.now))
    if not _announce_outcome(unit, row, after):
        return after
    if findings.method is not Method.assistant:
        move_on(unit, after, approved=False)
    return after


def review(
    unit: Unit,
    row: SessionRecord,
    *,
    by: str,
    reason: str,
    passed: bool | None,
    recommendation: str | None,
    score: str | None,
) -> tuple[SessionRecord, SessionRecord | None]:
    """Record what a person decided: the session as it stands then, and the next stage's session if one was booked.

    A stage that is reviewed by hand is completed by it. `Conflict` for any other session that is not completed.
    """
    if row.session_mode == SessionMode.manual_review and row.status == SessionStatus.scheduled:
        row = _complete_by_hand(unit, row)
    if row.status != SessionStatus.completed:
        raise Conflict(hint="Only a completed session can be reviewed. Read its status with get_session.")
    decided = any(word is not None for word in (passed, recommendation, score))
    made = SessionReviewRecord(
        id=new_id(),
        workspace_id=row.workspace_id,
        session_id=row.id,
        version=scorecards.count(unit.db, row.workspace_id, row.id) or None,
        by=by,
        reason=reason,
        passed=passed,
        recommendation=recommendation,
        score=score,
        created_at=unit.now,
    )
    reviews.add(unit.db, made)
    changed = _reviewed(unit, row, made)
    if decided:
        changed = replace(changed, assessment=decision(by, unit.now).model_dump(mode="json"))
    after = write_change(unit, row, changed)
    _announce_outcome(unit, row, after)
    audit_system(unit, row.workspace_id, "review_session", row.id)
    return after, move_on(unit, after, approved=True) if passed else None


def _announce_outcome(unit: Unit, before: SessionRecord, after: SessionRecord) -> bool:
    """Send `session.scored` if there is an outcome and it is another one than before."""
    was, now = (
        (row.score, row.passed, row.recommendation, (row.assessment or {}).get("by"))
        for row in (before, after)
    )
    if was == now or now[:3] == (None, None, None):
        return False
    enqueue_session_event(unit, WebhookEvent.session_scored, after)
    return True


def _cards(unit: Unit, row: SessionRecord) -> list[Scorecard]:
    kept = scorecards.of_session(unit.db, row.workspace_id, row.id)
    return [Scorecard.model_validate(each.card) for each in kept]


def move_on(unit: Unit, row: SessionRecord, *, approved: bool) -> SessionRecord | None:
    """Book the next active stage for whoever passed this one; None when there is none or the rule forbids it.

    `auto_advance` moves on by itself; `require_reviewer_approval` only when a person `approved`; `none` never.
    The same session moves on once, however often it is scored. Without credit nothing is booked, and the passed
    session stays as it is (contract 4.2, C7).
    """
    stage = _next_stage(unit, row, approved)
    if stage is None:
        return None
    wanted = Booking(
        evaluation_template_id=row.evaluation_template_id,
        stage=stage[0],
        interview_id=stage[1],
        timezone=row.timezone,
        language=row.language,
    )
    try:
        with unit.savepoint():
            booked = book(
                unit, row.workspace_id, wanted, row.candidate_id, None, key=f"advance:{row.id}", strict=False
            )
    except VivaError as refused:
        log.warning("nobody was moved on", extra={"code": refused.code, "session": str(row.id)})
        return None
    _audit_booking(unit, booked)
    return booked.row


def _next_stage(unit: Unit, row: SessionRecord, approved: bool) -> tuple[str, UUID] | None:
    """Type and id of the stage to book, if any."""
    stage = evaluation_stages.get(unit.db, row.workspace_id, row.interview_id)
    if not row.passed or stage is None:
        return None
    rule = AutomationRule(stage.automation_rule)
    if rule is AutomationRule.none or (rule is AutomationRule.require_reviewer_approval and not approved):
        return None
    active = sessions.active_stages(unit.db, row.workspace_id, row.evaluation_template_id)
    place = stage.stage_order, stage.id
    following = [each for each in active if (each.stage_order, each.id) > place]
    return (following[0].type, following[0].id) if following else None


def _audit_booking(unit: Unit, booked: Booked) -> None:
    if not booked.idempotent:
        audit_system(unit, booked.row.workspace_id, "move_on", booked.row.id)


def _fail(
    unit: Unit, row: SessionRecord, reason: Literal["expired", "fault", "not_answered"], operation: str
) -> SessionRecord:
    after = _end(unit, row, SessionStatus.failed, reason)
    # an interview that failed costs nothing (contract 9.20)
    credits.give_back(unit.db, row.workspace_id, row.id, unit.now)
    if row.status == SessionStatus.scheduled:
        mails.withdraw(unit.db, row.workspace_id, row.id, unit.now)
    enqueue_session_event(unit, WebhookEvent.session_failed, after)
    audit_system(unit, row.workspace_id, operation, row.id)
    return after


def _end(unit: Unit, row: SessionRecord, status: SessionStatus, reason: str) -> SessionRecord:
    after = _step(unit, row, replace(row, status=_to(row, status), ended_at=unit.now))
    event_log.append(unit.db, row.workspace_id, row.id, "ended", {"reason": reason}, unit.now)
    return after


def _complete_by_hand(unit: Unit, row: SessionRecord) -> SessionRecord:
    status = _to(row, SessionStatus.completed)
    awaiting = AWAITING.model_dump(mode="json")
    ended = replace(row, status=status, started_at=unit.now, ended_at=unit.now, assessment=awaiting)
    after = _step(unit, row, ended)
    enqueue_session_event(unit, WebhookEvent.session_completed, after)
    return after


def _reviewed(unit: Unit, row: SessionRecord, made: SessionReviewRecord) -> SessionRecord:
    """The outcome now: people's words where there are any, the scorecard's elsewhere."""
    cards = _cards(unit, row)
    plan = interview_record.load_frozen_plan(unit.db, row.workspace_id, row.id)
    if not cards or plan is None:
        return replace(
            row,
            passed=row.passed if made.passed is None else made.passed,
            recommendation=row.recommendation if made.recommendation is None else made.recommendation,
            score=row.score if made.score is None else made.score,
        )
    said = reviews.of_session(unit.db, row.workspace_id, row.id)
    return outcome_in_force(row, plan, card_in_force(cards), said)


def _to(row: SessionRecord, status: SessionStatus) -> str:
    """The status after this step; `SessionOver` unless the lifecycle allows it."""
    manual = row.session_mode == SessionMode.manual_review
    return move(SessionStatus(row.status), status, manual_review=manual).value


def _step(unit: Unit, before: SessionRecord, after: SessionRecord) -> SessionRecord:
    """Write a step to another status; the row as it is then."""
    after = replace(after, updated_at=unit.now)
    if not sessions.change_status(unit.db, before, after):
        raise Conflict(hint="The session changed at the same moment. Read it again.")
    return after


def write_change(unit: Unit, before: SessionRecord, after: SessionRecord) -> SessionRecord:
    """Write a change that leaves the status; the row as it is then."""
    after = replace(after, updated_at=unit.now)
    if not sessions.change(unit.db, before, after):
        raise Conflict(hint="The session changed at the same moment. Read it again.")
    return after
