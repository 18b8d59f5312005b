"""Leaving is acted on whatever carried it, and looking at a link changes nothing; over both databases."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers

from server.app import House
from server.jobs.expiry import Expire
from server.pages.robots import is_robot
from storage.interviews import event_log, sessions
from tests.support.candidate_client import ANSWER, CandidateClient, book_interview
from tests.support.clock import ManualClock
from tests.support.contexts import change_context
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant


@pytest.fixture
async def ada(
    rest: RestFace, house: House, grace: Tenant, http: httpx.AsyncClient, clock: ManualClock
) -> CandidateClient:
    """In the interview, with one answer given."""
    candidate = CandidateClient(house, http, clock, await book_interview(rest, house, grace))
    await candidate.start_interview()
    await candidate.send("answer", text="Yes, ready.")
    await candidate.send("answer", text=ANSWER)
    return candidate


async def drop_line(ada: CandidateClient) -> None:
    """The clock stands, because the candidate's line is gone for longer than the grace time."""
    change_context(ada.house, grace=0)
    room = await ada.room()
    line = await room.attach("tab", 0)
    await room.settled()
    room.detach(line)
    await room.settled()
    assert (await ada.state())["paused"] is True


async def restart(ada: CandidateClient) -> None:
    """As after kill -9: nothing is known but the log."""
    (await ada.room()).close()
    ada.house.rooms._rooms.clear()


async def log_of(ada: CandidateClient, grace: Tenant) -> list[tuple[int, str]]:
    found = await ada.house.store.read(lambda db: event_log.entries(db, grace.id, ada.id))
    return [(entry.seq, entry.kind) for entry in found]


async def status_of(rest: RestFace, ada: CandidateClient) -> str:
    return str((await rest.ask("get_session", id=str(ada.id)))["data"]["status"])


async def test_leaving_without_a_line_ends_the_interview_and_is_scored(
    ada: CandidateClient, rest: RestFace, jobs: RecordedJobs
) -> None:
    await drop_line(ada)
    await ada.send("leave")
    assert (await ada.state())["ended"] == {"reason": "left"}
    assert await status_of(rest, ada) == "completed"
    assert len(jobs.of("score")) == 1


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "application/json", ""])
async def test_leaving_as_a_page_does_that_goes_away_ends_it_after_a_restart_too(
    ada: CandidateClient, rest: RestFace, clock: ManualClock, kind: str
) -> None:
    await restart(ada)
    clock.forward(hours=1)
    body = b'{"client_id": "beacon-0001", "type": "leave", "body": {}}'
    sent = await ada.http.post(f"{ada.link}/messages", content=body, headers={"content-type": kind})
    assert sent.status_code == 200
    await ada.room()
    assert await status_of(rest, ada) == "completed"


async def test_leaving_that_a_killed_server_stored_is_acted_on_by_the_next_one(
    ada: CandidateClient, rest: RestFace, house: House, grace: Tenant, jobs: RecordedJobs
) -> None:
    await restart(ada)
    await house.store.write(
        lambda db: event_log.append(db, grace.id, ada.id, "leave", {}, house.services.clock())
    )
    assert await status_of(rest, ada) == "in_progress"
    await house.rooms.end_left()
    assert await status_of(rest, ada) == "completed"
    assert len(jobs.of("score")) == 1
    assert await house.store.read(lambda db: sessions.left_by_candidate(db, 10)) == []
    await house.rooms.end_left()
    assert [kind for _, kind in await log_of(ada, grace)].count("ended") == 1


async def test_leaving_is_heard_after_a_flood_of_other_messages(ada: CandidateClient, rest: RestFace) -> None:
    answers = [await ada.post("signal", kind="tab_hidden") for _ in range(60)]
    assert answers[-1].status_code == 429
    await ada.send("leave")
    assert await status_of(rest, ada) == "completed"


