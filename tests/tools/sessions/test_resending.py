"""An invitation that is sent again, what the workspace is told when a mail fails, and the workspace's own settings."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.mail.mailer import Envelope, SendResult
from domain.sessions.mail_status import MailStatus
from server.app import House
from server.jobs.mail import MailJob
from server.jobs.mail_composer import Composer
from server.jobs.notices import NoticeJob, Notices
from storage.delivery import mails, webhooks
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.workspaces import Tenant


@dataclass
class StubMailer:
    """Takes mails as it is told: each with the next fate, `sent` when there is none left."""

    fates: list[MailStatus] = field(default_factory=list)
    sent: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> SendResult:
        if not claim():
            return SendResult(MailStatus.withdrawn)
        self.sent.append(envelope)
        return SendResult(self.fates.pop(0) if self.fates else MailStatus.sent)

    def ids(self) -> list[str]:
        return [str(envelope.message["Message-ID"]) for envelope in self.sent]


class MailWorker:
    """Grace's session with Ada, and the jobs that send mails about it."""

    def __init__(self, house: House, clock: ManualClock, jobs: RecordedJobs) -> None:
        self.mailer = StubMailer()
        self._jobs, self._done = jobs, 0
        composer = Composer(house.settings, house.secrets, clock)
        engine, units = house.store.engine, replace(house.units, jobs=jobs)
        self._mail = MailJob(engine, units, composer, self.mailer, Notices().about_mail)
        self._notice = NoticeJob(engine, units, composer, self.mailer)

    def run_jobs(self) -> None:
        """Send every mail whose job is not a reminder for later."""
        while self._done < len(self._jobs.enqueued):
            job = self._jobs.enqueued[self._done]
            self._done += 1
            if job.delay.total_seconds() > 3600:
                continue
            if job.name == "mail":
                self._mail(str(job.args[0]))
            if job.name == "notice":
                self._notice(str(job.args[0]))

    def run_jobs_again(self) -> None:
        self._done = 0
        self.run_jobs()


@pytest.fixture
def mail_worker(house: House, clock: ManualClock, jobs: RecordedJobs) -> MailWorker:
    return MailWorker(house, clock, jobs)


async def book_session(rest: RestFace, house: House, grace: Tenant) -> str:
    made = await add_pipeline(house, grace.id)
    ada = await add_participant(house, grace.id)
    answer = await rest.ask(
        "schedule_session",
        candidate_id=str(ada),
        evaluation_template_id=str(made.template),
        stage="screen",
        scheduled_at="2026-06-10T09:00:00Z",
    )
    return str(answer["data"]["id"])


async def invite_status(rest: RestFace, session: str) -> str:
    return str((await rest.ask("get_session", id=session))["data"]["invite_status"])


async def test_an_invitation_of_unknown_fate_is_sent_again_under_its_message_id(
    face: Face, rest: RestFace, house: House, grace: Tenant, mail_worker: MailWorker
) -> None:
    session = await book_session(rest, house, grace)
    mail_worker.mailer.fates = [MailStatus.unknown]
    mail_worker.run_jobs()
    assert await invite_status(rest, session) == "unknown"
    shown = await face.ask("resend_invite", id=session)
    assert shown["data"]["invite_status"] == "queued"
    mail_worker.run_jobs()
    assert await invite_status(rest, session) == "sent"
    first, second = mail_worker.mailer.ids()
    assert first == second
    mail_worker.run_jobs_again()
    assert len(mail_worker.mailer.sent) == 2, "neither leaves a third time"


async def test_one_that_arrived_is_sent_again_as_a_mail_of_its_own_and_reminds_only_once(
    rest: RestFace, house: House, grace: Tenant, mail_worker: MailWorker
) -> None:
    session = await book_session(rest, house, grace)
    mail_worker.run_jobs()
    await rest.ask("resend_invite", id=session)
    mail_worker.run_jobs()
    first, second = mail_worker.mailer.ids()
    assert first != second
    rows = await house.store.read(lambda db: mails.of_session(db, grace.id, UUID(session)))
    assert [row.kind for row in rows] == ["invite", "reminder", "invite"]


async def test_nothing_is_resent_while_one_is_on_its_way_after_a_cancel_or_to_mallory(
    face: Face, rest: RestFace, house: House, grace: Tenant, mallory: Tenant, mail_worker: MailWorker
) -> None:
    session = await book_session(rest, house, grace)
    assert (await face.refused("resend_invite", id=session))["code"] == "conflict"
    mail_worker.run_jobs()
    assert (await rest.refused("resend_invite", mallory.key, id=session))["code"] == "not_found"
    await rest.ask("cancel_session", id=session)
    assert (await face.refused("resend_invite", id=session))["code"] == "session_over"


async def test_a_stage_that_a_person_reviews_by_hand_has_no_invitation_to_send(
    rest: RestFace, house: House, grace: Tenant
) -> None:
    made = await add_pipeline(house, grace.id, stage_type="manual_review")
    ada = await add_participant(house, grace.id)
    answer = await rest.ask(
        "schedule_session", candidate_id=str(ada), evaluation_template_id=str(made.template), stage="screen"
    )
    assert (await rest.refused("resend_invite", id=answer["data"]["id"]))["code"] == "conflict"


