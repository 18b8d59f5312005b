"""Mails: what they say, how they travel, and that none leaves twice."""

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from icalendar import Calendar

from domain.mail.mailer import Envelope as Letter
from domain.mail.mailer import SendResult
from domain.mail.text import MailContext, MailText, compose, when
from domain.sessions.mail_status import MailKind, MailStatus
from server.adapters.calendar import Appointment, calendar_of
from server.adapters.job_queue import RunAgain
from server.adapters.mail import MailHeaders, Outbox, Smtp, SmtpServer, message_of
from server.app import House
from server.jobs.mail import MailJob
from server.jobs.mail_composer import Composer
from storage.delivery import mails
from storage.schema.records import MailRecord
from tests.support.clock import ManualClock
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.smtp_server import SmtpServer as Receiver
from tests.support.workspaces import Tenant

NOON = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)


def occasion(**changes: Any) -> MailContext:
    values: dict[str, Any] = {
        "workspace": "Acme",
        "participant": "Ada",
        "role": "Backend",
        "stage": "Screen",
        "duration_minutes": 30,
        "scheduled_at": NOON,
        "timezone": "Europe/Berlin",
        "language": "en",
        "join_url": "https://viva.example/join/s3cret",
        "contact": "people@acme.example",
    }
    return MailContext(**values | changes)


def letter(text: MailText | None = None, recipient: str = "ada@example.com", name: str = "Ada") -> Letter:
    said = text or compose(MailKind.invite, occasion())
    addressed = MailHeaders(
        "Acme", "viva@example.com", None, name, recipient, "<invite-1@viva.example>", NOON
    )
    return Letter("viva@example.com", recipient, message_of(said, addressed, None))


# What they say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de", "de-AT", "fr"])
@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_can_be_written_in_every_language(kind: MailKind, language: str) -> None:
    text = compose(
        kind, occasion(language=language, result_url="https://viva.example/s/1", outcome="8.2 / 10")
    )
    assert text.language == ("de" if language.startswith("de") else "en")
    assert "{" not in text.subject + text.plain()


def test_the_invitation_says_who_asks_that_an_ai_conducts_it_and_how_to_get_a_human() -> None:
    said = compose(MailKind.invite, occasion()).plain()
    for part in (
        "Acme invites you",
        "An AI conducts this interview",
        "by a person",
        "people@acme.example",
        "s3cret",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        # the hour that the clock change leaves out, and the one that it repeats
        ("2027-03-28T00:59:00+00:00", "Europe/Berlin", "01:59 (Europe/Berlin, UTC+1)"),
        ("2027-03-28T01:00:00+00:00", "Europe/Berlin", "03:00 (Europe/Berlin, UTC+2)"),
        ("2027-10-31T00:30:00+00:00", "Europe/Berlin", "02:30 (Europe/Berlin, UTC+2)"),
        ("2027-10-31T01:30:00+00:00", "Europe/Berlin", "02:30 (Europe/Berlin, UTC+1)"),
        ("2027-03-14T06:59:00+00:00", "America/New_York", "01:59 (America/New_York, UTC-5)"),
        ("2027-03-14T07:00:00+00:00", "America/New_York", "03:00 (America/New_York, UTC-4)"),
        ("2027-06-01T12:00:00+00:00", "Asia/Kathmandu", "17:45 (Asia/Kathmandu, UTC+5:45)"),
        ("2027-06-01T12:00:00+00:00", "Australia/Lord_Howe", "22:30 (Australia/Lord_Howe, UTC+10:30)"),
        ("2027-12-31T23:30:00+00:00", "Pacific/Kiritimati", "13:30 (Pacific/Kiritimati, UTC+14)"),
        ("2027-06-01T12:00:00+00:00", "America/Sao_Paulo", "09:00 (America/Sao_Paulo, UTC-3)"),
    ],
)
def test_times_are_told_in_the_participants_zone(moment: str, zone: str, shown: str) -> None:
    assert shown in when(datetime.fromisoformat(moment), zone, "en")


