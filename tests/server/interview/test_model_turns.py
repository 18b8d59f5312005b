"""Interviews with a model that hears and words, well or badly, through the page's channel."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.interview.director import next_move
from domain.interview.events import Answered, Event, Move, MoveKind, Spoke, Started
from domain.interview.folding import fold
from domain.interview.log import interview_of
from domain.interview.model_turn import ModelTurn
from domain.plan.items import InterviewPlan
from domain.text.answers import FlagKind
from server.app import build
from server.interview.breaker import Breaker
from server.interview.room import Room
from server.interview.turns import Conversation, TurnTaker
from server.settings import Settings
from tests.support.app import PUBLIC_URL, run_app
from tests.support.candidate_client import CandidateClient, book_first_stage
from tests.support.clock import ManualClock
from tests.support.contexts import change_context
from tests.support.fake_models import Calls, Fails, FakeProvider, Line, provider
from tests.support.interviewing_models import MODELS, turn
from tests.support.known_plans import KNOWN_PLANS
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.scripts import BACKEND
from tests.support.seed import add_pipeline
from tests.support.workspaces import create_tenant

SOLID = "Last year I moved the orders table in three steps and we could go back at any point."


@dataclass
class Talk:
    """An interview by the script for backend engineers, with a model behind it."""

    fake: FakeProvider
    candidate: CandidateClient
    room: Room
    clock: ManualClock

    async def send(self, text: str) -> dict[str, Any]:
        """Send a message; the interviewer's reply as it is logged."""
        self.clock.forward(seconds=25)
        await self.candidate.send("answer", text=text)
        return self.turns[-1]

    @property
    def turns(self) -> list[dict[str, Any]]:
        return [entry.body for entry in self.room.entries if entry.kind == "interviewer"]


Talking = Callable[..., AbstractAsyncContextManager[Talk]]


@pytest.fixture
def talking(settings: Settings, clock: ManualClock, jobs: RecordedJobs) -> Talking:
    """An interview with this provider, at the moment after the first question."""

    @asynccontextmanager
    async def begun(*script: Line, patience: float = 8.0) -> AsyncIterator[Talk]:
        async with provider(*script) as fake:
            how = {
                "model": "openai-compatible:fake",
                "model_base_url": f"{fake.url}/v1",
                "model_api_key": "sk-x",
            }
            more = {"model_patience_seconds": patience}
            house = build(Settings(**{**settings.model_dump(), **how, **more}), clock=clock, jobs=jobs)
            transport = httpx.ASGITransport(app=house.app)
            async with (
                run_app(house.app),
                httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http,
            ):
                grace = await create_tenant(house, "grace")
                rest = RestFace(http, grace.key)
                role = await add_pipeline(house, grace.id)
                await rest.ask("write_script", id=str(role.stages["screen"]), **BACKEND)
                session = await book_first_stage(rest, house, grace, role)
                candidate = CandidateClient(house, http, clock, session)
                await candidate.start_interview()
                await candidate.send("answer", text="Yes, ready.")
                yield Talk(fake, candidate, await candidate.room(), clock)

    return begun


LINES = [
    SOLID,
    "Before that I looked at the write rate, about 900 a second.",
    "What is the salary?",
    "Could you repeat that?",
    "We did it at night, in batches of a thousand rows, because the lock was short then.",
    "I don't know",
    "How many vacation days do I get?",
    "My team wanted to rewrite the invoices in one go, and I said that we should go step by step.",
    "Each of us had a Friday in mind. We agreed on two steps.",
]
# Words that no reply may hold, whatever a model says.
NEVER = (
    "great",
    "criteria",
    "95,000",
    "by friday",
    "get the job",
    "teamwork in general? what",
    "danach",
    "rust",
)


@pytest.mark.parametrize("kind", MODELS)
async def test_the_interview_stays_sound_whatever_the_model_says(talking: Talking, kind: str) -> None:
    async with talking(MODELS[kind], patience=0.3 if kind == "slow" else 8) as talk:
        for line in LINES:
            await talk.send(line)
        turns = talk.turns
        texts = [turn["text"].casefold() for turn in turns]
        assert len(texts) == len(LINES) + 2, "every message was replied to"
        assert not [text for text in texts for word in NEVER if word in text]
        asked = [turn["move"]["text"] for turn in turns if turn["move"]["kind"] in ("ask", "probe")]
        assert len(asked) == len(set(asked))
        assert all(text.count("?") <= 1 for text in texts)
        pay = turns[4]["text"]
        assert "68,000 to 80,000 euros a year" in pay
        vacation = next(at for at, entry in enumerate(talk.room.entries) if "vacation" in str(entry.body))
        noted = [
            flag.utterance for flag in talk.room.state.flags if flag.kind is FlagKind.question_for_people
        ]
        assert noted == [talk.room.entries[vacation].seq]
        kept = [said.text for said in talk.room.state.utterances]
        assert kept == [LINES[0], LINES[1], LINES[4], LINES[7], LINES[8]]
        assert all(turn["model"] == "openai-compatible:fake" for turn in turns if turn.get("reason"))
        replayed = interview_of(talk.room.plan, talk.room.entries)
        assert replayed.asked == talk.room.state.asked, "the log gives the same interview again"


