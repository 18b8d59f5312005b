"""What a candidate finds behind the link: the truth, calmly, and nothing of anybody else."""

from typing import Any

import pytest

from server.app import House
from tests.house import RestFace, Tenant
from tests.seed import person, pipeline


@pytest.fixture
async def session(rest: RestFace, house: House, grace: Tenant) -> dict[str, Any]:
    role = await pipeline(house, grace.id)
    ada = await person(house, grace.id)
    made = await rest.ask(
        "schedule_session", candidate_id=str(ada), evaluation_template_id=str(role.template), stage="screen"
    )
    data: dict[str, Any] = made["data"]
    return data


async def test_the_link_says_how_things_stand(rest: RestFace, session: dict[str, Any]) -> None:
    page = await rest.http.get(session["join_url"])
    assert page.status_code == 200
    assert "Your interview with <bdi>Grace</bdi>" in page.text
    assert "cannot be held on this page yet" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    await rest.ask("cancel_session", id=session["id"])
    assert "not open" in (await rest.http.get(session["join_url"])).text


@pytest.mark.parametrize("change", ["shorter", "other", "nonsense", "empty-ish"])
async def test_a_link_that_was_not_made_here_leads_nowhere(
    rest: RestFace, session: dict[str, Any], change: str
) -> None:
    base, _, secret = session["join_url"].rpartition("/")
    wrong = {
        "shorter": secret[:-4],
        "other": ("B" if secret[0] == "A" else "A") + secret[1:],
        "nonsense": "%00%FF<script>",
        "empty-ish": "=",
    }[change]
    page = await rest.http.get(f"{base}/{wrong}")
    assert page.status_code == 404
    assert "Grace" not in page.text
    assert "<script>" not in page.text