async def test_garbage_is_counted_by_the_flood_limit_as_well(ada: CandidateClient) -> None:
    statuses = [(await ada.http.post(f"{ada.link}/messages", content=b"{")).status_code for _ in range(60)]
    assert statuses[0] == 400
    assert statuses[-1] == 429


async def test_an_answer_without_a_line_lets_the_clock_go_on_and_is_replied_to(ada: CandidateClient) -> None:
    await drop_line(ada)
    said = await ada.turns()
    await ada.send("answer", text=ANSWER)
    assert len(await ada.turns()) > len(said)
    assert (await ada.state())["paused"] is False


async def test_a_refused_message_does_not_start_the_clock(ada: CandidateClient, grace: Tenant) -> None:
    await drop_line(ada)
    before = await log_of(ada, grace)
    assert (await ada.post("code_run", task="none", language="python", code="1")).status_code == 409
    assert await log_of(ada, grace) == before


ROBOTS: dict[str, dict[str, str]] = {
    "plain": {},
    "google": {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
    "preview": {"user-agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"},
    "slack": {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    "prefetch": {"sec-purpose": "prefetch;prerender", "purpose": "prefetch"},
}


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "replicas"])
@pytest.mark.parametrize("robot", ROBOTS)
async def test_looking_at_the_link_changes_nothing(
    ada: CandidateClient, grace: Tenant, clock: ManualClock, robot: str, *, shared: bool
) -> None:
    change_context(ada.house, shared=shared)
    await restart(ada)
    left = (await ada.state())["left_seconds"]
    before = await log_of(ada, grace)
    clock.forward(minutes=10)
    for method in ("GET", "HEAD"):
        for path in ("", "/state"):
            seen = await ada.http.request(method, ada.link + path, headers=ROBOTS[robot])
            assert seen.status_code == 200
    state = (await ada.http.get(f"{ada.link}/state", headers=ROBOTS[robot])).json()
    assert (state["phase"], state["paused"], state["left_seconds"]) == ("interview", True, left)
    assert (await ada.http.head(f"{ada.link}/events", headers=ROBOTS[robot])).status_code == 200
    if robot != "plain":
        assert (await ada.http.get(f"{ada.link}/events", headers=ROBOTS[robot])).status_code == 403
    assert await log_of(ada, grace) == before
    assert (await ada.room()).lines == []


def test_a_telephone_whose_name_sounds_like_a_robot_is_no_robot() -> None:
    phones = (
        "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_P40; wv) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
        "",
    )
    assert [phone for phone in phones if is_robot(Headers({"user-agent": phone}))] == []


async def test_after_looking_the_candidate_loses_no_time(ada: CandidateClient, clock: ManualClock) -> None:
    await restart(ada)
    left: Any = (await ada.state())["left_seconds"]
    clock.forward(hours=2)
    await ada.http.get(ada.link)
    clock.forward(hours=2)
    room = await ada.room()
    await room.attach("tab", 0)
    assert (await ada.state())["left_seconds"] == left


async def test_who_never_came_back_fails_though_servers_restarted_and_scanners_looked(
    ada: CandidateClient, rest: RestFace, house: House, clock: ManualClock
) -> None:
    expire = Expire(house.store.engine, house.units, timedelta(hours=72))
    for _ in range(3):
        await restart(ada)
        clock.forward(hours=23)
        await ada.http.get(ada.link)
        assert expire() == 0
    clock.forward(hours=4)
    assert expire() == 1
    assert await status_of(rest, ada) == "failed"
    assert (await ada.state())["ended"] == {"reason": "expired"}


async def test_who_came_back_without_a_line_is_not_expired(
    ada: CandidateClient, rest: RestFace, house: House, clock: ManualClock
) -> None:
    await restart(ada)
    clock.forward(hours=71)
    await ada.send("answer", text=ANSWER)
    clock.forward(hours=2)
    assert Expire(house.store.engine, house.units, timedelta(hours=72))() == 0
    assert await status_of(rest, ada) == "in_progress"
