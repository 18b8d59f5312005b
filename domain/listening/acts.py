"""What a candidate's message does: answer, ask, wait, leave … One message may do several things at once."""

from enum import StrEnum

from domain.frozen import Frozen


class Act(StrEnum):
    """One thing that a message does."""

    answers = "answers"
    corrects = "corrects"
    repeat = "repeat"
    meaning = "meaning"
    example = "example"
    asks_us = "asks_us"
    moment = "moment"
    pause = "pause"
    leave = "leave"
    cannot = "cannot"
    skips = "skips"
    already = "already"
    chats = "chats"
    upset = "upset"
    hostile = "hostile"
    human = "human"
    person = "person"
    stops = "stops"
    other_language = "other_language"
    instructs = "instructs"
    unclear = "unclear"


class Topic(StrEnum):
    """What a question to us is about."""

    time_left = "time_left"
    questions_left = "questions_left"
    skipping = "skipping"
    notes = "notes"
    tools = "tools"
    pay = "pay"
    time_off = "time_off"
    team = "team"
    place = "place"
    process = "process"
    privacy = "privacy"
    right_answer = "right_answer"
    grading = "grading"
    language = "language"
    technical = "technical"
    role = "role"
    job = "job"
    why = "why"
    mode = "mode"
    invited = "invited"
    other = "other"


# Acts that are the candidate's words on the subject. Everything else never counts as an answer.
ANSWERING = frozenset({Act.answers, Act.corrects})
# Acts that may stand beside an answer in one message and still want a reply of their own.
BESIDE_ANSWERS = frozenset(
    {Act.repeat, Act.example, Act.asks_us, Act.leave, Act.pause, Act.person, Act.stops, Act.human}
)

# Acts that step out of a role play. Everything else said in one belongs to the scene.
IN_ROLE = frozenset(
    {
        Act.repeat,
        Act.meaning,
        Act.pause,
        Act.leave,
        Act.person,
        Act.stops,
        Act.human,
        Act.upset,
        Act.instructs,
        Act.other_language,
    }
)


class Heard(Frozen):
    """What one message does.

    `acts` come in the order in which they are best replied to. `topic` and `question` belong to `asks_us`: what is
    asked about, and the words of the question. `content` is the part of the text that answers, empty when none does.
    `language` is set when the text is in another language than the interview. `agrees` marks a bare yes. `earlier`
    is the number of the question that a correction names, counted from 1; 0 stands for the one before.
    """

    acts: tuple[Act, ...] = ()
    topic: Topic | None = None
    question: str = ""
    content: str = ""
    language: str | None = None
    earlier: int | None = None
    agrees: bool = False

    @property
    def answers(self) -> bool:
        """Whether some of the text is an answer."""
        return any(act in ANSWERING for act in self.acts)

    def does(self, act: Act) -> bool:
        """Whether the message does this."""
        return act in self.acts


NOTHING_HEARD = Heard()
