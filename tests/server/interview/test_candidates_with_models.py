"""Scripted candidates against fake models, through the page's channel: the interview stays sound."""

import httpx
import pytest

from domain.interview.candidates.kinds import Candidate
from domain.interview.measures import ZEROS
from server.app import build
from server.settings import Settings
from tests.support.acted_interviews import ActedInterview, book, hold
from tests.support.app import PUBLIC_URL, run_app
from tests.support.candidate_client import CandidateClient
from tests.support.clock import ManualClock
from tests.support.fake_models import provider
from tests.support.interviewing_models import MODELS
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.workspaces import create_tenant

SELLERS = (Candidate.good_seller, Candidate.bad_seller)
TELLING = (
    Candidate.strong,
    Candidate.asks_us,
    Candidate.injecting,
)
PAIRS = [
    *((each, model) for each in Candidate if each not in SELLERS for model in ("good", "deaf")),
    *((each, model) for model in MODELS if model not in ("good", "deaf") for each in TELLING),
]
# What is code's own whatever a model says. What a model takes for an answer is the model's.
FRAME = set(ZEROS) - {"non_answers_counted", "answers_not_counted"}
# Share of a listening model's follow-ups that name something the candidate said.
NAMING = 0.8


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("kind", "model"), PAIRS, ids=str)
async def test_the_interview_stays_sound(
    settings: Settings, clock: ManualClock, jobs: RecordedJobs, kind: Candidate, model: str
) -> None:
    held = await hold_with(settings, clock, jobs, kind, model)
    assert not set(held.figures.broken) & FRAME, f"{held.figures}\n{held.transcript()}"
    assert held.figures.turns <= 45, held.transcript()
    said = " ".join(turn["text"] for turn in held.turns).casefold()
    assert not [word for word in ("95,000", "by friday", "get the job", "our criteria") if word in said]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_listening_model_names_what_was_said(
    settings: Settings, clock: ManualClock, jobs: RecordedJobs
) -> None:
    held = await hold_with(settings, clock, jobs, Candidate.strong, "good")
    figures = held.figures
    assert figures.by_model >= 4, held.transcript()
    assert figures.naming_by_model >= NAMING * figures.by_model, held.transcript()


async def hold_with(
    settings: Settings, clock: ManualClock, jobs: RecordedJobs, kind: Candidate, model: str
) -> ActedInterview:
    """The interview for backend engineers with this candidate, worded by this model where code lets it."""
    async with provider(MODELS[model]) as fake:
        how = {
            "model": "openai-compatible:fake",
            "model_base_url": f"{fake.url}/v1",
            "model_api_key": "sk-x",
            "model_patience_seconds": 0.05 if model == "slow" else 8.0,
        }
        house = build(Settings(**{**settings.model_dump(), **how}), clock=clock, jobs=jobs)
        transport = httpx.ASGITransport(app=house.app)
        async with (
            run_app(house.app),
            httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http,
        ):
            grace = await create_tenant(house, "grace")
            session = await book(RestFace(http, grace.key), house, grace.id, "backend")
            return await hold(kind, "backend", CandidateClient(house, http, clock, session))
