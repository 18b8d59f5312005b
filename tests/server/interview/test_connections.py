"""Lines to rooms on a real server: WebSocket, event stream and POST; bad frames, two tabs, two replicas, dead links."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from domain.interview.consent import CONSENT_TEXT
from tests.support.postgres import Cluster
from tests.support.rest_client import RestClient
from tests.support.server_process import ServerProcess

PATIENCE = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("lines")) as running:
        yield running


@pytest.fixture
def link(server: ServerProcess, request: pytest.FixtureRequest) -> str:
    with RestClient(server) as api:
        booked = api.book(request.node.name.replace("_", "").replace("[", "").replace("]", "")[-40:])
    return str(booked["join_url"])


class Page:
    """What a candidate's page does with a WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._sent = 0

    def send(self, type: str, **body: Any) -> dict[str, Any]:
        """Send a message; its acknowledgement or refusal."""
        self._sent += 1
        id = f"{self.socket.id}-{self._sent}"
        self.socket.send(json.dumps({"client_id": id, "type": type, "body": body}))
        return self.until(lambda frame: frame.get("client_id") == id)

    def until(self, wanted: Any) -> dict[str, Any]:
        """The first frame that is wanted; pings go on for ever, patience does not."""
        last = time.monotonic() + PATIENCE
        while True:
            frame: dict[str, Any] = json.loads(self.socket.recv(last - time.monotonic()))
            if wanted(frame):
                return frame

    def hear(self, type: str) -> dict[str, Any]:
        return self.until(lambda frame: frame["type"] == type)

    def start_interview(self) -> None:
        self.send("consent", version=CONSENT_TEXT, language="en")
        self.send("begin")
        self.hear("interviewer")

    def rest(self, *until: str) -> list[dict[str, Any]]:
        """Everything but pings that still comes until there is such a frame or the line is closed."""
        found: list[dict[str, Any]] = []
        last = time.monotonic() + PATIENCE
        with suppress(ConnectionClosed):
            while not found or found[-1]["type"] not in until:
                frame = json.loads(self.socket.recv(last - time.monotonic()))
                if frame["type"] != "ping":
                    found.append(frame)
        return found


@contextmanager
def page(link: str, tab: str = "one", after: int = 0, **options: Any) -> Iterator[Page]:
    address = f"{link.replace('http', 'ws', 1)}/ws?tab={tab}&after={after}"
    with connect(address, max_size=None, **options) as socket:
        yield Page(socket)


