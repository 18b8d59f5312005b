"""Rehearsal: an interview plan run with scripted candidates and a simulated clock, before a real candidate gets it.

It uses the real Director, rule wording and rule findings, and sends no mail, takes no credit and stores nothing. The
report says how long the interview took, what was reached, and which promises about the conversation were broken.
What the candidates answer is made up and does not use the criteria's words, unless answers are given: it tries out the
interviewer and the script, and says nothing about scoring.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import Field

from domain.frozen import Frozen
from domain.interview.candidates.actor import FRAGMENT_SECONDS, Actor, AnswerSource, Meant, Reaction
from domain.interview.candidates.behaviour import behaviour_of, candidates_for
from domain.interview.candidates.kinds import Candidate
from domain.interview.candidates.made_up import MadeUpAnswers
from domain.interview.director import next_move, wake_at
from domain.interview.events import (
    Answered,
    CodeSubmitted,
    Event,
    Move,
    MoveKind,
    Paused,
    Resumed,
    Spoke,
    Started,
)
from domain.interview.folding import step
from domain.interview.measures import Measures, measure
from domain.interview.reach import asked_by_nothing
from domain.interview.scene import IN_ROLE
from domain.interview.state import Interview, elapsed
from domain.interview.turn_filter import questions_in
from domain.interview.wording import RuleWording
from domain.plan.items import InterviewPlan
from domain.plan.linter import Remark, lint
from domain.scoring.rule_findings import rule_findings
from domain.text.answers import FlagKind
from domain.text.protected_topics import protected_topics

START = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
LATEST_CLOSE_SECONDS = 60.0
MAX_STEPS = 600


class Turn(Frozen):
    """One turn in a rehearsal's transcript."""

    at_seconds: float
    speaker: str
    text: str
    move: str = ""


class Rehearsal(Frozen):
    """The result of one simulated candidate."""

    candidate: Candidate
    minutes: float
    closed: str
    asked: tuple[str, ...]
    not_reached: tuple[str, ...]
    probes: int
    flags: tuple[str, ...]
    criteria: int = Field(description="Of the questions that were asked.")
    passages: int = Field(description="Criteria for which word search marks a passage; it judges nothing.")
    figures: Measures
    problems: tuple[str, ...] = Field(description="Broken promises; empty when all were kept.")
    transcript: tuple[Turn, ...]


class RehearsalReport(Frozen):
    """The rehearsals of a plan, with the linter's remarks."""

    remarks: tuple[Remark, ...]
    rehearsals: tuple[Rehearsal, ...]
    asked_by_nothing: tuple[str, ...] = Field(
        default=(), description="Criteria that neither a question nor a follow-up asks about."
    )

    @property
    def sound(self) -> bool:
        """Whether no promise was broken, and every figure that is to be zero is."""
        return not any(rehearsal.problems for rehearsal in self.rehearsals)

    @property
    def ready(self) -> bool:
        """Sound, and something asks about every criterion."""
        return self.sound and not self.asked_by_nothing


def rehearse_all(plan: InterviewPlan, candidates: Sequence[Candidate] | None = None) -> RehearsalReport:
    """Rehearse the plan with each of these candidates; with all that fit if none are named."""
    chosen = candidates_for(scene=plan.scene is not None) if candidates is None else candidates
    return RehearsalReport(
        remarks=tuple(lint(plan)),
        rehearsals=tuple(rehearse(plan, candidate) for candidate in chosen),
        asked_by_nothing=asked_by_nothing(plan),
    )


def rehearse(plan: InterviewPlan, candidate: Candidate, answers: AnswerSource | None = None) -> Rehearsal:
    """Rehearse one interview from the opening to the closing turn, and see what it would leave to read."""
    behaviour = behaviour_of(candidate, plan.language)
    run = Run(plan, Actor(behaviour, plan, answers or MadeUpAnswers(behaviour.answers, plan)))
    run.conduct()
    marked = [each for row in rule_findings(plan, run.state.evidence).dimensions for each in row.findings]
    figures = measure(plan, run.events, run.meant)
    return Rehearsal(
        candidate=candidate,
        minutes=round(elapsed(run.state, run.now) / 60, 1),
        closed=run.state.closed or "never",
        asked=tuple(each.item_id for each in run.state.asked),
        not_reached=run.state.not_reached,
        probes=sum(turn.move.startswith("probe") for turn in run.turns),
        flags=tuple(sorted({flag.kind.value for flag in run.state.flags})),
        criteria=len(marked),
        passages=sum(bool(each.quote) for each in marked),
        figures=figures,
        problems=tuple(dict.fromkeys((*_problems(plan, run), *figures.broken))),
        transcript=tuple(run.turns),
    )


