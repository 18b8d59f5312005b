"""Interviews of scripted candidates with the small model, through the page's channel, in a Viva inside this process.

The candidates' clock stands still while the model thinks, so that a slow machine does not end an interview early.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.small_model.scripts import CANDIDATES, Scripted
from domain.interview.log import Entry, event_of
from domain.interview.measures import Measures, measure
from domain.interview.model_turn import ModelTurn
from domain.interview.prompts import PromptTurn, TurnFrame
from domain.plan.items import InterviewPlan
from server.app import build
from server.interview.turns import RESTING, Voice
from server.settings import Settings
from tests.support.app import PUBLIC_URL, run_app
from tests.support.candidate_client import CandidateClient, book_first_stage
from tests.support.clock import ManualClock
from tests.support.recorded_jobs import RecordedJobs
from tests.support.rest_face import RestFace
from tests.support.seed import add_pipeline
from tests.support.workspaces import create_tenant

PATIENCE_SECONDS = 600
_SECONDS_A_LINE = 40


class NotingVoice:
    """A model's turns, with what came of each call: the turn or None, and the seconds it took."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self.label = voice.label
        self.calls: list[tuple[ModelTurn | None, float]] = []

    async def take_turn(
        self, plan: InterviewPlan, history: Sequence[PromptTurn], frame: TurnFrame
    ) -> ModelTurn | None:
        began = time.monotonic()
        turn = await self._voice.take_turn(plan, history, frame)
        self.calls.append((turn, time.monotonic() - began))
        return turn


@dataclass
class Held:
    """One interview that was held. `calls` are the model's turns, refused ones among them, in order."""

    name: str
    plan: InterviewPlan
    entries: Sequence[Entry]
    calls: Sequence[tuple[ModelTurn | None, float]]
    waits: list[float] = field(default_factory=list)

    @property
    def turns(self) -> list[dict[str, Any]]:
        return [entry.body for entry in self.entries if entry.kind == "interviewer"]

    def row(self) -> str:
        """One line of the table."""
        meant = [turn for turn in self.turns if turn.get("model")]
        by_model = sum(turn["source"] == "model" for turn in meant)
        asked = [turn for turn in meant if turn.get("reason") != RESTING]
        reasons = Counter(turn["reason"] for turn in meant if turn.get("reason"))
        why = ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common()) or "none"
        wait = f"{sum(self.waits) / len(self.waits):.0f}, at most {max(self.waits):.0f}"
        cells = (
            self.name,
            len(self.turns),
            len(meant),
            len(asked),
            by_model,
            why,
            wait,
            self.figures.sentences_twice,
            self.figures.several_questions,
        )
        return f"| {' | '.join(map(str, cells))} |"

    @property
    def figures(self) -> Measures:
        """What every interview is measured by."""
        return measure(self.plan, [event for entry in self.entries if (event := event_of(entry)) is not None])

    def write(self, folder: Path) -> None:
        """The transcript as people read it, and all that the model said."""
        lines = [_line(entry) for entry in self.entries if entry.kind in ("interviewer", "answer")]
        name = "-".join(self.name.replace(",", "").split())
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")
        calls = [
            {"seconds": round(took, 1), "turn": turn.model_dump(mode="json") if turn else None}
            for turn, took in self.calls
        ]
        (folder / f"{name}.json").write_text(json.dumps(calls, ensure_ascii=False, indent=1), "utf-8")


HEAD = (
    "| candidate | our turns | it could word | it was asked | worded by it | rules instead, why | seconds waited, mean"
    " | said twice | double questions |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


async def hold_all(model: Mapping[str, Any], kept: Path) -> None:
    """Hold them one after another and print the table as Markdown; transcripts go to the folder `kept`."""
    kept.mkdir(parents=True, exist_ok=True)
    print(HEAD, flush=True)
    for candidate in CANDIDATES:
        held = await hold(candidate, model)
        held.write(kept)
        print(held.row(), flush=True)


async def hold(candidate: Scripted, model: Mapping[str, Any]) -> Held:
    """One interview in a Viva of its own."""
    clock, language = ManualClock(), candidate.script["language"]
    with tempfile.TemporaryDirectory(prefix="viva-small-model-") as folder:
        house = build(_settings(Path(folder), model), clock=clock, jobs=RecordedJobs())
        transport = httpx.ASGITransport(app=house.app)
        async with run_app(house.app), httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
            tenant = await create_tenant(house, "bench")
            rest = RestFace(http, tenant.key)
            role = await add_pipeline(house, tenant.id)
            template = str(role.template)
            await rest.ask("update_evaluation_template", id=template, language=language)
            await rest.ask("write_script", id=str(role.stages["screen"]), **candidate.script)
            client = CandidateClient(house, http, clock, await book_first_stage(rest, house, tenant, role))
            await client.start_interview()
            room = await client.room()
            # the room's own turn taker has no other door
            turns = room._context.turns
            assert turns.voice is not None
            voice = NotingVoice(turns.voice)
            turns.voice = voice
            held = Held(candidate.name, room.plan, room.entries, voice.calls)
            await _talk(client, clock, candidate.lines, held)
            ended = await client.room()
            held.plan, held.entries = ended.plan, ended.entries
            return held


async def _talk(client: CandidateClient, clock: ManualClock, lines: Sequence[str], held: Held) -> None:
    for line in lines:
        if (await client.state())["phase"] == "ended":
            return
        clock.forward(seconds=_SECONDS_A_LINE)
        began = time.monotonic()
        await client.send("answer", text=line)
        held.waits.append(time.monotonic() - began)


def _settings(folder: Path, model: Mapping[str, Any]) -> Settings:
    return Settings(
        data_dir=folder,
        public_url=PUBLIC_URL,
        rate_limit_per_minute=0,
        interview_gather_seconds=0,
        secret_key="only for this run",
        model_patience_seconds=PATIENCE_SECONDS,
        **model,
    )


def _line(entry: Entry) -> str:
    if entry.kind == "answer":
        return f"      > {entry.body['text']}"
    author = entry.body["source"] + (f" ({entry.body['reason']})" if entry.body.get("reason") else "")
    return f"[{entry.seq}] {author} {entry.body['move'].get('kind')}: {entry.body['text']}"
