"""What an interview is measured by, from its plan and its log: whether it listened, asked, and told the truth.

All figures in `ZEROS` are to be zero; the others are reported. For a scripted candidate `meant` says what each
message was meant to be; without it, what the interviewer understood stands in, and two figures are unknown.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import Field

from domain.frozen import Frozen
from domain.interview.candidates.actor import Meant
from domain.interview.candidates.behaviour import Counts
from domain.interview.events import Answered, Event, Move, MoveKind, Spoke
from domain.interview.folding import step
from domain.interview.scene import IN_ROLE, in_role
from domain.interview.state import Interview, elapsed
from domain.interview.turn_filter import questions_in
from domain.interview.unsaid import shapes
from domain.listening.acts import Act
from domain.plan.items import Criterion, InterviewPlan
from domain.plan.subjects import shares_subject, subject_of
from domain.scoring.coverage import PreparedAnswer, is_covered
from domain.text.tokens import stems

# Replies that put the question again because the candidate's message calls for it.
ON_REQUEST = frozenset(
    {"repeat", "meaning", "example", "person", "resume", "data_only", "unclear", f"{IN_ROLE}repeat"}
)
# Praise, and thanks that only an answer could deserve.
PRAISE = re.compile(
    r"\b(?:interesting|fascinating|that helps|helpful|thanks for|thank you for (?!your time|taking|holding)|lovely"
    r"|great|excellent|impressive|wonderful|perfect|well done|well put|good (?:answer|point|example|question)|nice"
    r"|interessant|spannend|hilfreich|danke für (?!ihre zeit|deine zeit)|vielen dank für (?!ihre zeit|deine zeit)|super"
    r"|toll|prima|großartig|hervorragend|ausgezeichnet|gut gemacht|sehr gut|gute (?:antwort|frage)"
    r"|schönes beispiel)\b",
    re.IGNORECASE,
)
_ASKING = frozenset({MoveKind.ask, MoveKind.probe})
_ASKING_US = frozenset({Act.asks_us, Act.human})


class Measures(Frozen):
    """The figures of one interview."""

    turns: int = Field(description="Of the interviewer.")
    minutes: float
    main_questions_twice: int
    sentences_twice: int = Field(
        description="Sentences of ours that nobody asked for and that were said before."
    )
    praised_non_answers: int
    questions_unanswered: int = Field(
        description="Questions of the candidate without fact, rule, time or note."
    )
    several_questions: int = Field(description="Turns with more than one question.")
    criteria_lost: int = Field(description="Neither asked about, nor listed as not asked or not reached.")
    non_answers_counted: int | None = Field(description="Messages that answer nothing, kept as answers.")
    answers_not_counted: int | None = Field(description="Messages that answer, kept as none unasked.")
    follow_ups: int
    naming: int = Field(description="Follow-ups that name something the candidate said.")
    by_model: int = Field(default=0, description="Follow-ups that a model worded.")
    naming_by_model: int = Field(
        default=0, description="Those of them that name something the candidate said."
    )

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of the figures that are not zero and have to be."""
        return tuple(name for name in ZEROS if getattr(self, name))


ZEROS = (
    "main_questions_twice",
    "sentences_twice",
    "praised_non_answers",
    "questions_unanswered",
    "several_questions",
    "criteria_lost",
    "non_answers_counted",
    "answers_not_counted",
)


def measure(
    plan: InterviewPlan, events: Sequence[Event], meant: Mapping[int, Meant] | None = None
) -> Measures:
    """The figures of an interview with this log. `meant` says by a message's number what it was meant to be."""
    log = _Log(plan, events, meant)
    spoken = [spoke for spoke, _ in log.spoken]
    probes = [
        (spoke, before)
        for spoke, before in log.spoken
        if spoke.move.kind is MoveKind.probe
        and not in_role(spoke.move)
        and spoke.move.reason not in ("last_word", "again", "simpler", "encourage")
    ]
    return Measures(
        turns=len(spoken),
        minutes=round(elapsed(log.state, events[-1].at) / 60, 1) if events else 0.0,
        main_questions_twice=_main_questions_twice(plan, spoken),
        sentences_twice=_sentences_twice(spoken),
        praised_non_answers=log.praised,
        questions_unanswered=log.unanswered,
        several_questions=sum(questions_in(each.text) > 1 for each in spoken if not in_role(each.move)),
        criteria_lost=len(_criteria_lost(plan, log.state, spoken)),
        non_answers_counted=log.counted(Counts.no) if meant is not None else None,
        answers_not_counted=log.not_counted if meant is not None else None,
        follow_ups=len(probes),
        naming=sum(_names_what_was_said(spoke, before) for spoke, before in probes),
        by_model=sum(spoke.source == "model" for spoke, _ in probes),
        naming_by_model=sum(
            spoke.source == "model" and _names_what_was_said(spoke, before) for spoke, before in probes
        ),
    )