async def test_a_good_model_words_what_it_may_and_code_says_the_rest(talking: Talking) -> None:
    async with talking(MODELS["good"]) as talk:
        for line in LINES:
            await talk.send(line)
        by = [(turn["source"], turn["move"]["kind"]) for turn in talk.turns]
        assert by[0] == ("rules", "open")
        worded = [turn for turn in talk.turns if turn["source"] == "model"]
        assert len(worded) >= 6
        assert all(turn["prompt"] and turn["model"] == "openai-compatible:fake" for turn in worded)
        questions = [item.question(2) for item in talk.room.plan.items]
        mains = [turn for turn in talk.turns if turn["move"]["kind"] == "ask"]
        assert [
            turn["text"].endswith(question) for turn, question in zip(mains, questions, strict=False)
        ] == [True] * len(mains), "main questions are said as they are written"


async def test_what_the_model_heard_is_in_the_log_and_keeps_a_criterion_from_being_asked(
    talking: Talking,
) -> None:
    heard = [{"criterion_id": "q1.c3", "quote": "we could go back at any point"}]
    lines = Calls(lambda _: turn(["answers"], "probe", "Which table did you move first?", heard))
    async with talking(lines) as talk:
        said = await talk.send(SOLID)
        assert said["reading"]["evidence"] == heard
        (asked,) = talk.room.state.asked
        assert asked.evidenced == {"q1.c3"}


async def test_a_refused_reply_is_asked_for_once_more_with_the_reason(talking: Talking) -> None:
    first = turn(["answers"], "probe", "Great answer, so which table did you move first?")
    second = turn(["answers"], "probe", "Which table did you move first?")
    async with talking(Calls(lambda _: first), Calls(lambda _: second)) as talk:
        said = await talk.send(SOLID)
        assert (said["source"], said["text"]) == ("model", "Which table did you move first?")
        assert len(talk.fake.asked) == 2
        assert "it praises or thanks" in talk.fake.prompt()


async def test_nobody_waits_for_a_provider_that_failed_twice_running(talking: Talking) -> None:
    async with talking(Fails(403), Fails(403), MODELS["good"]) as talk:
        reasons = [(await talk.send(line)).get("reason") for line in (SOLID, LINES[1])]
        assert all(str(reason).startswith("provider:") for reason in reasons)
        calls = len(talk.fake.asked)
        assert (await talk.send("What is the salary?"))["reason"] == "resting"
        assert len(talk.fake.asked) == calls, "nobody waits while it rests"
        talk.clock.forward(seconds=61)
        assert (await talk.send("Could you repeat that?"))["reason"] == "resting"
        await talk.room.settled()
        assert len(talk.fake.asked) == calls + 1, "one call in the background finds out"
        assert (await talk.send(LINES[4]))["source"] == "model"


async def test_a_provider_that_is_still_down_is_tried_again_no_sooner_than_a_minute_later(
    talking: Talking,
) -> None:
    async with talking(Fails(403)) as talk:
        for line in (SOLID, LINES[1]):
            await talk.send(line)
        talk.clock.forward(seconds=61)
        calls = len(talk.fake.asked)
        for _ in range(4):
            assert (await talk.send("Could you repeat that?"))["reason"] == "resting"
            await talk.room.settled()
        assert len(talk.fake.asked) == calls + 2, "at 61 s, and once more a minute later"


async def test_a_call_in_the_background_that_is_given_up_does_not_keep_the_provider_away_for_good() -> None:
    breaker, now = Breaker(), datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    for _ in range(2):
        breaker.note_failure(now)
    later = now + timedelta(seconds=61)
    calls: list[asyncio.Task[None]] = []
    voice = Waits()
    taker = TurnTaker(voice, breaker=breaker)
    talk = asking(later)
    await taker.say(talk, lambda: None, lambda work: calls.append(asyncio.ensure_future(work)))
    (trial,) = calls
    await asyncio.wait_for(voice.asked.wait(), 30)
    trial.cancel()
    await asyncio.gather(trial, return_exceptions=True)
    assert not breaker.begin_trial(later + timedelta(seconds=59))
    assert breaker.begin_trial(later + timedelta(seconds=60))


class Waits:
    """A model that never answers."""

    label = "openai-compatible:waits"

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def take_turn(self, *_: object) -> ModelTurn | None:
        self.asked.set()
        await asyncio.Event().wait()
        return None


def asking(now: datetime) -> Conversation:
    """An interview in which the first question was just answered."""
    plan = KNOWN_PLANS["backend"]()
    events: list[Event] = [
        Started(seq=1, at=now),
        Spoke(seq=2, at=now, move=Move(kind=MoveKind.open), text="Hello. Ready?"),
        Answered(seq=3, at=now, text="Yes."),
        Spoke(seq=4, at=now, move=next_item_of(plan), text=plan.items[0].question(2)),
        Answered(seq=5, at=now, text=SOLID),
    ]
    state = fold(plan, events)
    move = next_move(state, now)
    assert move is not None
    return Conversation(state, move, [], lambda: now, agreed=True)


def next_item_of(plan: InterviewPlan) -> Move:
    item = plan.items[0]
    return Move(kind=MoveKind.ask, item_id=item.id, text=item.question(2))


async def test_a_model_whose_replies_are_refused_rests_for_three_turns(talking: Talking) -> None:
    async with talking(MODELS["chatty"]) as talk:
        reasons = [(await talk.send("Could you repeat that?")).get("reason", "") for _ in range(6)]
        assert [reason.partition(":")[0] for reason in reasons] == ["refused"] * 2 + ["resting"] * 3 + [
            "refused"
        ]


async def test_a_model_that_another_server_set_up_is_not_asked_without_consent(talking: Talking) -> None:
    async with talking(MODELS["good"]) as talk:
        change_context(talk.candidate.house, model="openai-compatible:another")
        calls = len(talk.fake.asked)
        said = await talk.send(SOLID)
        assert said["source"] == "rules"
        assert len(talk.fake.asked) == calls
