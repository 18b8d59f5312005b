"""Whoever is erased is erased from the outbox too: its files hold their name, address and link."""

from server.adapters.mail import Outbox
from server.app import House
from server.jobs.mail import MailJob
from server.jobs.mail_composer import Composer
from tests.support.clock import HandClock
from tests.support.held import Holding
from tests.support.house import RecordedJobs, Tenant
from tests.support.seed import pipeline


async def test_the_files_of_an_erased_person_go_and_those_of_others_stay(
    house: House, grace: Tenant, clock: HandClock, jobs: RecordedJobs, holding: Holding
) -> None:
    outbox = Outbox(house.settings.outbox)
    send = MailJob(
        house.store.engine, Composer(house.settings, house.secrets, clock), outbox, clock, holding.jobs
    )
    role = await pipeline(house, grace.id)
    _, ada = await holding.book(role, "Ada")
    await holding.book(role, "Bob")
    for job in jobs.of("mail"):
        send(str(job.args[0]))
    letters = {path.name: path.read_text() for path in house.settings.outbox.glob("*.eml")}
    assert len([text for text in letters.values() if "ada@example.com" in text]) == 1
    await holding.rest.ask("delete_participant", id=ada.candidate)
    (job,) = jobs.of("unpost")
    for _ in range(2):  # at least once means that it may be twice
        outbox.remove(str(job.args[0]))
    (left,) = house.settings.outbox.glob("*.eml")
    assert "bob@example.com" in left.read_text()
