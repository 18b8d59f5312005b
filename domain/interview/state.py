"""Where a conversation stands: an `Interview`, which `domain.interview.folding` makes of the events of the log.

Nothing here reads a clock: moments come in.
"""

from dataclasses import dataclass, field
from datetime import datetime

from domain.interview.events import Answered, Move
from domain.interview.reach import asked_criteria
from domain.listening.acts import NOTHING_HEARD, Heard
from domain.plan.items import InterviewPlan, Item, ItemKind
from domain.scoring.coverage import PreparedAnswer
from domain.scoring.findings import Evidence, Measured, Utterance
from domain.text.answers import Features, Flag


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item that was asked, with what followed. `at` and `budget` are seconds of interview time."""

    item_id: str
    variant: int
    at: float
    budget: float
    probes: int = 0
    move_keys: frozenset[str] = frozenset()
    answers: tuple[str, ...] = ()
    # criteria for which a model quoted evidence
    evidenced: frozenset[str] = frozenset()
    # the candidate said that there is nothing to say: that is a reply, though no answer
    declined: bool = False

    @property
    def replied(self) -> bool:
        return bool(self.answers) or self.declined


@dataclass(frozen=True, slots=True)
class Interview:
    """Where the conversation stands. Only `folding` makes one."""

    plan: InterviewPlan
    started: datetime | None = None
    paused_at: datetime | None = None
    paused_for: float = 0.0
    extended: float = 0.0
    turns: int = 0
    last_move: Move | None = None
    last_spoke: float = 0.0
    # interview time of the last turn that was not a reminder; silence counts from here
    last_prompt: float = 0.0
    # the candidate's last turn, until the interviewer replies
    pending: Features | None = None
    pending_text: str = ""
    heard: Heard = NOTHING_HEARD
    # the parts of that turn as they were sent
    parts: tuple[Answered, ...] = ()
    # the state before that turn: more parts may come until it is replied to
    before: "Interview | None" = None
    # what is asked now, the shapes of all sentences said so far, and how often this was asked back about
    open_question: str = ""
    said: frozenset[str] = frozenset()
    asked_back: int = 0
    # how often the candidate was told which language this is in
    language_notes: int = 0
    # a line that could have been an answer, until the candidate says whether it was
    doubtful: tuple[Answered, ...] = ()
    asked: tuple[AskedItem, ...] = ()
    skipped: frozenset[str] = frozenset()
    reminded: frozenset[str] = frozenset()
    move_keys: frozenset[str] = frozenset()
    # questions in a row without an answer, the current one left out
    unanswered: int = 0
    utterances: tuple[Utterance, ...] = ()
    flags: tuple[Flag, ...] = ()
    measured: dict[str, Measured] = field(default_factory=dict)
    # items whose submitted code the sandbox could not run
    not_run: frozenset[str] = frozenset()
    end_reason: str | None = None
    closed: str | None = None
    degraded: bool = False

    @property
    def current(self) -> AskedItem | None:
        return self.asked[-1] if self.asked else None

    @property
    def item(self) -> Item | None:
        return self.plan.item(self.asked[-1].item_id) if self.asked else None

    @property
    def nothing_answered(self) -> bool:
        """Whether the candidate neither answered nor declined any question, and handed in no code."""
        return not self.measured and not self.not_run and not any(each.replied for each in self.asked)

    @property
    def last_word(self) -> bool:
        """Whether the candidate was asked for a last word: what follows ends the interview."""
        return "probe:last_word" in self.move_keys

    @property
    def waiting(self) -> bool:
        """Whether it is the candidate's turn."""
        return self.last_move is not None and self.pending is None

    def has_submitted(self, item_id: str) -> bool:
        """Whether code was submitted for this item, run or not."""
        return item_id in self.measured or item_id in self.not_run

    @property
    def remaining(self) -> list[Item]:
        """Items still to come. A question about code that was never submitted is not one of them."""
        asked = self.asked_ids | self.skipped
        coming = [item for item in self.plan.items if item.id not in asked]
        return [
            item
            for item in coming
            if item.after is None or item.after not in asked or self.has_submitted(item.after)
        ]

    @property
    def not_reached(self) -> tuple[str, ...]:
        """Items that were never asked, and the last ones asked if nobody answered them. They never score zero."""
        asked = self.asked_ids
        unasked = tuple(item.id for item in self.plan.items if item.id not in asked)
        return (*self._unanswered_at_end(), *unasked)

    @property
    def asked_ids(self) -> frozenset[str]:
        """The items that were asked. A scene asks all its dimensions at once."""
        return frozenset(
            heard for each in self.asked for heard in self.plan.listened_with(self.plan.item(each.item_id))
        )

    def _unanswered_at_end(self) -> tuple[str, ...]:
        unanswered: list[str] = []
        for each in reversed(self.asked):
            if each.replied or each.item_id in self.measured:
                break
            unanswered[:0] = sorted(self.plan.listened_with(self.plan.item(each.item_id)))
        return tuple(unanswered)

    @property
    def evidence(self) -> Evidence:
        """What scoring may use. Items that were not reached and code that could not be run are left out."""
        out = set(self.not_reached) | self.not_run
        asked = [each for each in self.asked if each.item_id not in out]
        known = {
            heard for each in asked for heard in self.plan.listened_with(self.plan.item(each.item_id))
        } - out
        return Evidence(
            utterances=self.utterances,
            asked=(
                *(each.item_id for each in asked),
                *(item.id for item in self.plan.items if item.id in known - {each.item_id for each in asked}),
            ),
            measured=self.measured,
            flags=self.flags,
            variants={each.item_id: each.variant for each in asked},
            degraded=self.degraded,
            not_asked=tuple(
                each for item in asked if not item.declined for each in self._criteria_not_asked(item)
            ),
        )

    def _criteria_not_asked(self, asked: AskedItem) -> list[str]:
        """The criteria of an item that was asked, about which nothing was asked after all."""
        main = self.plan.item(asked.item_id)
        heard = self.plan.listened_with(main)
        criteria = [each for item in self.plan.items if item.id in heard for each in item.criteria]
        answer = PreparedAnswer.of("\n".join(asked.answers), main.question(asked.variant), self.plan.language)
        known = asked_criteria(criteria, self._questions_put(main, asked), asked.move_keys, answer)
        return [each.id for each in criteria if each.id not in known | asked.evidenced]

    def _questions_put(self, item: Item, asked: AskedItem) -> list[str]:
        """What was asked about an item besides the follow-ups of its criteria."""
        scene = self.plan.scene
        if item.kind is ItemKind.scene and scene is not None:
            said = [
                each.line
                for at, each in enumerate(scene.objections)
                if f"probe:role_objection_{at}" in asked.move_keys
            ]
            return [scene.opening, *said]
        easier = [item.question(1)] if "probe:simpler" in asked.move_keys else []
        deeper = [item.follow_up] if "probe:follow_up" in asked.move_keys else []
        return [item.question(asked.variant), *easier, *deeper]


def elapsed(state: Interview, now: datetime) -> float:
    """Seconds of interview time so far. Pauses do not count."""
    if state.started is None:
        return 0.0
    running_pause = (now - state.paused_at).total_seconds() if state.paused_at else 0.0
    return max(0.0, (now - state.started).total_seconds() - state.paused_for - running_pause)


def seconds_left(state: Interview, now: datetime) -> float:
    """Seconds of interview time that remain, with extra time and extensions. Negative when time is over."""
    return state.plan.seconds + state.extended - elapsed(state, now)
