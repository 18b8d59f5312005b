"""Every scripted candidate through the page's channel, by the built-in interviewer: what is to be zero is zero."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from domain.interview.candidates.kinds import Candidate
from server.app import House
from tests.support.acted_interviews import SCRIPTS, ActedInterview, book, hold
from tests.support.candidate_client import CandidateClient
from tests.support.clock import ManualClock
from tests.support.rest_face import RestFace
from tests.support.workspaces import Tenant

Act = Callable[[Candidate, str], Awaitable[ActedInterview]]
SELLERS = (Candidate.good_seller, Candidate.bad_seller)
TALKS = [(each, script) for each in Candidate for script in ("backend", "support_de") if each not in SELLERS]
PLAYS = [(each, "bakery") for each in (*SELLERS, Candidate.silent, Candidate.rude, Candidate.ill)]
# What the interviewer takes nothing of for an answer.
ANSWERS_NOTHING = (
    Candidate.does_not_know,
    Candidate.skips,
    Candidate.silent,
    Candidate.emoji_only,
    Candidate.injecting,
)


@pytest.fixture
def act(rest: RestFace, house: House, grace: Tenant, http: httpx.AsyncClient, clock: ManualClock) -> Act:
    """Hold an interview by a known script with a scripted candidate."""

    async def acted(kind: Candidate, script: str) -> ActedInterview:
        session = await book(rest, house, grace.id, script)
        return await hold(kind, script, CandidateClient(house, http, clock, session))

    return acted


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("kind", "script"), [*TALKS, *PLAYS], ids=lambda each: str(each))
async def test_every_figure_that_is_to_be_zero_is(act: Act, kind: Candidate, script: str) -> None:
    held = await act(kind, script)
    assert held.figures.broken == (), f"{held.figures}\n{held.transcript()}"
    assert held.room.plan.language == SCRIPTS[script][1]
    # nobody is asked the same thing over and over, whatever they send
    assert held.figures.turns <= 45, held.transcript()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ANSWERS_NOTHING, ids=str)
async def test_who_answers_nothing_leaves_nothing_to_score(act: Act, kind: Candidate) -> None:
    held = await act(kind, "backend")
    # "no" to the question for a last word is kept, and shows nothing
    assert [each.text for each in held.room.state.utterances if each.item_id is not None] == []