# Notices ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fate", [MailStatus.failed, MailStatus.unknown])
async def test_the_contact_is_told_of_an_invitation_that_failed_or_may_not_have_arrived(
    rest: RestFace, house: House, grace: Tenant, mail_worker: MailWorker, fate: MailStatus
) -> None:
    await rest.ask("update_workspace", contact="grace@acme.example")
    session = await book_session(rest, house, grace)
    mail_worker.mailer.fates = [fate]
    mail_worker.run_jobs()
    mail_worker.run_jobs_again()
    invite, notice = mail_worker.mailer.sent
    assert (invite.recipient, notice.recipient) == ("ada@example.com", "grace@acme.example")
    said = notice.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (secret,) = re.findall(r"/reports/(\S+)", said)
    assert house.secrets.report_of(secret, house.services.clock()) == (grace.id, UUID(session))
    assert "/join/" not in notice.message.as_string()


async def test_nobody_is_told_where_the_contact_is_no_address(
    rest: RestFace, house: House, grace: Tenant, mail_worker: MailWorker
) -> None:
    await rest.ask("update_workspace", contact="call extension 12")
    await book_session(rest, house, grace)
    mail_worker.mailer.fates = [MailStatus.failed]
    mail_worker.run_jobs()
    assert len(mail_worker.mailer.sent) == 1


async def test_the_contact_is_told_of_an_endpoint_that_was_given_up(
    rest: RestFace,
    house: House,
    grace: Tenant,
    mail_worker: MailWorker,
    clock: ManualClock,
    jobs: RecordedJobs,
) -> None:
    await rest.ask("update_workspace", contact="grace@acme.example")
    made = (await rest.ask("create_webhook_endpoint", url="https://hooks.example.com/viva"))["data"]

    def give_up(db: sa.Connection) -> None:
        endpoint = webhooks.endpoint(db, grace.id, UUID(made["id"]))
        assert endpoint is not None
        unit = replace(house.units, jobs=jobs).within(db)
        Notices().about_endpoint(unit, endpoint)
        unit.flush()

    await house.store.write(give_up)
    mail_worker.run_jobs()
    (notice,) = mail_worker.mailer.sent
    assert "https://hooks.example.com/viva" in notice.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    await rest.ask("delete_webhook_endpoint", id=made["id"])
    assert (await rest.ask("list_webhook_endpoints"))["data"] == []


async def test_erasing_a_participant_takes_notices_about_their_mails_along(
    rest: RestFace, house: House, grace: Tenant, mail_worker: MailWorker
) -> None:
    await rest.ask("update_workspace", contact="grace@acme.example")
    session = await book_session(rest, house, grace)
    mail_worker.mailer.fates = [MailStatus.failed]
    mail_worker.run_jobs()
    candidate = (await rest.ask("get_session", id=session))["data"]["candidate_id"]
    assert await rest.ask("delete_participant", id=candidate) == {}


# The workspace's own settings ---------------------------------------------------------------------------


async def test_a_workspace_sets_whose_name_mails_carry_where_answers_go_and_when_to_remind(
    face: Face, rest: RestFace, house: House, grace: Tenant, mail_worker: MailWorker
) -> None:
    wanted: dict[str, Any] = {
        "sender_name": "Acme Hiring",
        "reply_to": "jobs@acme.example",
        "contact": "grace@acme.example",
        "reminder_minutes": [30, 2880, 30],
    }
    shown = (await face.ask("update_workspace", **wanted))["data"]
    assert {name: shown[name] for name in wanted} == wanted | {"reminder_minutes": [2880, 30]}
    session = await book_session(rest, house, grace)
    mail_worker.run_jobs()
    (mail,) = mail_worker.mailer.sent
    assert str(mail.message["From"]).startswith("Acme Hiring <")
    assert mail.message["Reply-To"] == "jobs@acme.example"
    rows = await house.store.read(lambda db: mails.of_session(db, grace.id, UUID(session)))
    assert [row.due_at.isoformat() for row in rows if row.kind == "reminder"] == ["2026-06-08T09:00:00+00:00"]
    cleared = (await face.ask("update_workspace", sender_name=None, reminder_minutes=[]))["data"]
    assert (cleared["sender_name"], cleared["reminder_minutes"]) == (None, [])


@pytest.mark.parametrize(
    ("field_name", "value"),
    [
        ("sender_name", "Acme\r\nBcc: everybody@example.com"),
        ("name", "Acme\nX: y"),
        ("name", None),
        ("reply_to", "jobs@acme.example\r\nBcc: x@example.com"),
        ("reply_to", "no address"),
        ("contact", "a\x00b"),
        ("reminder_minutes", [1]),
        ("reminder_minutes", [True]),
        ("reminder_minutes", [10, 20, 30, 40, 50, 60]),
    ],
)
async def test_settings_that_could_forge_a_header_or_make_no_sense_are_refused_by_their_field(
    face: Face, field_name: str, value: Any
) -> None:
    refused = await face.refused("update_workspace", **{field_name: value})
    assert refused["issues"][0]["path"][0] == field_name
