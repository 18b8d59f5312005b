"""The job that scores an interview when it is over: fold the log, find, count, keep, tell."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from domain.errors import VivaError
from domain.jobs import Job
from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence, Findings
from domain.scoring.rule_findings import rule_findings
from domain.scoring.scorecard import score
from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import MailKind
from domain.webhooks.events import WebhookEvent
from server.jobs.promising import JobQueue, enqueue_session_event, tell_contact
from storage.interviews import event_log, scorecards, sessions
from storage.interviews.interview_record import Held, held

log = logging.getLogger(__name__)

# When the model is down the rules' provisional card stands in; the model is asked again after these.
LATER = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720))


class Assess(Protocol):
    """A model that judges an interview; another one of its provider where a name is given."""

    def __call__(self, plan: InterviewPlan, evidence: Evidence, name: str = "") -> Findings: ...


Advance = Callable[[sa.Connection, dict[str, Any]], None]


def _stay(_db: sa.Connection, _row: dict[str, Any]) -> None:
    pass


class ScoreJob:
    """Scores the session with the given id. Running it again adds nothing."""

    def __init__(
        self,
        engine: sa.Engine,
        clock: Callable[[], datetime],
        jobs: JobQueue,
        public_url: str,
        assess: Assess | None = None,
        advance: Advance = _stay,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._jobs = jobs
        self._public_url = public_url
        self._assess = assess
        self._advance = advance

    def __call__(self, session_id: str, attempt: int = 0) -> None:
        with self._engine.connect() as db:
            found = self._found(db, UUID(session_id), min(attempt, 1))
        if found is None:
            return
        findings, missing = self._findings(found.plan, found.evidence)
        if not (missing and attempt):
            self._keep(UUID(session_id), found, findings, min(attempt, 1), first=attempt == 0)
        if missing:
            with self._engine.begin() as db:
                self._later(db, session_id, attempt)

    def _keep(
        self,
        session: UUID,
        interview: Held,
        findings: Findings,
        known: int,
        *,
        first: bool,
        author: str | None = None,
    ) -> None:
        card = score(interview.plan, interview.evidence, findings)
        with self._engine.begin() as db:
            row = sessions.behind_link(db, session)
            row = row and sessions.for_change(db, row["workspace_id"], row["id"])
            if row is None or self._cards(db, row, author) > known:
                return  # erased, or scored by another run of this job
            after = scorecards.record(db, row, interview, findings, card, self._clock())
            if after is None:
                raise RuntimeError("the session changed while it was scored; scored again later")
            self._tell(db, after, first=first)
            self._advance(db, after)

    def _cards(self, db: sa.Connection, row: dict[str, Any], author: str | None) -> int:
        return event_log.how_many_cards(db, row["workspace_id"], row["id"], author)

    def _found(self, db: sa.Connection, session: UUID, known: int, author: str | None = None) -> Held | None:
        row = sessions.behind_link(db, session)
        if row is None or row["status"] != SessionStatus.completed or self._cards(db, row, author) > known:
            return None
        return held(db, row["workspace_id"], session)

    def _findings(self, plan: InterviewPlan, evidence: Evidence) -> tuple[Findings, bool]:
        """The model's findings where there is one, else the rules'; and whether the model's are still missing."""
        if self._assess is None:
            return rule_findings(plan, evidence), False
        try:
            return self._assess(plan, evidence), False
        except VivaError as down:
            log.warning("the model did not score", extra={"code": down.code})
            return rule_findings(plan, evidence), True

    def _later(self, db: sa.Connection, session: str, attempt: int) -> None:
        if attempt < len(LATER):
            id, args = f"score:{session}:{attempt + 1}", (session, attempt + 1)
            self._jobs.enqueue(db, Job("score", id, args, LATER[attempt]))

    def _tell(self, db: sa.Connection, row: dict[str, Any], *, first: bool) -> None:
        """The receivers of webhooks, and whoever asked for the interview."""
        now = self._clock()
        scored = WebhookEvent.session_scored
        enqueue_session_event(db, self._jobs, self._public_url, scored, row, now)
        if first:
            tell_contact(db, self._jobs, row, MailKind.result, now)


class RescoreJob(ScoreJob):
    """Has a model score a session of which it has made so many scorecards. One that is down is asked again."""

    def __call__(self, session_id: str, known: int = 0, author: str = "") -> None:
        assert self._assess is not None
        with self._engine.connect() as db:
            found = self._found(db, UUID(session_id), known, author)
        if found is None:
            return
        findings = self._assess(found.plan, found.evidence, author.partition(":")[2])
        self._keep(UUID(session_id), found, findings, known, first=False, author=author)
