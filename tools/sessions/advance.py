"""What happens when somebody passes a stage: the next one is booked if its rule says so (contract 4.2, C7)."""

import logging
from typing import Any

import sqlalchemy as sa

from domain.errors import VivaError
from domain.principal import Face, Principal
from domain.scopes import Scope
from domain.vocabulary import AutomationRule
from storage.interviews import sessions
from storage.setup import evaluation_stages
from tools.kernel.operation import Call, Services
from tools.sessions.schedule import Scheduled, ScheduleSession, book

log = logging.getLogger(__name__)


def advance(call: Call, row: dict[str, Any], *, approved: bool) -> Scheduled | None:
    """Book the next active stage for whoever passed this one; None when there is none or the rule forbids it.

    `auto_advance` moves on by itself; `require_reviewer_approval` only when a person `approved`; `none` never.
    The same session moves on once, however often it is scored. Without credit nothing is booked, and the passed
    session stays as it is.
    """
    stage = evaluation_stages.get(call.db, call.workspace, row["interview_id"])
    if not row["passed"] or stage is None:
        return None
    rule = AutomationRule(stage["automation_rule"])
    if rule is AutomationRule.none or (rule is AutomationRule.require_reviewer_approval and not approved):
        return None
    active = sessions.active_stages(call.db, call.workspace, row["evaluation_template_id"])
    place = stage["stage_order"], stage["id"]
    later = [each for each in active if (each["stage_order"], each["id"]) > place]
    if not later:
        return None
    wanted = ScheduleSession(
        candidate_id=row["candidate_id"],
        evaluation_template_id=row["evaluation_template_id"],
        stage=later[0]["type"],
        interview_id=later[0]["id"],
        timezone=row["timezone"],
        language=row["language"],
        idempotency_key=f"advance:{row['id']}",
    )
    jobs = len(call.queued)
    try:
        with call.db.begin_nested():
            return book(call, wanted, row["candidate_id"], None, wanted.idempotency_key)
    except VivaError as refused:
        del call.queued[jobs:]
        log.warning("nobody was moved on", extra={"code": refused.code, "session": str(row["id"])})
        return None


def advance_by_itself(services: Services, db: sa.Connection, row: dict[str, Any]) -> None:
    """The same for the job that scores: nobody called, so the server acts in the workspace's name."""
    nobody = Principal(workspace=row["workspace_id"], slug="viva", scopes=frozenset(Scope), client="viva")
    call = Call(db, nobody, services.clock(), Face.rest, services)
    advance(call, row, approved=False)
    for job in call.queued:
        services.jobs.enqueue(db, job)
