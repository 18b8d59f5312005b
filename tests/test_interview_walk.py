"""The whole of it in a real browser against a real server: mail, link, consent, conversation, kill -9, scorecard.

The server is killed in mid-answer and started again, the candidate goes on at a second device, and in the end every
claim of the scorecard stands in what they wrote.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api import Api, link_in_mail, until
from tests.candidate_browser import CHROMIUM, Candidate, chromium
from tests.server_process import ServerProcess

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="CHROMIUM IS MISSING: the whole walk was not tested (apt install chromium)"
)
ANSWER = (
    "At my last job I ran the payment service. First I measured where the time went, then I moved the slow writes"
    " into a queue in Python because the database locked under load. As a result latency fell from 900 to 120 ms."
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path / "data") as running:
        yield running


def test_a_candidate_is_interviewed_though_the_server_dies_and_the_device_changes(
    server: ServerProcess, browser: Browser
) -> None:
    with Api(server) as api:
        walked(server, browser, api)


def walked(server: ServerProcess, browser: Browser, api: Api) -> None:
    session = api.book()
    link = until(lambda: link_in_mail(server.data))
    ada = Candidate(browser, link)
    ada.arrive()
    ada.shoot("walk-lobby")
    ada.agree()
    ada.practise("I learned to bake bread.")
    ada.begin()
    ada.answer("Yes, I am ready.")
    ada.heard_questions(2)
    ada.on("#answer").fill(ANSWER)
    server.kill()
    ada.on("#answer-form button").click()  # nobody is there: it is kept, and sent when somebody is
    server.start()
    ada.connected()
    ada.heard_questions(3)
    ada.shoot("walk-after-kill")
    before = ada.turns()
    assert sum("payment service" in turn for turn in before) == 1
    phone = Candidate(browser, link, viewport={"width": 390, "height": 844}, color_scheme="dark")
    phone.arrive()
    expect(ada.on("#superseded")).to_be_visible()
    phone.heard_questions(3)
    assert phone.turns() == before
    phone.shoot("walk-phone-dark")
    assert phone.grave_findings() == []
    phone.answer(
        "It was the third project like that, and each time I wrote down what I had learned for the team."
    )
    phone.heard_questions(4)
    phone.on("#leave").click()
    phone.on("#asking-yes").click()
    expect(phone.on("#ended")).to_be_visible()
    phone.shoot("walk-end")
    scored = until(lambda: (s := api.get(f"sessions/{session['id']}"))["score"] and s)
    said = {turn["turn"]: turn["text"] for turn in scored["transcript"] if turn["speaker"] == "participant"}
    assert sum("payment service" in text for text in said.values()) == 1
    cited = [citation for row in scored["evaluation_breakdown"] or [] for citation in row["citations"]]
    assert all(citation["quote"] in said[citation["turn"]] for citation in cited)
    assert ada.complaints == []
    assert phone.complaints == []
    ada.leave()
    phone.leave()
