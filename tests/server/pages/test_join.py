"""The candidate's page over HTTP: the session's state, its language, and wrong links."""

from typing import Any

import pytest

from server.app import House
from tests.support.candidate_client import book_interview
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant


@pytest.fixture
async def session(rest: RestFace, house: House, grace: Tenant) -> dict[str, Any]:
    return await book_interview(rest, house, grace)


async def test_the_link_opens_a_lobby_that_says_how_things_stand(
    rest: RestFace, session: dict[str, Any]
) -> None:
    page = await rest.http.get(session["join_url"])
    assert page.status_code == 200
    assert "<bdi>Grace</bdi>" in page.text
    assert "Hello <bdi>Ada</bdi>" in page.text
    assert '"phase": "lobby"' in page.text or '"phase":"lobby"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    await rest.ask("cancel_session", id=session["id"])
    over = (await rest.http.get(f"{session['join_url']}/state")).json()
    assert (over["phase"], over["ended"]) == ("ended", {"reason": "cancelled"})


async def test_the_page_speaks_the_language_that_is_asked_for(
    rest: RestFace, session: dict[str, Any]
) -> None:
    page = await rest.http.get(session["join_url"], params={"language": "de"})
    assert '<html lang="de">' in page.text
    unknown = await rest.http.get(session["join_url"], params={"language": "<script>"})
    assert '<html lang="en">' in unknown.text


@pytest.mark.parametrize("part", ["", "/state", "/events"])
@pytest.mark.parametrize("change", ["shorter", "other", "nonsense", "empty-ish"])
async def test_a_link_that_was_not_made_here_leads_nowhere(
    rest: RestFace, session: dict[str, Any], change: str, part: str
) -> None:
    base, _, secret = session["join_url"].rpartition("/")
    wrong = {
        "shorter": secret[:-4],
        "other": ("B" if secret[0] == "A" else "A") + secret[1:],
        "nonsense": "%00%FF<script>",
        "empty-ish": "=",
    }[change]
    page = await rest.http.get(f"{base}/{wrong}{part}")
    assert page.status_code == 404
    assert "Grace" not in page.text
    assert "<script>alert" not in page.text


async def test_a_manual_review_has_no_room(rest: RestFace, house: House, grace: Tenant) -> None:
    session = await book_interview(rest, house, grace, stage_type="manual_review")
    assert (await rest.http.get(session["join_url"])).status_code == 404