def test_names_add_no_header_and_no_markup_to_a_mail() -> None:
    nasty = 'Eve\r\nBcc: all@example.com\x00\u202e<script>alert("x")</script>'
    message = letter(
        compose(MailKind.invite, occasion(participant=nasty, workspace=nasty)), name=nasty
    ).message
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert read["Bcc"] is None
    assert "\n" not in str(read["Subject"])
    html = read.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()


@pytest.mark.parametrize("cancelled", [False, True])
def test_the_calendar_entry_keeps_its_identity_and_length_over_a_clock_change(cancelled: bool) -> None:
    start = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    session = UUID(int=7)
    text = calendar_of(
        Appointment(
            session=session,
            generation=3,
            start=start,
            timezone="Europe/Berlin",
            minutes=60,
            summary="Interview; with, commas\nand a line",
            description="x" * 300,
            url="https://viva.example/join/s",
            organizer_name='Acme "HR"',
            organizer_address="viva@example.com",
            attendee_name="Ada; Lovelace",
            attendee_address="ada@example.com",
            cancelled=cancelled,
            stamped_at=start,
        ),
        "viva.example",
    )
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar: Any = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == ("CANCEL" if cancelled else "REQUEST")
    assert (event["UID"], event["SEQUENCE"]) == (f"session-{session}@viva.example", 3)
    assert event["DTEND"].dt - event["DTSTART"].dt != timedelta(0)
    assert event["DTEND"].dt.astimezone(UTC) - event["DTSTART"].dt.astimezone(UTC) == timedelta(hours=1)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]


# How they travel ------------------------------------------------------------------------------------------


class Claims:
    """Counts how often a mail was claimed; may say no."""

    def __init__(self, answer: bool = True) -> None:
        self.answer = answer
        self.count = 0

    def __call__(self) -> bool:
        self.count += 1
        return self.answer


class Refusing:
    """A receiver that says what it is told to at one phase."""

    def __init__(self, phase: str, answer: str) -> None:
        self.phase = phase
        self.answer = answer
        self.mails: list[bytes] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.phase == "MAIL":
            return self.answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.phase == "RCPT":
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.phase == "CLOSE":
            transport: Any = server.transport
            transport.abort()
            return "250 OK"
        return self.answer


@pytest.mark.parametrize(
    ("phase", "answer", "fate", "claimed"),
    [
        ("MAIL", "451 later", MailStatus.queued, 0),
        ("MAIL", "550 never", MailStatus.failed, 0),
        ("RCPT", "450 later", MailStatus.queued, 0),
        ("RCPT", "550 no such user <script>", MailStatus.failed, 0),
        ("DATA", "250 OK", MailStatus.sent, 1),
        ("DATA", "554 refused", MailStatus.failed, 1),
        ("DATA", "451 who knows", MailStatus.unknown, 1),
        ("CLOSE", "", MailStatus.unknown, 1),
    ],
)
def test_each_answer_of_a_mail_server_leads_to_its_mail_status(
    phase: str, answer: str, fate: MailStatus, claimed: int
) -> None:
    claims = Claims()
    with Receiver(Refusing(phase, answer)) as receiver:
        sent = Smtp(SmtpServer("127.0.0.1", receiver.port, "none", timeout=10)).send(letter(), claims)
    assert (sent.status, claims.count) == (fate, claimed)
    assert "script" not in (sent.detail or "")


def test_a_mail_whose_claim_is_refused_is_not_given_away() -> None:
    with Receiver() as receiver:
        sent = Smtp(SmtpServer("127.0.0.1", receiver.port, "none", timeout=10)).send(letter(), Claims(False))
        assert receiver.mailbox.mails == []
    assert sent.status is MailStatus.withdrawn


