"""The whole of it in a real browser against a real server: mail, link, consent, conversation, kill -9, scorecard.

The server is killed in mid-answer and started again, the candidate goes on at a second device, and in the end every
claim of the scorecard stands in what they wrote.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from standardwebhooks.webhooks import Webhook

from tests.support.candidate_browser import ARTIFACTS, CandidateBrowser, launch_chromium
from tests.support.mcp_face import RemoteMcpFace
from tests.support.rest_client import find_join_link, wait_until
from tests.support.server_process import ServerProcess
from tests.support.webhook_receivers import Receiver
from tests.tools.setup.test_questions import RIGHT, TASK

pytestmark = pytest.mark.needs("browser")
ANSWER = (
    "At my last job I ran the payment service. First I measured where the time went, then I moved the slow writes"
    " into a queue in Python because the database locked under load. As a result latency fell from 900 to 120 ms."
)
SCRIPT: dict[str, Any] = {
    "items": [
        {
            "question": "Tell me about a service in Python that you made faster.",
            "dimension": "Systems",
            "criteria": [
                {
                    "text": "Measured where the time went first",
                    "probe": "Which numbers did you look at beforehand?",
                },
                {
                    "text": "Says how far latency fell as a result",
                    "probe": "What came of it in the end?",
                },
            ],
            "minutes": 5,
        },
        {
            "question": "How do you make sure that others can read what you write?",
            "dimension": "Programming",
            "criteria": [
                {
                    "text": "Names what is written down for the team",
                    "probe": "What do your colleagues find in your documentation?",
                },
                {
                    "text": "Says that one thing is changed at a time",
                    "probe": "How much do you alter in a single step?",
                },
            ],
            "minutes": 5,
        },
    ]
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch_chromium() as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    reach = {"VIVA_ALLOW_HTTP_WEBHOOKS": "true", "VIVA_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    with ServerProcess(tmp_path / "data", {"VIVA_HOLD_SECONDS_MCP": "0", **reach}) as running:
        yield running


class Assistant:
    """An assistant at the server's MCP endpoint. In a thread: the browser has the loop of this one."""

    def __init__(self, server: ServerProcess) -> None:
        self._face = RemoteMcpFace(server.url, server.key)
        self._thread = ThreadPoolExecutor(1)

    def ask(self, tool: str, **args: Any) -> dict[str, Any]:
        """What the tool answered; calls that send something are confirmed."""
        answer = self._thread.submit(lambda: asyncio.run(self._face.ask(tool, **args))).result()
        data: dict[str, Any] = answer["data"]
        return data

    def close(self) -> None:
        self._thread.shutdown()


@pytest.fixture
def claude(server: ServerProcess) -> Iterator[Assistant]:
    assistant = Assistant(server)
    yield assistant
    assistant.close()


def set_up(claude: Assistant, receiver: Receiver) -> tuple[dict[str, Any], str]:
    """What a recruiter has their assistant do; the session and the secret of the webhook."""
    hook = claude.ask("create_webhook_endpoint", url=receiver.url)
    profile = claude.ask(
        "create_agent_profile",
        name="Nora",
        persona="I am Nora, an engineer.",
        useCase="hiring",
        evaluationDimensions=[
            {"name": "Systems", "description": "Measures first; designs for failure", "weight": 60},
            {"name": "Programming", "description": "Writes code that works and reads well", "weight": 40},
        ],
        interaction={"tone": "friendly", "probingDepth": "low"},
    )
    template = claude.ask(
        "create_evaluation_template",
        template_name="Backend engineer",
        use_case="hiring",
        status="active",
        skills=["Python"],
        default_duration_minutes=30,
    )["id"]
    stage = claude.ask(
        "create_evaluation_stage",
        evaluation_template_id=template,
        type="screen",
        agent_profile_id=profile["id"],
    )
    claude.ask("create_coding_task", evaluation_template_id=template, **TASK)
    claude.ask("write_script", id=stage["id"], **SCRIPT)
    ada = claude.ask("create_participant", name="Ada", email="ada@example.com")
    session = claude.ask(
        "schedule_session", candidate_id=ada["id"], evaluation_template_id=template, stage="screen"
    )
    return session, hook["secret"]


