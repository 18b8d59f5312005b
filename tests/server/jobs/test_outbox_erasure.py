"""Whoever is erased is erased from the outbox too: its files hold their name, address and link."""

from server.adapters.mail import Outbox
from server.app import House
from server.jobs.mail import MailJob
from server.jobs.mail_composer import Composer
from tests.support.clock import ManualClock
from tests.support.interview_helper import InterviewHelper
from tests.support.recorded_jobs import RecordedJobs
from tests.support.seed import add_pipeline
from tests.support.workspaces import Tenant


async def test_the_files_of_an_erased_person_go_and_those_of_others_stay(
    house: House, grace: Tenant, clock: ManualClock, jobs: RecordedJobs, interviews: InterviewHelper
) -> None:
    outbox = Outbox(house.settings.outbox)
    send = MailJob(house.store.engine, house.units, Composer(house.settings, house.secrets, clock), outbox)
    role = await add_pipeline(house, grace.id)
    _, ada = await interviews.book(role, "Ada")
    await interviews.book(role, "Bob")
    for job in jobs.of("mail"):
        send(str(job.args[0]))
    mails = {path.name: path.read_text() for path in house.settings.outbox.glob("*.eml")}
    assert len([text for text in mails.values() if "ada@example.com" in text]) == 1
    await interviews.rest.ask("delete_participant", id=ada.candidate)
    job, later = jobs.of("unpost")
    assert later.args == job.args
    assert later.delay > job.delay
    for _ in range(2):  # at least once means that it may be twice
        outbox.remove(str(job.args[0]))
    (left,) = house.settings.outbox.glob("*.eml")
    assert "bob@example.com" in left.read_text()
