"""Interviews that were held, and findings on them."""

from typing import Any

import httpx

from server.app import House
from server.work.scoring import ScoreJob
from tests.clock import HandClock
from tests.house import PromiseBook, RestFace, Tenant
from tests.mcp_face import McpFace
from tests.room_guest import Guest, scheduled
from tests.seed import Pipeline

Face = RestFace | McpFace


class Held:
    """A finished interview and its scorers."""

    def __init__(self, house: House, later: PromiseBook, session: dict[str, Any], role: Pipeline) -> None:
        self.house, self.later, self.id, self.role = house, later, session["id"], role
        self.candidate = session["candidate_id"]
        services = house.services
        self.parts = (house.store.engine, services.clock, later, house.settings.url)

    def score(self) -> None:
        ScoreJob(*self.parts)(self.id)


async def held(
    rest: RestFace,
    house: House,
    grace: Tenant,
    http: httpx.AsyncClient,
    clock: HandClock,
    later: PromiseBook,
    role: Pipeline,
    name: str = "Ada",
) -> Held:
    session = await scheduled(rest, house, grace, role, name)
    guest = Guest(house, http, clock, session)
    await guest.come_in()
    await guest.finish()
    return Held(house, later, session, role)


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
