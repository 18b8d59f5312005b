"""Books and conducts interviews in Grace's workspace, and builds findings on them."""

from typing import Any

import httpx

from server.app import House
from server.jobs.scoring import ScoreJob
from tests.support.candidate_client import ANSWER, CandidateClient, book_first_stage
from tests.support.clock import ManualClock
from tests.support.faces import Face
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import Pipeline
from tests.support.workspaces import Tenant


class BookedInterview:
    """A booked interview, and the job that scores it."""

    def __init__(self, house: House, jobs: RecordedJobs, session: dict[str, Any], role: Pipeline) -> None:
        self.house, self.jobs, self.id, self.role = house, jobs, session["id"], role
        self.candidate = session["candidate_id"]
        self.parts = (house.store.engine, house.units)

    def score(self) -> None:
        ScoreJob(*self.parts)(self.id)


class InterviewHelper:
    """Books interviews in Grace's workspace and conducts them to their end."""

    def __init__(
        self,
        rest: RestFace,
        house: House,
        grace: Tenant,
        http: httpx.AsyncClient,
        clock: ManualClock,
        jobs: RecordedJobs,
    ) -> None:
        self.rest, self.house, self.grace = rest, house, grace
        self.http, self.clock, self.jobs = http, clock, jobs

    async def book(self, role: Pipeline, name: str = "Ada") -> tuple[CandidateClient, BookedInterview]:
        """Somebody invited to the first stage of this pipeline."""
        return self.client_for(await book_first_stage(self.rest, self.house, self.grace, role, name), role)

    def client_for(self, session: dict[str, Any], role: Pipeline) -> tuple[CandidateClient, BookedInterview]:
        """A client for the candidate of this session, and the interview."""
        candidate = CandidateClient(self.house, self.http, self.clock, session)
        return candidate, BookedInterview(self.house, self.jobs, session, role)

    async def conduct(self, role: Pipeline, name: str = "Ada", answer: str = ANSWER) -> BookedInterview:
        """A finished interview, not scored yet."""
        candidate, booked = await self.book(role, name)
        await candidate.start_interview()
        await candidate.finish(answer)
        return booked


async def build_findings(face: Face, session: str, status: str = "met") -> list[dict[str, Any]]:
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
