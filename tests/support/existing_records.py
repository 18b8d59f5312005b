"""Records that generated requests refer to: with made-up ids, the server would only ever refuse."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zlib import crc32

import httpx

from domain.interview.page_messages import CONSENT_VERSION

_DIMENSIONS = [{"name": "Depth", "description": "How far an explanation goes.", "weight": 100}]

_JUDGING = ("/findings", "/rescore", "/review", "/scoring-packet")

# A port of this machine on which nothing listens; see VIVA_WEBHOOK_NETWORKS where the server is started.
ENDPOINT = "https://127.0.0.1:9999/hook"


class ExistingRecords:
    """Creates records on a server, and puts their ids into requests. Paths name records on which nothing depends."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._sent = False
        self._finished = ""
        profile = self._profile()
        template, stage = self._template()
        spare_template, spare_stage = self._template()
        person = self._made("participants", name="Ada", email=self._address())
        session = self._made(
            "sessions", candidate_id=person, evaluation_template_id=template, stage="screen", force=True
        )
        spare_person = self._made("participants", name="Eve", email=self._address())
        self._in_paths = {
            "agent-profiles": self._profile(),
            "evaluation-templates": spare_template,
            "evaluation-stages": spare_stage,
            "participants": spare_person,
            "sessions": session,
            "questions": self._made(
                "questions", evaluation_template_id=template, question="What is a queue?"
            ),
            "coding-tasks": self._made(
                "coding-tasks",
                evaluation_template_id=template,
                title="Sum",
                statement="Print the sum.",
                cases=[{"input": "1 2", "expected_output": "3"}],
            ),
            "webhook-endpoints": (endpoint := self._endpoint()),
            "webhook-deliveries": self._delivery(endpoint),
        }
        self._in_bodies = {
            "sourceId": profile,
            "agent_profile_id": profile,
            "evaluation_template_id": template,
            "interview_id": stage,
            "candidate_id": person,
        }

    def _made(self, path: str, **body: Any) -> str:
        answer = self._http.post(f"/api/v1/{path}", json=body)
        answer.raise_for_status()
        return str(answer.json()["data"]["id"])

    def _address(self) -> str:
        return f"person-{uuid4().hex}@example.com"

    def _profile(self) -> str:
        return self._made(
            "agent-profiles",
            name="Interviewer",
            persona="I am an AI interviewer.",
            useCase="hiring",
            evaluationDimensions=_DIMENSIONS,
            isPublic=True,
        )

    def _template(self) -> tuple[str, str]:
        template = self._made(
            "evaluation-templates", template_name="Backend", use_case="hiring", status="active"
        )
        return template, self._made("evaluation-stages", evaluation_template_id=template, type="screen")

    def _endpoint(self) -> str:
        """An endpoint that is enabled: one there is, for a workspace may have only so many."""
        known = self._http.get("/api/v1/webhook-endpoints").json()["data"]
        if not known:
            return self._made("webhook-endpoints", url=ENDPOINT)
        chosen = str(known[0]["id"])
        self._http.patch(f"/api/v1/webhook-endpoints/{chosen}", json={"enabled": True}).raise_for_status()
        return chosen

    def _delivery(self, endpoint: str) -> str:
        """A delivery to it, of an event that certainly happened."""
        self._http.patch(
            f"/api/v1/webhook-endpoints/{endpoint}", json={"events": ["participant.created"]}
        ).raise_for_status()
        self._made("participants", name="Bob", email=self._address())
        span = {"from": self._http.get("/api/v1/participants?pageSize=1").json()["data"][0]["created_at"]}
        again = self._http.post(f"/api/v1/webhook-endpoints/{endpoint}/replay", json=span)
        again.raise_for_status()
        log = self._http.get("/api/v1/webhook-deliveries", params={"endpoint_id": endpoint})
        return str(log.json()["data"][0]["id"])

    def _invitation_left(self) -> bool:
        """Waits for the worker: until it has left, an invitation is not sent again."""
        last = time.monotonic() + 20
        session = f"/api/v1/sessions/{self._in_paths['sessions']}"
        while self._http.get(session).json()["data"]["invite_status"] == "queued":
            assert time.monotonic() < last, "the invitation does not leave"
        return True

    def _held(self) -> str:
        """A session whose interview is over, so that there is something to judge."""
        if self._finished:
            return self._finished
        template, _ = self._template()
        person = self._made("participants", name="Eva", email=self._address())
        body = {"candidate_id": person, "evaluation_template_id": template, "stage": "screen"}
        made = self._http.post("/api/v1/sessions", json=body).raise_for_status().json()["data"]
        messages: list[tuple[str, dict[str, str]]] = [
            ("consent", {"version": CONSENT_VERSION, "language": "en"}),
            ("begin", {}),
            ("answer", {"text": "Yes, I am ready."}),
            ("answer", {"text": "I measured first, then I wrote a queue, and it became faster."}),
            ("leave", {}),
        ]
        for place, (kind, said) in enumerate(messages):
            message = {"client_id": f"message-{place}", "type": kind, "body": said}
            self._http.post(f"{made['join_url']}/messages", json=message).raise_for_status()
            self._waits_for(made["join_url"], place)
        self._finished = str(made["id"])
        return self._finished

    def _waits_for(self, link: str, place: int) -> None:
        """Waits until the interviewer has said what it has to say to this message."""
        last = time.monotonic() + 20
        done = {1: 3, 2: 5, 3: 7, 4: 9}.get(place, 0)
        while self._http.get(f"{link}/state").json()["last_seq"] < done:
            assert time.monotonic() < last, "the interviewer does not go on"

    def _findings(self) -> list[dict[str, Any]]:
        """Findings that fit that interview."""
        packet = self._http.get(f"/api/v1/sessions/{self._held()}/scoring-packet").json()["data"]
        found: dict[str, list[dict[str, Any]]] = {}
        for item in packet["items"]:
            own = [one for one in item["criteria"] if item["asked"] and not one["measured"]]
            each = [{"criterion_id": one["id"], "status": "not_met"} for one in own]
            found.setdefault(item["dimension_id"], []).extend(each)
        return [{"dimension_id": id, "findings": each} for id, each in found.items() if each]

    def path(self, path: str) -> dict[str, str]:
        """The path's parameters."""
        if path.endswith("/resend-invite") and not self._sent:
            self._sent = self._invitation_left()
        if path.endswith(_JUDGING):
            return {"id": self._held()}
        return {"id": self._in_paths[path.split("/")[3]]} if "{id}" in path else {}

    def example(self, body: dict[str, Any]) -> dict[str, Any]:
        """A documented example with what it refers to; all else as it is documented."""
        meant = body | {name: self._in_bodies[name] for name in body.keys() & self._in_bodies}
        if "idempotency_key" in body:
            meant["idempotency_key"] = uuid4().hex
        if "candidate_id" in body:  # somebody new, since one person has one session of a stage
            meant["candidate_id"] = self._made("participants", name="Joe", email=self._address())
        if "candidate_ids" in body:
            meant["candidate_ids"] = [self._made("participants", name="Joy", email=self._address())]
        if "dimensions" in body:
            meant["dimensions"] = self._findings()
        return meant

    def body(self, body: Any) -> Any:
        """The body with what it refers to, and with what a schema cannot say about its values."""
        if not isinstance(body, dict):
            return body
        meant = {name: _MEANT[name](value) if name in _MEANT else value for name, value in body.items()}
        meant |= {name: self._in_bodies[name] for name in body.keys() & self._in_bodies}
        if isinstance(body.get("code"), str):
            meant |= {"language": "python", "code": "print(1)"}
        if isinstance(body.get("entry_point"), str):
            meant["entry_point"] = "print"
        if isinstance(body.get("candidate_ids"), list):
            meant["candidate_ids"] = [self._in_bodies["candidate_id"]]
        if isinstance(body.get("dimensions"), list):
            meant["dimensions"] = self._findings()
        if isinstance(body.get("participants"), list):
            meant["participants"] = [self.body(row) for row in body["participants"]]
        return meant


def _rubric(sent: Any) -> Any:
    return _DIMENSIONS if sent is not None else None


def _later(sent: Any) -> Any:
    return "2099-06-02T08:21:47Z" if sent is not None else None


def _address(sent: Any) -> Any:
    # what is generated by the format is often at a name that can get no mail
    return f"person{crc32(repr(sent).encode())}@example.com"


_MEANT: dict[str, Callable[[Any], Any]] = {
    "url": lambda _sent: ENDPOINT,
    "from": lambda _sent: "2020-01-01T00:00:00Z",
    "to": lambda _sent: "2099-01-01T00:00:00Z",
    "evaluationDimensions": _rubric,
    "email": _address,
    "reply_to": lambda sent: sent and _address(sent),
    "scheduled_at": _later,
    "timezone": lambda _sent: "Europe/Berlin",
    "language": lambda _sent: "en",
}
