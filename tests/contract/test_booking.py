"""Rows about booking that need records in states which scheduling alone does not bring about (contract 9.12-9.15)."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.scopes import ALL_SCOPES, Scope
from domain.sessions.lifecycle import SessionStatus
from server.app import House
from storage.schema.tables import EvaluationStage, EvaluationTemplate, Participant, Session
from tests.contract.promise import promise
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant, create_key

# contract 9.9
FIELDS = """
    id status stage interview_id candidate_id evaluation_template_id agent_profile_id external_id session_mode
    scheduled_at timezone language duration_minutes notes join_url idempotency_key started_at ended_at score
    score_scale passed recommendation summary evaluation_breakdown transcript transcript_url recording_url
    authenticity_signals created_at updated_at
"""
SCORECARD = """
    score passed recommendation summary evaluation_breakdown transcript_url recording_url authenticity_signals
"""


@pytest.fixture
async def role(house: House, grace: Tenant) -> Pipeline:
    return await add_pipeline(house, grace.id, "screen", "technical")


@pytest.fixture
async def ada(house: House, grace: Tenant) -> UUID:
    return await add_participant(house, grace.id)


def booking(role: Pipeline, who: UUID, **more: Any) -> dict[str, Any]:
    return {
        "candidate_id": str(who),
        "evaluation_template_id": str(role.template),
        "stage": "screen",
        **more,
    }


async def set_columns(house: House, table: Any, id: UUID | str, **columns: Any) -> None:
    """Bring a row into a state that only the interview itself brings about."""
    change = sa.update(table).where(table.id == UUID(str(id))).values(**columns)

    def work(db: sa.Connection) -> None:
        db.execute(change)

    await house.store.write(work)


@promise("sessions.fields", "sessions.timezone-default")
async def test_a_session_has_every_documented_field_and_no_scorecard_yet(
    rest: RestFace, role: Pipeline, ada: UUID
) -> None:
    made = (await rest.ask("schedule_session", **booking(role, ada)))["data"]
    assert [name for name in FIELDS.split() if name not in made] == []
    assert [name for name in SCORECARD.split() if made[name] is not None] == []
    assert (made["timezone"], made["language"], made["score_scale"]) == ("UTC", "en", "0-10")


@promise("sessions.replay-200")
async def test_a_replay_is_200_and_says_so(rest: RestFace, role: Pipeline, ada: UUID) -> None:
    first = await rest.send("schedule_session", **booking(role, ada, idempotency_key="k"))
    again = await rest.send("schedule_session", **booking(role, ada, idempotency_key="k"))
    assert (first.status_code, first.json()["idempotent"]) == (201, False)
    assert (again.status_code, again.json()["idempotent"]) == (200, True)
    assert again.json()["data"] == first.json()["data"]


@promise("sessions.duplicate-completed", "sessions.duplicate-over", "lifecycle.states", "lifecycle.retake")
@pytest.mark.parametrize(
    ("status", "retakes", "answer"),
    [
        (SessionStatus.scheduled, True, 409),
        (SessionStatus.in_progress, True, 409),
        (SessionStatus.completed, False, 409),
        (SessionStatus.completed, True, 201),
        (SessionStatus.failed, False, 201),
        (SessionStatus.cancelled, False, 201),
    ],
)
async def test_an_open_session_blocks_another_for_the_stage_and_a_completed_one_unless_retakes_are_allowed(
    rest: RestFace, house: House, role: Pipeline, ada: UUID, status: SessionStatus, retakes: bool, answer: int
) -> None:
    first = (await rest.ask("schedule_session", **booking(role, ada)))["data"]["id"]
    await set_columns(house, Session, first, status=status.value)
    await set_columns(house, EvaluationStage, role.stages["screen"], allow_retake=retakes)
    again = await rest.send("schedule_session", **booking(role, ada))
    assert again.status_code == answer
    assert (await rest.send("schedule_session", **booking(role, ada, force=True))).status_code == 201


@promise(
    "lifecycle.final", "lifecycle.cancel-before-joining", "sessions.cancel-409", "sessions.reschedule-409"
)
@pytest.mark.parametrize(
    "status", [status for status in SessionStatus if status is not SessionStatus.scheduled]
)
async def test_only_a_scheduled_session_moves_or_is_cancelled(
    rest: RestFace, house: House, role: Pipeline, ada: UUID, status: SessionStatus
) -> None:
    session = (await rest.ask("schedule_session", **booking(role, ada)))["data"]["id"]
    await set_columns(house, Session, session, status=status.value)
    for operation, args in (
        ("cancel_session", {}),
        ("reschedule_session", {"scheduled_at": "2027-01-01T00:00:00Z"}),
        ("reschedule_session", {"status": "cancelled"}),
    ):
        answer = await rest.send(operation, id=session, **args)
        assert (answer.status_code, answer.json()["code"]) == (409, "session_over"), operation


@promise("sessions.stage-by-order", "sessions.stage-none-400")
async def test_without_a_known_label_the_first_stage_not_passed_is_next_until_none_is_left(
    rest: RestFace, house: House, role: Pipeline, ada: UUID
) -> None:
    for kind in ("screen", "technical"):
        made = (await rest.ask("schedule_session", **booking(role, ada, stage="next")))["data"]
        assert made["interview_id"] == str(role.stages[kind])
        await set_columns(house, Session, made["id"], status="completed", passed=True)
    none = await rest.send("schedule_session", **booking(role, ada, stage="next"))
    assert (none.status_code, none.json()["issues"][0]["path"]) == (400, ["stage"])


@promise("sessions.stage-foreign-400")
async def test_a_stage_of_another_template_is_refused(
    rest: RestFace, house: House, grace: Tenant, role: Pipeline, ada: UUID
) -> None:
    other = await add_pipeline(house, grace.id, "screen")
    for stage in (other.stages["screen"], role.template):
        answer = await rest.send("schedule_session", **booking(role, ada, interview_id=str(stage)))
        assert (answer.status_code, answer.json()["issues"][0]["path"]) == (400, ["interview_id"])


@promise("sessions.adopt")
async def test_a_participant_without_a_template_adopts_it_and_one_of_another_stays_there(
    rest: RestFace, house: House, grace: Tenant, role: Pipeline, ada: UUID
) -> None:
    other = await add_pipeline(house, grace.id, "screen")
    await rest.ask("schedule_session", **booking(role, ada))
    adopted = (await rest.ask("get_participant", id=str(ada)))["data"]
    assert adopted["evaluation_template_id"] == str(role.template)
    assert (await rest.send("schedule_session", **booking(other, ada))).status_code == 201
    stayed = (await rest.ask("get_participant", id=str(ada)))["data"]
    assert stayed["evaluation_template_id"] == str(role.template)


@promise("sessions.archived-400")
@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("participant", "archived"),
        ("template", "archived"),
        ("template", "draft"),
        ("stage", "archived"),
        ("stage", "draft"),
    ],
)
async def test_nothing_is_booked_with_what_is_not_active(
    rest: RestFace, house: House, role: Pipeline, ada: UUID, what: str, status: str
) -> None:
    stage = role.stages["screen"]
    rows: dict[str, tuple[Any, UUID]] = {
        "participant": (Participant, ada),
        "template": (EvaluationTemplate, role.template),
        "stage": (EvaluationStage, stage),
    }
    table, id = rows[what]
    await set_columns(house, table, id, status=status)
    answer = await rest.send("schedule_session", **booking(role, ada, interview_id=str(stage)))
    assert answer.status_code == 400
    assert answer.json()["issues"]


@promise("sessions.language", "sessions.account-slug")
async def test_the_sessions_language_beats_the_templates(
    rest: RestFace, grace: Tenant, role: Pipeline, ada: UUID
) -> None:
    await rest.ask("update_evaluation_template", id=str(role.template), language="ja")
    own = await rest.ask("schedule_session", **booking(role, ada, language="hi", accountSlug=grace.slug))
    assert own["data"]["language"] == "hi"
    inherited = await rest.ask("schedule_session", **booking(role, ada, stage="technical"))
    assert inherited["data"]["language"] == "ja"


@promise("sessions.join-url-scope")
async def test_the_join_link_is_shown_to_those_who_may_read_interviews(
    rest: RestFace, house: House, grace: Tenant, role: Pipeline, ada: UUID
) -> None:
    writer = await create_key(house, grace.id, ALL_SCOPES - {Scope.interviews_read})
    made = await rest.send("schedule_session", writer, **booking(role, ada))
    assert made.status_code == 201
    assert "/join/" not in made.text
    assert (await rest.send("list_sessions", writer)).status_code == 403
    shown = (await rest.ask("get_session", id=made.json()["data"]["id"]))["data"]
    assert "/join/" in shown["join_url"]
