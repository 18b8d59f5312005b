"""Interview plans, and conversations under them without a server: the Director and a candidate that a test scripts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.interview.director import next_move, wake_at
from domain.interview.events import (
    Answered,
    CodeSubmitted,
    EndAsked,
    Event,
    Move,
    Paused,
    Resumed,
    Spoke,
    Started,
)
from domain.interview.folding import step
from domain.interview.state import Interview
from domain.interview.wording import RuleWording
from domain.plan.compiler import compile_plan
from domain.plan.items import InterviewPlan
from domain.plan.sources import (
    CaseSource,
    CodingTaskSource,
    ProfileSource,
    QuestionSource,
    StageSource,
    TemplateSource,
)

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)

DIMENSIONS = [
    {
        "name": "System design",
        "description": "Designs scalable services, weighs trade-offs openly, handles failure and retries",
        "weight": 50,
    },
    {
        "name": "Communication",
        "description": "Structures the answer clearly, checks understanding with the listener",
        "weight": 30,
    },
    {"name": "Ownership", "description": "Follows a matter to its end, admits own mistakes", "weight": 20},
]
TASK = CodingTaskSource(
    title="Two sum",
    statement="Read numbers and a target; print the two places whose numbers add up to it.",
    cases=(
        CaseSource(input="1 2 3\n4\n", expected_output="0 2"),
        CaseSource(input="5 5\n10\n", expected_output="0 1", hidden=True),
    ),
)


def template(**fields: Any) -> TemplateSource:
    given = {"template_name": "Backend engineer", "use_case": "hiring", "skills": ["Python", "PostgreSQL"]}
    return TemplateSource.model_validate({**given, **fields})


def profile(
    dimensions: list[dict[str, Any]] | None = None,
    interaction: dict[str, Any] | None = None,
    scoring: dict[str, Any] | None = None,
    **fields: Any,
) -> ProfileSource:
    return ProfileSource.model_validate(
        {
            "name": "Ada",
            "persona": "",
            "evaluationDimensions": DIMENSIONS if dimensions is None else dimensions,
            "interaction": interaction or {},
            "scoring": scoring or {},
            **fields,
        }
    )


def make_plan(
    *,
    interaction: dict[str, Any] | None = None,
    scoring: dict[str, Any] | None = None,
    questions: tuple[QuestionSource, ...] = (),
    tasks: tuple[CodingTaskSource, ...] = (),
    stage: dict[str, Any] | None = None,
    template_fields: dict[str, Any] | None = None,
    profile_fields: dict[str, Any] | None = None,
    **how: Any,
) -> InterviewPlan:
    """A plan of the usual template with what a test changes about it; derived from the rubric but for `library`."""
    how.setdefault("library", ())
    return compile_plan(
        template(**(template_fields or {})),
        StageSource.model_validate({"type": "screen", **(stage or {})}),
        profile(interaction=interaction, scoring=scoring, **(profile_fields or {})),
        questions,
        tasks,
        **how,
    )


class Conversation:
    """A conversation under a hand-set clock: the Director and the rule wording are the real ones."""

    def __init__(self, plan: InterviewPlan) -> None:
        self.plan = plan
        self.now = START
        self.events: list[Event] = []
        self.said: list[tuple[Move, str]] = []
        self.state = Interview(plan)
        self._log(Started(seq=1, at=self.now))

    def advance(self, seconds: float = 20.0) -> "Conversation":
        """Time passes."""
        self.now += timedelta(seconds=seconds)
        return self

    def hear(self) -> Move | None:
        """Let the interviewer speak if it is its turn; the move, or None."""
        move = next_move(self.state, self.now)
        if move is not None:
            text = RuleWording(self.plan).say(move, self.state)
            self.said.append((move, text))
            self._log(Spoke(seq=self._seq, at=self.now, move=move, text=text))
        return move

    def answer(self, text: str, seconds: float = 20.0) -> Move | None:
        """Say something after some seconds and hear the reply."""
        self.advance(seconds)
        self._log(Answered(seq=self._seq, at=self.now, text=text))
        return self.hear()

    def submit(self, passed: int, total: int, *, ran: bool = True, seconds: float = 300.0) -> Move | None:
        self.advance(seconds)
        item = self.state.item
        assert item is not None
        submitted = CodeSubmitted(
            seq=self._seq, at=self.now, item_id=item.id, passed=passed, total=total, ran=ran
        )
        self._log(submitted)
        return self.hear()

    def end(self) -> Move | None:
        self._log(EndAsked(seq=self._seq, at=self.now))
        return self.hear()

    def pause(self) -> None:
        self._log(Paused(seq=self._seq, at=self.now))

    def resume(self) -> None:
        self._log(Resumed(seq=self._seq, at=self.now))

    def wait(self) -> Move | None:
        """Wait until something falls due, and hear it."""
        wake = wake_at(self.state, self.now)
        assert wake is not None
        self.now = wake
        return self.hear()

    def begin(self) -> Move:
        """Through the opening to the first question."""
        self.hear()
        move = self.answer("Yes, I am ready.")
        assert move is not None
        return move

    @property
    def last(self) -> str:
        """The interviewer's last turn."""
        return self.said[-1][1]

    @property
    def _seq(self) -> int:
        return len(self.events) + 1

    def _log(self, event: Event) -> None:
        self.events.append(event)
        self.state = step(self.state, event)