def post(link: str, id: str, type: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{link}/messages", json={"client_id": id, "type": type, "body": body})


def test_what_is_sent_over_one_line_is_read_over_any_other(link: str) -> None:
    with page(link) as ada:
        ada.start_interview()
        acknowledged = ada.send("answer", text="I am ready.")
        assert acknowledged["type"] == "ack"
        last = ada.until(lambda frame: frame["type"] == "interviewer" and frame["seq"] > acknowledged["seq"])
    with httpx.stream("GET", f"{link}/events?tab=two&after=0", timeout=PATIENCE) as stream:
        numbers, said = [], []
        for line in stream.iter_lines():
            if line.startswith("id: "):
                numbers.append(int(line[4:]))
            elif line.startswith("data: "):
                said.append(json.loads(line[6:]))
            if numbers and numbers[-1] >= last["seq"] and said and said[-1].get("seq", 0) >= last["seq"]:
                break
    assert numbers == sorted(set(numbers))
    assert [frame["body"]["text"] for frame in said if frame["type"] == "answer"] == ["I am ready."]
    answered = post(link, "by-post-1", "answer", text="And by POST.")
    assert answered.json()["duplicate"] is False
    assert post(link, "by-post-1", "answer", text="And by POST.").json()["duplicate"] is True
    with page(link, after=last["seq"]) as again:
        assert again.hear("answer")["body"]["text"] == "And by POST."


def test_the_older_tab_is_told_and_closed(link: str) -> None:
    with page(link, "one") as first:
        first.start_interview()
        with page(link, "two") as second:
            assert first.rest()[-1] == {"type": "superseded"}
            assert second.send("answer", text="From the second tab.")["type"] == "ack"


@pytest.mark.parametrize(
    "frame",
    [
        b"\x00\x01\x02",
        "not json",
        "[]",
        "{}",
        '{"type": "answer"}',
        '{"client_id": "message-1", "type": "answer", "body": []}',
        '{"client_id": "x", "type": "answer", "body": {"text": "short id"}}',
        '{"client_id": "message-1", "type": "begin", "body": null}' + " " * 200,
        "[" * 5_000,
        '{"client_id": "message-1", "type": "answer", "body": {"text": "%s"}}' % ("x" * 16_400),
        "x" * 400_000,
    ],
    ids=["binary", "words", "list", "empty", "bare", "body", "id", "early", "deep", "long", "huge"],
)
def test_a_bad_frame_is_refused_or_ends_the_line_and_leaves_nothing(link: str, frame: str | bytes) -> None:
    with page(link) as ada:
        ada.socket.send(frame)
        answers = ada.rest("refused")
    if answers:
        assert answers[-1]["type"] == "refused"
        assert set(answers[-1]["body"]) == {"error", "code", "hint"}
    else:
        assert ada.socket.close_code in (1003, 1009)
    with page(link) as again:
        assert again.send("consent", version=CONSENT_TEXT, language="en")["seq"] == 1


def test_a_page_of_another_site_gets_no_line(link: str) -> None:
    with pytest.raises(InvalidStatus), page(link, origin="https://evil.example"):
        pass


def test_links_that_are_not_ours_open_nothing(server: ServerProcess, link: str) -> None:
    secret = link.rpartition("/")[2]
    bent = secret[:-2] + ("AA" if secret[-2:] != "AA" else "BB")
    for wrong in (bent, "x", "A" * 48):
        with pytest.raises(InvalidStatus), page(f"{server.url}/join/{wrong}"):
            pass
        for path in ("", "/state", "/events"):
            assert httpx.get(f"{server.url}/join/{wrong}{path}").status_code == 404
        assert post(f"{server.url}/join/{wrong}", "message-1", "begin").status_code == 404


def test_a_link_of_a_cancelled_session_says_so_and_takes_nothing(server: ServerProcess, link: str) -> None:
    with page(link) as ada, RestClient(server) as api:
        ada.send("consent", version=CONSENT_TEXT, language="en")
        session = httpx.get(f"{link}/state").json()
        assert session["phase"] == "practice"
        api.cancel(link)
        assert ada.send("begin")["body"]["code"] == "not_now"
    assert httpx.get(f"{link}/state").json()["ended"] == {"reason": "cancelled"}
    assert post(link, "message-9", "begin").status_code == 409


def test_forty_answers_at_once_from_two_lines_are_forty_turns_or_refusals(link: str) -> None:
    with page(link) as ada:
        ada.start_interview()
    statuses: set[int] = set()
    taken: set[str] = set()

    def many(name: str) -> None:
        for number in range(20):
            # each is sent twice, as a page does that heard no acknowledgement
            for _ in range(2):
                answer = post(link, f"{name}-{number:04}", "answer", text=f"{name} {number}")
                statuses.add(answer.status_code)
                if answer.status_code == 200:
                    taken.add(f"{name} {number}")

    lines = [threading.Thread(target=many, args=(name,)) for name in ("left", "right")]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    assert statuses <= {200, 409, 429}
    with page(link) as again:
        log = again.rest("clock", "ended")
    texts = [frame["body"]["text"] for frame in log if frame["type"] == "answer"]
    assert len(texts) == len(set(texts))
    assert set(texts) == taken


def test_two_replicas_hold_one_interview(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.fresh() as url:
        shared = {"VIVA_DATABASE_URL": url, "VIVA_SECRET_KEY": "shared by both"}
        one, two = ServerProcess(tmp_path / "one", shared), ServerProcess(tmp_path / "two", shared)
        with one:
            two.key = one.key
            with two, RestClient(one) as api:
                here = str(api.book()["join_url"])
                there = here.replace(one.url, two.url)
                with page(here, "one") as left:
                    left.start_interview()
                    with page(there, "two") as right:
                        heard = right.hear("interviewer")
                        sent = right.send("answer", text="Written at the other replica.")
                        # the older tab learns from the log that it is not the active one any more
                        assert left.rest()[-1] == {"type": "superseded"}
                        asked = right.until(lambda f: f["type"] == "interviewer" and f["seq"] > sent["seq"])
                        with page(here, "one", after=heard["seq"]) as back:
                            assert back.hear("answer")["body"]["text"] == "Written at the other replica."
                            assert back.hear("interviewer")["body"] == asked["body"]
                            assert right.rest()[-1] == {"type": "superseded"}
                            one.kill()
                    with page(there, "three") as again:
                        sent = again.send("answer", text="And the first replica is gone now.")
                        assert sent["type"] == "ack"
                        assert again.until(lambda f: f["type"] == "interviewer" and f["seq"] > sent["seq"])