def test_from_a_tool_call_to_a_scorecard_though_the_server_dies_and_the_device_changes(
    server: ServerProcess, browser: Browser, claude: Assistant, receiver: Receiver
) -> None:
    session, secret = set_up(claude, receiver)
    link = wait_until(lambda: find_join_link(server.data))
    ada = CandidateBrowser(browser, link)
    before = until_the_server_dies(ada, server)
    phone = CandidateBrowser(browser, link, viewport={"width": 390, "height": 844}, color_scheme="dark")
    phone.arrive()
    expect(ada.on("#superseded")).to_be_visible()
    phone.heard_questions(3)
    assert phone.turns() == before
    phone.shoot("walk-phone-dark")
    assert phone.grave_findings() == []
    phone.leave()
    ada.on("#take-back").click()
    ada.connected()
    solve_the_task(ada)
    ada.on("#leave").click()
    ada.on("#asking-yes").click()
    expect(ada.on("#ended")).to_be_visible()
    ada.shoot("walk-end")
    over = wait_until(lambda: (s := claude.ask("get_session", id=session["id"])).get("summary") and s)
    assert over["assessment"]["state"] == "awaiting_assessment"
    assess(claude, session["id"])
    scored = claude.ask("get_session", id=session["id"], show="transcript")
    assert (scored["assessment"]["state"], scored["assessment"]["by"]) == ("proposed", "Claude")
    every_claim_stands_in_the_transcript(scored)
    wait_until(lambda: events(receiver, secret) >= EVENTS)
    read_the_report(browser, scored["report_url"])
    assert ada.complaints == []
    assert phone.complaints == []
    ada.leave()


EVENTS = {"session.created", "session.started", "session.completed", "session.scored"}


def until_the_server_dies(ada: CandidateBrowser, server: ServerProcess) -> list[str]:
    """Into the conversation, and on after a SIGKILL in mid-answer; what was said until then."""
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
    turns = ada.turns()
    assert sum("payment service" in turn for turn in turns) == 1
    return turns


def solve_the_task(ada: CandidateBrowser) -> None:
    """Answer until the coding task comes; hand it in wrong once, then right."""
    heard = 3
    while not ada.on("#task").is_visible():
        assert heard < 20, "the task never came"
        ada.answer(
            f"In case {heard} I measured first, wrote it down for the team, and then changed one thing."
        )
        heard += 1
        ada.heard_questions(heard)
    ada.code("print(3)")
    ada.on("#code-run").click()
    expect(ada.on("#results .bad")).to_have_count(1)
    ada.code(RIGHT)
    ada.on("#code-run").click()
    expect(ada.on("#results .good")).to_have_count(2)
    ada.shoot("walk-code")
    ada.on("#code-submit").click()
    ada.on("#asking-yes").click()
    ada.heard_questions(heard + 1)


def assess(claude: Assistant, session: str) -> None:
    """What the answer to `get_session` asks of an assistant: every criterion judged, with a quote."""
    packet = claude.ask("scoring_packet", id=session)
    found: dict[str, list[dict[str, Any]]] = {}
    for item in packet["items"]:
        answers = [each for each in packet["utterances"] if each.get("item_id") == item["id"]]
        for criterion in item["criteria"]:
            if not item["asked"] or criterion["measured"]:
                continue
            shown = {"status": "not_met"}
            if answers:
                quote = " ".join(answers[0]["text"].split()[:6])
                shown = {"status": "met", "utterance_id": answers[0]["id"], "quote": quote}
            found.setdefault(item["dimension_id"], []).append({"criterion_id": criterion["id"], **shown})
    dimensions = [{"dimension_id": id, "findings": each} for id, each in found.items()]
    claude.ask("submit_findings", id=session, dimensions=dimensions, author="Claude")


def every_claim_stands_in_the_transcript(scored: dict[str, Any]) -> None:
    said = {turn["turn"]: turn["text"] for turn in scored["transcript"] if turn["speaker"] == "participant"}
    assert sum("payment service" in text for text in said.values()) == 1
    cited = [citation for row in scored["evaluation_breakdown"] for citation in row["citations"]]
    assert cited
    assert all(citation["quote"] in said[citation["turn"]] for citation in cited)
    assert any("2 of 2 test cases passed" in row["reasoning"] for row in scored["evaluation_breakdown"])


def events(receiver: Receiver, secret: str) -> set[str]:
    """The kinds of events that arrived with a signature that is right."""
    return {Webhook(secret).verify(each.body, each.headers)["event"] for each in receiver.received}


def read_the_report(browser: Browser, url: str) -> None:
    """As a recruiter does: at a desk, in the dark, on a phone, on paper."""
    devices: dict[str, dict[str, Any]] = {
        "light": {},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}},
    }
    for name, device in devices.items():
        reader = CandidateBrowser(browser, url, **device)
        reader.page.goto(url)
        expect(reader.on("h1")).to_contain_text("Ada")
        expect(reader.on("mark").first).to_be_visible()
        reader.shoot(f"report-{name}")
        assert reader.grave_findings() == []
        assert not reader.scrolls_sideways()
        assert reader.complaints == []
        if name == "light":
            assert reader.page.pdf(path=ARTIFACTS / "report.pdf")
        reader.leave()
