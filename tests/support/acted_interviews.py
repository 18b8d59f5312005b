"""A scripted candidate in a real interview: through the page's channel, and then the log is measured."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.interview.candidates.actor import FRAGMENT_SECONDS, Actor, AnswerSource, Meant, Passage, Reaction
from domain.interview.candidates.behaviour import behaviour_of
from domain.interview.candidates.kinds import Candidate
from domain.interview.director import wake_at
from domain.interview.log import event_of
from domain.interview.measures import Measures, measure
from server.app import House
from server.interview.connections import Flood
from server.interview.room import Room
from tests.support.candidate_client import CandidateClient
from tests.support.clock import ManualClock
from tests.support.contexts import change_context
from tests.support.known_answers import KnownAnswers
from tests.support.rest_face import RestFace
from tests.support.scripts import BACKEND, BAKERY, SUPPORT_DE
from tests.support.seed import add_pipeline

MAX_TURNS = 160
# How long a pause ends a turn that comes in pieces.
GATHER_SECONDS = 1.5
# Each script with its language, the type of its stage and the minutes.
SCRIPTS: dict[str, tuple[dict[str, Any], str, str, int]] = {
    "backend": (BACKEND, "en", "ai_interview", 30),
    "support_de": (SUPPORT_DE, "de", "ai_interview", 20),
    "bakery": (BAKERY, "en", "roleplay_simulation", 20),
}


@dataclass
class ActedInterview:
    """An interview that a scripted candidate held to its end."""

    candidate: CandidateClient
    room: Room
    meant: dict[int, Meant] = field(default_factory=dict)
    passages: dict[int, tuple[Passage, ...]] = field(default_factory=dict)

    @property
    def figures(self) -> Measures:
        events = [event for entry in self.room.entries if (event := event_of(entry)) is not None]
        return measure(self.room.plan, events, self.meant)

    @property
    def turns(self) -> list[dict[str, Any]]:
        return [entry.body for entry in self.room.entries if entry.kind == "interviewer"]

    def transcript(self) -> str:
        """The talk as it would be read aloud."""
        lines = [
            ("  AI: " if entry.kind == "interviewer" else "You: ") + entry.body["text"][:700]
            for entry in self.room.entries
            if entry.kind in ("interviewer", "answer")
        ]
        return "\n".join(lines)


async def book(rest: RestFace, house: House, workspace: UUID, script: str) -> dict[str, Any]:
    """A session by one of the known scripts, in its language."""
    written, language, stage_type, minutes = SCRIPTS[script]
    scene = written.get("scene", {"dimensions": written.get("items", [])})
    names = list(dict.fromkeys(each["dimension"] for each in scene["dimensions"]))
    weights = [100 - 10 * (len(names) - 1), *(10 for _ in names[1:])]
    profile = await rest.ask(
        "create_agent_profile",
        name="Nora",
        persona="I am Nora.",
        useCase="hiring",
        evaluationDimensions=[
            {"name": name, "description": "", "weight": weight}
            for name, weight in zip(names, weights, strict=True)
        ],
    )
    role = await add_pipeline(
        house,
        workspace,
        agent_profile_id=UUID(profile["data"]["id"]),
        stage_type=stage_type,
        duration_minutes=minutes,
    )
    await rest.ask("write_script", id=str(role.stages["screen"]), **written)
    who = await rest.ask("create_participant", name="Ada", email=f"ada-{role.template}@example.com")
    booked = await rest.ask(
        "schedule_session",
        candidate_id=who["data"]["id"],
        evaluation_template_id=str(role.template),
        stage="screen",
        language=language,
    )
    data: dict[str, Any] = booked["data"]
    return data


async def hold(
    kind: Candidate, script: str, client: CandidateClient, answers: AnswerSource | None = None
) -> ActedInterview:
    """Hold the whole interview with this candidate."""
    await client.start_interview()
    change_context(client.house, gather=GATHER_SECONDS)
    room = await client.room()
    # an hour of talk is held within a second here: the flood is counted by the interview's clock
    room._flood = Flood(lambda: client.clock().timestamp())
    behaviour = behaviour_of(kind, room.plan.language)
    actor = Actor(behaviour, room.plan, answers or KnownAnswers(script, behaviour.answers, room.plan))
    held = ActedInterview(client, room)
    heard = 0
    for _ in range(MAX_TURNS):
        await room.settled()
        if room.state.closed:
            return held
        reaction = None
        if room.state.turns > heard and room.state.last_move is not None:
            heard = room.state.turns
            reaction = actor.react(room.state.last_move, room.state)
        if reaction is None:
            await _let_time_pass(room, client.clock)
        else:
            await _say(held, reaction)
            if reaction.away_seconds:
                heard = -1  # whoever comes back goes on from what was said last
    raise AssertionError(f"the interview did not end\n{held.transcript()}")


async def _say(held: ActedInterview, reaction: Reaction) -> None:
    """Send what the candidate sends; leave and come back if that belongs to it."""
    client, room = held.candidate, held.room
    client.clock.forward(seconds=reaction.seconds)
    for message in reaction.messages:
        sent = await client.post("answer", text=message.text)
        assert sent.status_code == 200, f"{sent.text}\n{held.transcript()}"
        entry = [each for each in room.entries if each.kind == "answer"][-1]
        held.meant[entry.seq], held.passages[entry.seq] = message.meant, message.passages
        client.clock.forward(seconds=FRAGMENT_SECONDS)
    client.clock.forward(seconds=GATHER_SECONDS)
    await room.conduct()
    if reaction.away_seconds:
        await room.pause(client.clock())
        client.clock.forward(seconds=reaction.away_seconds)
        # the line stays: whoever leaves it has a grace time, which real seconds measure
        await room.attach("tab-1", 0)
        await room.settled()


async def _let_time_pass(room: Room, clock: ManualClock) -> None:
    """Wait until something falls due."""
    wake = wake_at(room.state, clock())
    assert wake is not None, "nothing will ever happen"
    clock.forward(seconds=(wake - clock()).total_seconds())
    await room.conduct()
