"""Interviews that were held, and findings on them."""

from typing import Any

import httpx

from server.app import House
from server.jobs.scoring import ScoreJob
from tests.support.clock import HandClock
from tests.support.faces import Face
from tests.support.house import RecordedJobs, Tenant
from tests.support.rest_face import RestFace
from tests.support.room_guest import ANSWER, Guest, scheduled
from tests.support.seed import Pipeline


class Held:
    """A finished interview and its scorers."""

    def __init__(self, house: House, jobs: RecordedJobs, session: dict[str, Any], role: Pipeline) -> None:
        self.house, self.jobs, self.id, self.role = house, jobs, session["id"], role
        self.candidate = session["candidate_id"]
        services = house.services
        self.parts = (house.store.engine, services.clock, jobs, house.settings.url)

    def score(self) -> None:
        ScoreJob(*self.parts)(self.id)


class Holding:
    """Whoever holds interviews in Grace's workspace."""

    def __init__(
        self,
        rest: RestFace,
        house: House,
        grace: Tenant,
        http: httpx.AsyncClient,
        clock: HandClock,
        jobs: RecordedJobs,
    ) -> None:
        self.rest, self.house, self.grace = rest, house, grace
        self.http, self.clock, self.jobs = http, clock, jobs

    async def book(self, role: Pipeline, name: str = "Ada") -> tuple[Guest, Held]:
        """Somebody invited to the first stage of this pipeline."""
        return self.arrived(await scheduled(self.rest, self.house, self.grace, role, name), role)

    def arrived(self, session: dict[str, Any], role: Pipeline) -> tuple[Guest, Held]:
        """The candidate of this session at the door, and their interview."""
        guest = Guest(self.house, self.http, self.clock, session)
        return guest, Held(self.house, self.jobs, session, role)

    async def hold(self, role: Pipeline, name: str = "Ada", answer: str = ANSWER) -> Held:
        """A finished interview, not scored yet."""
        guest, held = await self.book(role, name)
        await guest.come_in()
        await guest.finish(answer)
        return held


async def findings_on(face: Face, session: str, status: str = "met") -> list[dict[str, Any]]:
    """All criteria of what was asked, each with the same status and a real quote."""
    packet = (await face.ask("scoring_packet", id=session))["data"]
    said = packet["utterances"][-1]
    quote = {"utterance_id": said["id"], "quote": said["text"][:60].rsplit(" ", 1)[0]}
    found: dict[str, list[dict[str, Any]]] = {}
    for item in packet["items"]:
        if not item["asked"]:
            continue
        own = {u["id"]: u["text"] for u in packet["utterances"] if u["item_id"] == item["id"]}
        use = quote
        if own:
            id, text = next(iter(own.items()))
            use = {"utterance_id": id, "quote": text[:60].rsplit(" ", 1)[0]}
        found.setdefault(item["dimension_id"], []).extend(
            {"criterion_id": criterion["id"], "status": status, **use}
            for criterion in item["criteria"]
            if not criterion["measured"]
        )
    return [{"dimension_id": id, "findings": each, "rationale": "Read."} for id, each in found.items()]
