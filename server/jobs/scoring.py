"""The job that scores an interview when it is over: load the log, find, count, record, write to the contact."""

import logging
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from domain.errors import VivaError
from domain.interview.consent import names_model
from domain.plan.items import InterviewPlan
from domain.scoring.findings import Evidence, Findings
from domain.scoring.rule_findings import rule_findings
from domain.sessions.lifecycle import SessionStatus
from domain.sessions.mail_status import MailKind
from storage.access import calibrations
from storage.interviews import scorecards, sessions
from storage.interviews.interview_record import InterviewRecord, load_interview
from storage.schema.records import SessionRecord
from tools.kernel.mailing import enqueue_contact_mail
from tools.kernel.unit import Units
from tools.sessions import transitions

log = logging.getLogger(__name__)

# When the model is down, the rules score provisionally. The model is asked again after these.
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720))


class Assess(Protocol):
    """A model that assesses an interview. `name` chooses another model of the same provider."""

    def __call__(self, plan: InterviewPlan, evidence: Evidence, name: str = "") -> Findings: ...


class ScoreJob:
    """Scores the session with the given id. Running it again adds nothing."""

    def __init__(
        self, engine: sa.Engine, units: Units, assess: Assess | None = None, model: str = ""
    ) -> None:
        """`model` is the label of what `assess` asks: it sees only interviews whose candidate agreed to it."""
        self._engine = engine
        self._model = model
        self._units = units
        self._assess = assess

    def __call__(self, session_id: str, attempt: int = 0) -> None:
        session = UUID(session_id)
        with self._engine.connect() as db:
            found = self._load(db, session, min(attempt, 1))
        if found is None:
            return
        findings, missing = self._findings(found)
        if not (missing and attempt):
            self._record(session, found, findings, min(attempt, 1), first=attempt == 0)
        if missing and attempt < len(RETRY_AFTER):
            with self._units.begin(self._engine) as unit:
                id, wait = f"score:{session_id}:{attempt + 1}", RETRY_AFTER[attempt]
                unit.enqueue("score", id, session_id, attempt + 1, delay=wait)

    def _record(
        self,
        session: UUID,
        interview: InterviewRecord,
        findings: Findings,
        known: int,
        *,
        first: bool,
        author: str | None = None,
    ) -> None:
        """Record the findings, unless the session is gone or another run of this job was faster."""
        with self._units.begin(self._engine) as unit:
            row = sessions.behind_link(unit.db, session)
            row = row and sessions.for_change(unit.db, row.workspace_id, row.id)
            if row is None or _count(unit.db, row, author) > known:
                return
            after = transitions.record_score(unit, row, interview, findings)
            if first:
                enqueue_contact_mail(unit, after, MailKind.result)

    def _load(
        self, db: sa.Connection, session: UUID, known: int, author: str | None = None
    ) -> InterviewRecord | None:
        """What is to be scored; None when there is nothing to do."""
        row = sessions.behind_link(db, session)
        if row is None or row.status != SessionStatus.completed or _count(db, row, author) > known:
            return None
        return load_interview(db, row.workspace_id, session)

    def _findings(self, interview: InterviewRecord) -> tuple[Findings, bool]:
        """The model's findings where it may assess, else the rules'; and whether the model's are still missing."""
        plan, evidence = interview.plan, interview.evidence
        if self._assess is None or not names_model(interview.entries, self._model):
            return rule_findings(plan, evidence), False
        try:
            return self._rate(self._assess(plan, evidence)), False
        except VivaError as down:
            log.warning("the model did not score", extra={"code": down.code})
            return rule_findings(plan, evidence), True

    def _rate(self, findings: Findings) -> Findings:
        """The findings, trusted if and only if their model passed calibration here under this prompt."""
        source = findings.provenance
        with self._engine.connect() as db:
            trusted = calibrations.passed(db, source.author, source.prompt_hash)
        return findings.model_copy(update={"provenance": source.model_copy(update={"trusted": trusted})})


def _count(db: sa.Connection, row: SessionRecord, author: str | None) -> int:
    """How many scorecards the session has, by this author if one is named."""
    return scorecards.count(db, row.workspace_id, row.id, author)


class RescoreJob(ScoreJob):
    """Has a model score a session of which it has made so many scorecards. One that is down is asked again.

    A model that the candidate's consent did not name, or of another provider than the one set up, never sees it.
    """

    def __call__(self, session_id: str, known: int = 0, author: str = "") -> None:
        assert self._assess is not None
        session = UUID(session_id)
        with self._engine.connect() as db:
            found = self._load(db, session, known, author)
        same_provider = author.partition(":")[0] == self._model.partition(":")[0]
        if found is None or not same_provider or not names_model(found.entries, author):
            return
        findings = self._rate(self._assess(found.plan, found.evidence, author.partition(":")[2]))
        self._record(session, found, findings, known, first=False, author=author)