class _Log:
    """One pass over the log: the state before each of our turns, and what each message got for a reply."""

    def __init__(
        self, plan: InterviewPlan, events: Sequence[Event], meant: Mapping[int, Meant] | None
    ) -> None:
        self.state = Interview(plan)
        self.spoken: list[tuple[Spoke, Interview]] = []
        self.praised = 0
        self.unanswered = 0
        self._meant = meant
        self._open: list[Answered] = []
        # messages that could be kept as answers: sent after the first question and before the end
        self._countable: set[int] = set()
        # messages that the candidate was asked about: nothing was decided for them
        self._doubted: set[int] = set()
        for event in events:
            self._read(event)
        self.unanswered += self._asked_now() and not self.state.closed

    def _read(self, event: Event) -> None:
        if isinstance(event, Spoke):
            self.spoken.append((event, self.state))
            self._check_reply(event)
            self._open = []
        if isinstance(event, Answered):
            self._open.append(event)
            if self.state.asked and not self.state.closed:
                self._countable.add(event.seq)
        self.state = step(self.state, event)

    def _check_reply(self, spoke: Spoke) -> None:
        """Hold one reply against the messages that it replies to."""
        if self._open and not self._answered_now() and spoke.move.kind is not MoveKind.close:
            # what a script or a fact says is no praise of ours
            ours = spoke.text.replace(spoke.move.text, "") if spoke.move.text else spoke.text
            for fact in spoke.move.told:
                ours = ours.replace(fact, "")
            self.praised += bool(PRAISE.search(ours))
        if self._asked_now() and not _tells(spoke.move):
            self.unanswered += 1
        if spoke.move.key == "clarify:unclear":
            self._doubted |= {each.seq for each in self._open}

    def _answered_now(self) -> bool:
        if self._meant is None:
            return self.state.heard.answers
        return any(
            self._meant[each.seq].counts is not Counts.no for each in self._open if each.seq in self._meant
        )

    def _asked_now(self) -> bool:
        """Whether the messages that are open ask us something."""
        if self._meant is None:
            return bool(self._open) and bool(_ASKING_US & set(self.state.heard.acts))
        return any(self._meant[each.seq].asks for each in self._open if each.seq in self._meant)

    def counted(self, counts: Counts) -> int:
        """How many messages that were meant so are kept as answers."""
        kept = {each.id for each in self.state.utterances}
        return sum(meant.counts is counts and seq in kept for seq, meant in (self._meant or {}).items())

    @property
    def not_counted(self) -> int:
        """How many answers are not kept."""
        answers = {seq for seq, meant in (self._meant or {}).items() if meant.counts is Counts.answer}
        kept = {each.id for each in self.state.utterances}
        return len((answers & self._countable) - kept - self._doubted)


def _tells(move: Move) -> bool:
    """Whether a turn answers a question of the candidate: by a fact, a rule, the time, or that people are told."""
    return (
        bool(move.told)
        or bool(set(move.parts) - {"easier", "meaning", "example", "repeat"})
        or (move.reason in ("asks_us", "human", "person", "stop"))
    )


def _is_unasked(move: Move) -> bool:
    # what only the role knows is told as often as somebody asks
    asked_for = move.reason in ON_REQUEST or move.reason.startswith(f"{IN_ROLE}fact_")
    return move.kind is not MoveKind.clarify and not asked_for


def _main_questions_twice(plan: InterviewPlan, spoken: Sequence[Spoke]) -> int:
    """How often a main question was put again though nobody asked for it."""
    mains = {text: shapes(text) for item in plan.items for text in item.questions}
    unasked = [each for each in spoken if _is_unasked(each.move)]
    items = Counter(each.move.item_id for each in unasked if each.move.kind is MoveKind.ask)
    said = [shapes(each.text) for each in unasked]
    texts = [sum(wanted <= each for each in said) for wanted in mains.values()]
    return sum(n - 1 for n in items.values()) + sum(n - 1 for n in texts if n > 1)


def _sentences_twice(spoken: Sequence[Spoke]) -> int:
    """Sentences of ours that stand in several turns. What a script's questions begin with is the script's."""
    said = Counter(
        each
        for spoke in spoken
        if _is_unasked(spoke.move)
        for each in shapes(spoke.text) - (shapes(spoke.move.text) if _puts_question(spoke.move) else set())
    )
    return sum(n - 1 for n in said.values())


def _puts_question(move: Move) -> bool:
    return move.kind is MoveKind.ask or move.reason == "simpler"


def _criteria_lost(plan: InterviewPlan, state: Interview, spoken: Sequence[Spoke]) -> list[str]:
    """Criteria of items that were put, about which nothing was asked or said, and that the record does not list."""
    listed = set(state.evidence.not_asked)
    listed |= {criterion for each in state.asked for criterion in each.evidenced}
    declined = {each.item_id for each in state.asked if each.declined}
    lost: list[str] = []
    for item in plan.items:
        if item.id in state.not_reached or item.id in declined:
            continue
        heard = plan.listened_with(item)
        turns = [each for each in spoken if each.move.item_id in heard and each.move.kind in _ASKING]
        unasked = [
            each
            for each in item.criteria
            if not each.measured
            and each.id not in listed
            and not _is_asked(each, turns, plan.language.split("-")[0])
        ]
        if unasked:
            given = [each.answers for each in state.asked if each.item_id in heard]
            answers = "\n".join(text for texts in given for text in texts)
            said = PreparedAnswer.of(answers, item.question(2), plan.language)
            lost += [each.id for each in unasked if not is_covered(each, said)]
    return lost


def _is_asked(criterion: Criterion, turns: Sequence[Spoke], language: str) -> bool:
    subject = subject_of(criterion.text, language)
    return any(
        turn.move.criterion_id == criterion.id or shares_subject(subject, subject_of(turn.text, language))
        for turn in turns
    )


def _names_what_was_said(spoke: Spoke, before: Interview) -> bool:
    """Whether a turn has a content word of the candidate's answer that the question did not have."""
    language = before.plan.language.split("-")[0]
    current = before.current
    said = set(stems(" ".join((*(current.answers if current else ()), before.pending_text)), language))
    return bool(said & set(stems(spoke.text, language)) - set(stems(before.open_question, language)))