class Run:
    """One interview with a scripted candidate, by the rules alone and with its own clock."""

    def __init__(self, plan: InterviewPlan, actor: Actor) -> None:
        self.plan = plan
        self.actor = actor
        self.wording = RuleWording(plan)
        self.now = START
        self.turns: list[Turn] = []
        self.events: list[Event] = []
        self.meant: dict[int, Meant] = {}
        self.state = Interview(plan)
        self._log(Started(seq=1, at=START))

    def conduct(self) -> None:
        """Alternate moves and replies until the closing turn, or until nothing can happen any more."""
        for _ in range(MAX_STEPS):
            move = next_move(self.state, self.now)
            if move is not None:
                self._speak(move)
            if self.state.closed:
                return
            reaction = self.actor.react(move, self.state) if move else None
            if reaction is not None:
                self._reply(reaction)
            elif not self._wait():
                return

    def _speak(self, move: Move) -> None:
        text = self.wording.say(move, self.state)
        self._note("ai", text, f"{move.kind}:{move.reason}".rstrip(":"))
        self._log(Spoke(seq=self._seq, at=self.now, move=move, text=text))

    def _reply(self, reaction: Reaction) -> None:
        """Let the candidate type their turn, unless the interviewer goes on before. A reminder keeps the turn."""
        due = self.now + timedelta(seconds=reaction.seconds)
        while (wake := wake_at(self.state, self.now, self.now)) is not None and wake < due:
            self.now = wake
            move = next_move(self.state, self.now, last_activity=self.now)
            if move is None:
                continue
            self._speak(move)
            if move.kind is not MoveKind.remind:
                return
        self.now = due
        self._log_turn(reaction)

    def _log_turn(self, reaction: Reaction) -> None:
        """Log the candidate's turn as events; what is sent in quick succession is one turn."""
        item = self.state.item
        if reaction.code_share is not None and item is not None and item.code is not None:
            total = max(1, len(item.code.cases))
            passed = round(total * reaction.code_share)
            self._note("participant", f"(code: {passed} of {total} cases pass)")
            self._log(CodeSubmitted(seq=self._seq, at=self.now, item_id=item.id, passed=passed, total=total))
        for message in reaction.messages:
            self._note("participant", message.text)
            self.meant[self._seq] = message.meant
            self._log(Answered(seq=self._seq, at=self.now, text=message.text))
            self.now += timedelta(seconds=FRAGMENT_SECONDS)
        if reaction.away_seconds:
            self._be_away(reaction.away_seconds)

    def _be_away(self, seconds: float) -> None:
        """The page is closed for a while: the reply is given first, then the clock stands."""
        move = next_move(self.state, self.now)
        if move is not None:
            self._speak(move)
        self._log(Paused(seq=self._seq, at=self.now))
        self.now += timedelta(seconds=seconds)
        self._log(Resumed(seq=self._seq, at=self.now))
        again = self.actor.react(move, self.state) if move is not None and not self.state.closed else None
        if again is not None:
            self._reply(again)

    def _wait(self) -> bool:
        """Let time pass until something falls due. Returns False when nothing ever will."""
        wake = wake_at(self.state, self.now)
        if wake is None:
            return False
        self.now = wake
        return True

    def _note(self, speaker: str, text: str, move: str = "") -> None:
        at = elapsed(self.state, self.now)
        self.turns.append(Turn(at_seconds=at, speaker=speaker, text=text, move=move))

    def _log(self, event: Event) -> None:
        self.events.append(event)
        self.state = step(self.state, event)

    @property
    def _seq(self) -> int:
        return len(self.events) + 1


def _problems(plan: InterviewPlan, run: Run) -> list[str]:
    """The promises about the conversation that this run breaks."""
    found: list[str] = []
    spoken = [turn for turn in run.turns if turn.speaker == "ai"]
    for turn in spoken:
        if questions_in(turn.text) > 1 and IN_ROLE not in turn.move:
            found.append(f"several_questions:{turn.move}")
        found += [f"protected_topic:{topic}" for topic in protected_topics(turn.text)]
    if not run.state.closed and plan.timed:
        found.append("never_closed")
    if plan.timed and elapsed(run.state, run.now) > plan.seconds + LATEST_CLOSE_SECONDS:
        found.append("closed_late")
    known = run.state.asked_ids | set(run.state.not_reached)
    found += [f"lost:{item.id}" for item in plan.items if item.id not in known]
    if spoken and spoken[0].move != "open":
        found.append("no_notice_first")
    return found


EXPECTED_FLAGS: Mapping[Candidate, FlagKind] = {
    Candidate.rude: FlagKind.abusive,
    Candidate.injecting: FlagKind.injection,
}
