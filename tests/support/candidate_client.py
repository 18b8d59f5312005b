"""A candidate without a browser: sends over HTTP what the interview's page sends, and reads what it would show."""

import itertools
from typing import Any
from uuid import UUID

import httpx

from server.app import House
from server.interview.room import Room
from tests.support.clock import ManualClock
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline, add_participant, add_pipeline
from tests.support.workspaces import Tenant

ANSWER = (
    "I built the payment service at my last job. First I measured where the time went, then I wrote a queue in"
    " Python because the database locked under load, and as a result latency fell from 900 to 120 ms."
)


class CandidateClient:
    """The page of one join link."""

    def __init__(
        self, house: House, http: httpx.AsyncClient, clock: ManualClock, session: dict[str, Any]
    ) -> None:
        self.house, self.http, self.clock = house, http, clock
        self.id = UUID(session["id"])
        self.link: str = session["join_url"]
        self._numbers = itertools.count(1)

    async def room(self) -> Room:
        room = await self.house.rooms.room(self.id)
        assert room is not None
        await room.settled()
        return room

    async def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.http.get(f"{self.link}/state")).json()
        return answer

    async def post(self, type: str, client_id: str | None = None, **body: Any) -> httpx.Response:
        """One message; returns when the interviewer has nothing more to say to it."""
        message = {"client_id": client_id or f"message-{next(self._numbers)}", "type": type, "body": body}
        response = await self.http.post(f"{self.link}/messages", json=message)
        await self.room()
        return response

    async def send(self, type: str, **body: Any) -> None:
        response = await self.post(type, **body)
        assert response.status_code == 200, response.text

    async def start_interview(self) -> None:
        """Give consent, and begin."""
        version = (await self.state())["consent"]["version"]
        await self.send("consent", version=version, language="en")
        await self.send("begin")

    async def turns(self) -> list[str]:
        """What the interviewer said."""
        room = await self.room()
        return [entry.body["text"] for entry in room.entries if entry.kind == "interviewer"]

    async def finish(self, text: str = ANSWER, seconds: float = 60) -> None:
        """Answer whatever is asked until it is over."""
        for _ in range(80):
            if (await self.state())["phase"] == "ended":
                return
            self.clock.forward(seconds=seconds)
            await self.send("answer", text=text)
        raise AssertionError("the interview did not end")


async def book_interview(
    rest: RestFace,
    house: House,
    tenant: Tenant,
    *,
    name: str = "Ada",
    extra: dict[str, Any] | None = None,
    **stage: Any,
) -> dict[str, Any]:
    """Schedule a session for somebody new in a pipeline of its own."""
    role = await add_pipeline(house, tenant.id, **stage)
    return await book_first_stage(rest, house, tenant, role, name, extra=extra or {})


async def book_first_stage(
    rest: RestFace, house: House, tenant: Tenant, role: Pipeline, name: str = "Ada", **columns: Any
) -> dict[str, Any]:
    """Schedule a session for somebody new at the first stage of this pipeline."""
    who = await add_participant(house, tenant.id, name, **columns)
    (stage, *_) = role.stages
    made = await rest.ask(
        "schedule_session", candidate_id=str(who), evaluation_template_id=str(role.template), stage=stage
    )
    data: dict[str, Any] = made["data"]
    return data
