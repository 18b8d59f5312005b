"""Promises that lost their work are found again, and what is finished is let go of."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.jobs import Job
from server.adapters.job_queue import DurableJobQueue
from server.app import House
from server.jobs.housekeeping import REMEMBERED, Reconcile, Retention, Rounds
from storage.delivery import webhooks
from storage.engine.store import engine_for, is_sqlite
from storage.interviews import sessions
from storage.schema.tables import Mail, Replay
from tests.server.adapters.test_job_queue import JobRecorder
from tests.support.clock import ManualClock
from tests.support.interview_helper import InterviewHelper
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import add_participant, add_pipeline
from tests.support.workspaces import Tenant


class ForgetfulJobQueue:
    """A durable engine that forgot some of its work."""

    def __init__(self, busy: set[str] | None = None) -> None:
        self.busy = busy or set()
        self.queue = RecordedJobs()

    def enqueue(self, db: sa.Connection, job: Job) -> None:
        self.queue.enqueue(db, job)

    def has_work(self, job: str) -> bool:
        return job in self.busy

    def forget(self, before: datetime) -> int:
        return 0


async def book_session(rest: RestFace, house: House, grace: Tenant) -> None:
    """One session, one endpoint, and so one mail and one delivery that are due."""
    await rest.ask("create_webhook_endpoint", url="https://hooks.example.com/viva")
    made = await add_pipeline(house, grace.id)
    ada = await add_participant(house, grace.id)
    await rest.ask(
        "schedule_session",
        candidate_id=str(ada),
        evaluation_template_id=str(made.template),
        stage="screen",
        scheduled_at="2026-07-01T09:00:00Z",
    )
    span = {"from": "2026-01-01T00:00:00Z"}
    endpoint = (await rest.ask("list_webhook_endpoints"))["data"][0]["id"]
    await rest.ask("replay_webhook_events", id=endpoint, **span)


async def test_a_due_mail_or_delivery_without_a_job_gets_one_and_one_with_a_job_is_left_alone(
    rest: RestFace, house: House, grace: Tenant, clock: ManualClock, jobs: RecordedJobs
) -> None:
    await book_session(rest, house, grace)
    mail, delivery = jobs.of("mail")[0], jobs.of("deliver")[0]
    shop = ForgetfulJobQueue()
    reconcile = Reconcile(house.store.engine, shop, clock)
    assert reconcile() == 0, "nothing is overdue yet"
    clock.forward(minutes=20)
    shop.busy = {delivery.id}
    assert reconcile() == 1
    assert [(found.name, found.args) for found in shop.queue.enqueued] == [("mail", mail.args)]
    shop.busy = {mail.id, delivery.id}
    assert reconcile() == 0


async def test_a_mail_left_in_sending_by_a_lost_server_gets_a_job_again(
    rest: RestFace, house: House, grace: Tenant, clock: ManualClock
) -> None:
    await book_session(rest, house, grace)
    await house.store.write(lambda db: db.execute(sa.update(Mail).values(status="sending")))
    clock.forward(minutes=20)
    shop = ForgetfulJobQueue()
    Reconcile(house.store.engine, shop, clock)()
    assert {found.name for found in shop.queue.enqueued} == {"mail", "deliver"}


async def test_old_events_deliveries_and_answers_are_forgotten_and_younger_ones_kept(
    rest: RestFace, house: House, grace: Tenant, clock: ManualClock
) -> None:
    await book_session(rest, house, grace)
    body = {"name": "Bob", "email": "bob@example.com"}
    headers = {"x-api-key": rest.key, "idempotency-key": "k"}
    made = await rest.http.post("/api/v1/participants", json=body, headers=headers)
    assert made.status_code == 201
    retention = Retention(house.store.engine, ForgetfulJobQueue(), clock, timedelta(days=90))

    async def left() -> list[int]:
        tables = (Replay.__table__, webhooks.EVENTS, webhooks.DELIVERIES)  # type: ignore[attr-defined]
        return await house.store.read(
            lambda db: [db.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in tables]
        )

    retention()
    assert await left() == [1, 2, 1]
    clock.now += REMEMBERED + timedelta(minutes=1)
    retention()
    assert await left() == [0, 2, 1]
    clock.forward(days=90)
    retention()
    assert await left() == [0, 0, 0]


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    made = engine_for(database)
    yield made
    made.dispose()


def test_the_queue_knows_the_jobs_that_wait_and_deletes_those_that_are_done(
    database: str, engine: sa.Engine
) -> None:
    recorder = JobRecorder()
    durable = DurableJobQueue(database, concurrency=2, runs_jobs=True, drain_seconds=2)
    durable.add({"record": recorder})
    durable.start()
    with engine.begin() as db:
        durable.enqueue(db, Job("record", "done:1", ("now",)))
        durable.enqueue(db, Job("record", "waits:1", ("later",), timedelta(hours=1)))
    recorder.wait(1)
    assert durable.has_work("waits:1")
    assert not durable.has_work("never:1")
    durable.stop()
    durable.start()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert durable.forget(tomorrow) == 1
    assert durable.forget(tomorrow) == 0
    assert durable.has_work("waits:1")
    durable.stop()


def test_a_chore_that_fails_does_not_stop_the_next() -> None:
    recorder = JobRecorder()

    def fails() -> int:
        raise ValueError("no")

    def works() -> int:
        recorder("done")
        return 1

    rounds = Rounds([fails, works], timedelta(milliseconds=5))
    rounds.start()
    assert recorder.wait(2)[:2] == ["done", "done"]
    rounds.stop()


async def test_an_interview_that_was_never_scored_is_taken_up(
    house: House, grace: Tenant, clock: ManualClock, interviews: InterviewHelper
) -> None:
    done = await interviews.conduct(await add_pipeline(house, grace.id))
    shop = ForgetfulJobQueue()
    reconcile = Reconcile(house.store.engine, shop, clock)
    reconcile()
    assert shop.queue.of("score") == [], "its own work has time yet"
    clock.forward(minutes=20)
    reconcile()
    assert [job.args for job in shop.queue.of("score")] == [(done.id,)]
    done.score()
    shop.queue.enqueued.clear()
    clock.forward(minutes=20)
    reconcile()
    assert shop.queue.of("score") == []


@pytest.mark.parametrize(
    ("find", "used"),
    [
        (sessions.overdue, ["ix_sessions_due", "ix_sessions_running"]),
        (sessions.unscored, ["ix_sessions_unscored"]),
    ],
)
async def test_overdue_interviews_are_found_by_an_index(
    house: House, clock: ManualClock, find: Any, used: list[str]
) -> None:
    asked: list[tuple[str, Any]] = []
    with house.store.engine.connect() as db:

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        sa.event.listen(db, "before_cursor_execute", note)
        find(db, clock(), 10)
        sa.event.remove(db, "before_cursor_execute", note)
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("SET enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if db.dialect.name == "sqlite" else "EXPLAIN "
        plans = [str(list(db.exec_driver_sql(explain + s, p))) for s, p in asked]
    assert [name for plan in plans for name in re.findall(r"ix_sessions_\w+", plan)] == used


async def test_the_bytes_of_what_retention_deletes_go_at_midnight_on_sqlite(
    rest: RestFace, house: House, clock: ManualClock
) -> None:
    shop = ForgetfulJobQueue()
    retention = Retention(house.store.engine, shop, clock, timedelta(days=90))
    retention()
    assert shop.queue.enqueued == [], "nothing was deleted"
    for name in ("Bob", "Eve"):
        headers = {"x-api-key": rest.key, "idempotency-key": name}
        body = {"name": name, "email": f"{name}@example.com"}
        assert (await rest.http.post("/api/v1/participants", json=body, headers=headers)).status_code == 201
        clock.now += REMEMBERED + timedelta(minutes=1)
        retention()
    scrubs = shop.queue.of("scrub")
    assert len(scrubs) == (2 if is_sqlite(house.settings.database) else 0)
    assert all(timedelta() < job.delay <= timedelta(days=1) for job in scrubs)