def test_a_server_that_is_not_there_is_tried_again() -> None:
    claims = Claims()
    sent = Smtp(SmtpServer("127.0.0.1", 1, "none", timeout=2)).send(letter(), claims)
    assert (sent.status, claims.count) == (MailStatus.queued, 0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, and its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *subject,
            *("-keyout", str(path), "-out", f"{path}.crt"),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + Path(str(path) + ".crt").read_text())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Receiver]:
    """A receiver that wants STARTTLS and a password."""

    def known(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        fits = isinstance(given, LoginPassword) and (given.login, given.password) == (b"viva", b"secret")
        return AuthResult(success=fits)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Receiver(
        tls_context=context, require_starttls=True, auth_required=True, authenticator=known
    ) as receiver:
        yield receiver


def test_starttls_and_a_password_are_spoken(secure: Receiver, certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    good = SmtpServer("127.0.0.1", secure.port, "starttls", "viva", "secret", 10, trust)
    assert Smtp(good).send(letter(), Claims()).status is MailStatus.sent
    wrong = SmtpServer("127.0.0.1", secure.port, "starttls", "viva", "wrong", 10, trust)
    refused = Smtp(wrong).send(letter(), Claims())
    assert refused.status is MailStatus.queued
    assert "wrong" not in (refused.detail or "")


def test_nothing_is_sent_to_a_server_with_an_untrusted_certificate(secure: Receiver) -> None:
    claims = Claims()
    server = SmtpServer("127.0.0.1", secure.port, "starttls", "viva", "secret", 10)
    assert Smtp(server).send(letter(), claims).status is MailStatus.queued
    assert claims.count == 0


def test_the_outbox_keeps_a_mail_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    assert outbox.send(letter(), Claims()).status is MailStatus.sent
    assert outbox.send(letter(), Claims()).status is MailStatus.sent
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["invite-1.eml"]
    assert outbox.send(letter(), Claims(False)).status is MailStatus.withdrawn


# The job that sends them -------------------------------------------------------------------------------------


class ScriptedMailer:
    """Claims and answers as it is told, and remembers what it was given."""

    def __init__(self, *fates: MailStatus) -> None:
        self.fates = list(fates)
        self.given: list[Letter] = []

    def send(self, envelope: Letter, claim: Any) -> SendResult:
        fate = self.fates.pop(0)
        if fate is MailStatus.queued:
            return SendResult(fate, "not there")
        if not claim():
            return SendResult(MailStatus.withdrawn)
        self.given.append(envelope)
        return SendResult(fate)


class SessionMail:
    """A session with its invitation, and the job that sends it."""

    def __init__(
        self, house: House, clock: ManualClock, face: RestFace, session: str, mailer: ScriptedMailer
    ) -> None:
        self.house, self.face, self.session, self.mailer = house, face, session, mailer
        self.enqueued_by_job = RecordedJobs()
        composer = Composer(house.settings, house.secrets, clock)
        units = replace(house.units, jobs=self.enqueued_by_job)
        self.job = MailJob(house.store.engine, units, composer, mailer)

    async def shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = (await self.face.ask("get_session", id=self.session))["data"]
        return shown

    async def rows(self, workspace: UUID) -> list[MailRecord]:
        def read(db: sa.Connection) -> list[MailRecord]:
            return list(mails.of_session(db, workspace, UUID(self.session)))

        return await self.house.store.read(read)


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id)


async def book_session(
    house: House,
    clock: ManualClock,
    rest: RestFace,
    grace: Tenant,
    role: Pipeline,
    *fates: MailStatus,
    **session: Any,
) -> SessionMail:
    ada = await add_participant(house, grace.id)
    made = await rest.ask(
        "schedule_session",
        candidate_id=str(ada),
        evaluation_template_id=str(role.template),
        stage="screen",
        **session,
    )
    return SessionMail(house, clock, rest, made["data"]["id"], ScriptedMailer(*fates))


def id_of(jobs: RecordedJobs, place: int = -1) -> str:
    return str(jobs.of("mail")[place].args[0])


async def test_a_mail_is_sent_once_however_often_the_job_runs(
    house: House, clock: ManualClock, rest: RestFace, grace: Tenant, role: Pipeline, jobs: RecordedJobs
) -> None:
    stage = await book_session(house, clock, rest, grace, role, MailStatus.sent, MailStatus.sent)
    assert stage.job(id_of(jobs)) is None
    assert stage.job(id_of(jobs)) is None
    assert len(stage.mailer.given) == 1
    assert (await stage.shown())["invite_status"] == "sent"


async def test_a_mail_that_a_crash_left_open_is_unknown_and_not_sent_again(
    house: House, clock: ManualClock, rest: RestFace, grace: Tenant, role: Pipeline, jobs: RecordedJobs
) -> None:
    stage = await book_session(house, clock, rest, grace, role, MailStatus.sent)
    await house.store.write(lambda db: mails.claim(db, UUID(id_of(jobs)), "<m@x>", clock()))
    assert stage.job(id_of(jobs)) is None
    assert stage.mailer.given == []
    assert (await stage.shown())["invite_status"] == "unknown"


async def test_a_mail_server_that_is_away_is_asked_again_and_at_last_given_up(
    house: House, clock: ManualClock, rest: RestFace, grace: Tenant, role: Pipeline, jobs: RecordedJobs
) -> None:
    stage = await book_session(house, clock, rest, grace, role, *[MailStatus.queued] * 10)
    waits = [stage.job(id_of(jobs)) for _ in range(10)]
    assert all(isinstance(wait, RunAgain) for wait in waits[:9])
    assert waits[9] is None
    assert (await stage.shown())["invite_status"] == "failed"


async def test_cancelling_in_the_hold_window_leaves_no_trace_outside(
    house: House, clock: ManualClock, rest: RestFace, grace: Tenant, role: Pipeline, jobs: RecordedJobs
) -> None:
    stage = await book_session(house, clock, rest, grace, role, MailStatus.sent)
    await rest.ask("cancel_session", id=stage.session)
    assert len(jobs.of("mail")) == 1
    assert stage.job(id_of(jobs)) is None
    assert stage.mailer.given == []


async def test_cancelling_and_moving_after_the_invitation_left_is_told(
    house: House, clock: ManualClock, rest: RestFace, grace: Tenant, role: Pipeline, jobs: RecordedJobs
) -> None:
    stage = await book_session(house, clock, rest, grace, role, *[MailStatus.sent] * 3)
    stage.job(id_of(jobs))
    await rest.ask("reschedule_session", id=stage.session, scheduled_at="2027-01-01T10:00:00Z")
    stage.job(id_of(jobs))
    await rest.ask("cancel_session", id=stage.session)
    stage.job(id_of(jobs))
    subjects = [str(given.message["Subject"]) for given in stage.mailer.given]
    assert [subject.split()[0] for subject in subjects] == ["Your", "New", "Your"]
    calendars: list[Any] = [
        Calendar.from_ical(bytes(part.get_payload(decode=True) or b""))
        for given in stage.mailer.given
        for part in given.message.iter_attachments()
    ]
    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    assert len({event["UID"] for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]


async def test_reminders_follow_the_invitation_one_after_the_other(
    house: House, clock: ManualClock, rest: RestFace, grace: Tenant, role: Pipeline, jobs: RecordedJobs
) -> None:
    start = clock() + timedelta(days=3)
    stage = await book_session(
        house, clock, rest, grace, role, *[MailStatus.sent] * 3, scheduled_at=start.isoformat()
    )
    stage.job(id_of(jobs))
    assert stage.enqueued_by_job.delays("mail") == [timedelta(days=2)]
    clock.now = start - timedelta(days=1)
    stage.job(id_of(stage.enqueued_by_job))
    assert stage.enqueued_by_job.delays("mail")[-1] == timedelta(hours=23)
    clock.now = start - timedelta(hours=1)
    stage.job(id_of(stage.enqueued_by_job))
    assert len(stage.enqueued_by_job.enqueued) == 2
    assert [row.kind for row in await stage.rows(grace.id)] == ["invite", "reminder", "reminder"]


async def test_a_reminder_for_a_session_that_moved_is_not_sent(
    house: House, clock: ManualClock, rest: RestFace, grace: Tenant, role: Pipeline, jobs: RecordedJobs
) -> None:
    start = clock() + timedelta(days=3)
    stage = await book_session(
        house, clock, rest, grace, role, *[MailStatus.sent] * 2, scheduled_at=start.isoformat()
    )
    stage.job(id_of(jobs))
    await rest.ask("reschedule_session", id=stage.session, scheduled_at="2027-01-01T10:00:00Z")
    stage.job(id_of(stage.enqueued_by_job))
    assert len(stage.mailer.given) == 1
