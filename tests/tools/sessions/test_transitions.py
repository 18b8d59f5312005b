"""Every transition from every status: the lifecycle is asked, and a refused step leaves nothing behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.errors import Conflict, SessionOver, VivaError
from domain.sessions.lifecycle import SessionStatus
from server.app import House
from server.jobs.expiry import Expire
from storage.access import credits
from storage.engine.ids import new_id
from storage.interviews import plans, sessions
from storage.schema.records import SessionRecord
from tests.contract.promise import promise
from tests.support.candidate_client import ANSWER, book_first_stage
from tests.support.interview_helper import BookedInterview, InterviewHelper
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_pipeline
from tests.support.workspaces import Tenant
from tools.kernel.unit import Unit
from tools.sessions import transitions

S = SessionStatus
Transition = Callable[[Unit, SessionRecord], Any]


def begin(unit: Unit, row: SessionRecord) -> None:
    transitions.begin(unit, row, plans.compile_for_session(unit.db, row))


def complete(unit: Unit, row: SessionRecord) -> None:
    transitions.complete(unit, row, "completed")


def review(unit: Unit, row: SessionRecord) -> None:
    transitions.review(
        unit, row, by="Grace", reason="Met them.", passed=False, recommendation=None, score=None
    )


# what each transition makes of a session; from every other status it is refused
ALLOWED: dict[Transition, dict[SessionStatus, SessionStatus]] = {
    begin: {S.scheduled: S.in_progress},
    complete: {S.in_progress: S.completed},
    transitions.cancel: {S.scheduled: S.cancelled},
    transitions.fail: {S.scheduled: S.failed, S.in_progress: S.failed},
    transitions.expire: {S.scheduled: S.failed, S.in_progress: S.failed},
    review: {S.completed: S.completed},
}
# a stage that is reviewed by hand is also completed by its review
BY_HAND = {S.scheduled: S.completed, S.completed: S.completed}


async def stored(house: House, like: str, grace: Tenant, **members: Any) -> SessionRecord:
    """A session like a booked one, in any status; inserts are not steps."""

    def insert(db: sa.Connection) -> SessionRecord:
        booked = sessions.get(db, grace.id, UUID(like))
        assert booked is not None
        row = replace(booked, id=new_id(), forced=True, idempotency_key=None, **members)
        sessions.add(db, row)
        return row

    return await house.store.write(insert)


async def attempt(house: House, transition: Transition, row: SessionRecord) -> VivaError | None:
    """The refusal, if the transition was refused."""

    def work(db: sa.Connection) -> None:
        unit = house.units.within(db)
        transition(unit, row)
        unit.flush()

    try:
        await house.store.write(work)
    except (SessionOver, Conflict) as refused:
        return refused
    return None


async def status_of(house: House, row: SessionRecord) -> str:
    found = await house.store.read(lambda db: sessions.get(db, row.workspace_id, row.id))
    assert found is not None
    return found.status


@pytest.mark.parametrize("transition", ALLOWED, ids=lambda each: each.__name__)
@pytest.mark.parametrize("status", SessionStatus)
async def test_a_transition_takes_the_steps_of_the_lifecycle_and_no_others(
    house: House, rest: RestFace, grace: Tenant, status: SessionStatus, transition: Transition
) -> None:
    role = await add_pipeline(house, grace.id)
    booked = await book_first_stage(rest, house, grace, role)
    row = await stored(house, booked["id"], grace, status=status.value)
    refused = await attempt(house, transition, row)
    wanted = ALLOWED[transition].get(status)
    assert (refused is None) == (wanted is not None)
    assert await status_of(house, row) == (wanted or status)


@pytest.mark.parametrize("status", SessionStatus)
async def test_a_review_by_hand_completes_only_what_is_scheduled(
    house: House, rest: RestFace, grace: Tenant, status: SessionStatus
) -> None:
    role = await add_pipeline(house, grace.id)
    booked = await book_first_stage(rest, house, grace, role)
    row = await stored(house, booked["id"], grace, status=status.value, session_mode="manual_review")
    refused = await attempt(house, review, row)
    assert (refused is None) == (status in BY_HAND)
    assert await status_of(house, row) == BY_HAND.get(status, status)


async def test_a_step_from_a_row_that_has_changed_is_refused_and_gives_no_second_credit(
    house: House, rest: RestFace, grace: Tenant
) -> None:
    role = await add_pipeline(house, grace.id)
    booked = await book_first_stage(rest, house, grace, role)
    row = await house.store.read(lambda db: sessions.get(db, grace.id, UUID(booked["id"])))
    assert row is not None
    assert await attempt(house, transitions.cancel, row) is None
    assert isinstance(await attempt(house, transitions.fail, row), Conflict)
    assert await house.store.read(lambda db: credits.count_used(db, grace.id)) == 0


async def entries_of(rest: RestFace, session: str) -> list[tuple[str, str, str]]:
    log = (await rest.ask("list_audit_log", subject=session))["data"]
    return [(entry["operation"], entry["actor"], entry["face"]) for entry in reversed(log)]


@promise("lifecycle.states")
async def test_what_rooms_and_jobs_do_is_in_the_audit_log_as_done_by_the_system(
    house: House, rest: RestFace, grace: Tenant, interviews: InterviewHelper
) -> None:
    ada: BookedInterview = await interviews.conduct(await add_pipeline(house, grace.id), answer=ANSWER)
    ada.score()
    system = [("begin_session", "system", "system"), ("complete_session", "system", "system")]
    assert (await entries_of(rest, ada.id))[-3:] == [*system, ("record_score", "system", "system")]


async def test_an_expiry_is_in_the_audit_log_and_a_cancellation_names_who_asked(
    house: House, rest: RestFace, grace: Tenant, interviews: InterviewHelper
) -> None:
    role: Pipeline = await add_pipeline(house, grace.id)
    _, ada = await interviews.book(role, "Ada")
    _, bob = await interviews.book(role, "Bob")
    await rest.ask("cancel_session", id=bob.id)
    interviews.clock.forward(days=14)
    Expire(house.store.engine, house.units, timedelta(hours=72))()
    assert (await entries_of(rest, ada.id))[-1] == ("expire_session", "system", "system")
    operation, actor, face = (await entries_of(rest, bob.id))[-1]
    assert (operation, face) == ("cancel_session", "rest")
    assert actor.startswith("key:")
