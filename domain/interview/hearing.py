"""What the candidate's message changes: messages in quick succession are one turn, and only answers are evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.interview.events import Answered
from domain.interview.facts import is_for_people
from domain.listening.acts import Act, Heard, Topic
from domain.listening.reader import read_acts
from domain.plan.items import InterviewPlan
from domain.text.answers import Flag, FlagKind, flags_of, read_answer

# Parts of one turn that are plainly no answer are left out of it; a part in doubt belongs to the others.
_PLAINLY_OTHER = frozenset(Act) - {Act.answers, Act.corrects, Act.unclear, Act.other_language}


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the candidate: its parts as they were sent, what they do together, and what of them answers."""

    parts: tuple[Answered, ...]
    heard: Heard

    @property
    def text(self) -> str:
        return joined(self.parts)

    @property
    def counts(self) -> bool:
        """Whether some of it is kept as an answer: in the interview's language or in another."""
        return self.heard.answers or (self.heard.does(Act.other_language) and bool(self.heard.content))


def hear(plan: InterviewPlan, parts: Sequence[Answered], open_question: str, *, in_role: bool) -> Message:
    """Read the parts of one turn together. Parts that say plainly something else are read apart from the rest."""
    heard = _without_told_trouble(read_acts(joined(parts), plan.language, open_question, in_role=in_role))
    if heard.answers and len(parts) > 1:
        apart = [read_acts(part.text, plan.language, open_question, in_role=in_role) for part in parts]
        # without its mark a part beside an answer belongs to what is told: "where was I", "it got slow"
        marked = [each for each, part in zip(apart, parts, strict=True) if part.text.rstrip().endswith("?")]
        beside = {act for each in marked if not each.answers for act in each.acts} & {Act.repeat, Act.asks_us}
        if beside - set(heard.acts):
            asked = next((each for each in marked if each.does(Act.asks_us)), None)
            heard = heard.model_copy(
                update={
                    "acts": (*sorted(beside), *heard.acts),
                    "topic": asked.topic if asked else heard.topic,
                    "question": asked.question if asked else heard.question,
                }
            )
    return Message(tuple(parts), heard)


def _without_told_trouble(heard: Heard) -> Heard:
    """ "It got slow" beside an answer is told of the candidate's work: no trouble with this page without a question."""
    told = heard.answers and heard.topic is Topic.technical and "?" not in heard.question
    if not told:
        return heard
    kept = tuple(act for act in heard.acts if act is not Act.asks_us)
    # the sentence was left out of the content, which then is the whole text
    return heard.model_copy(update={"acts": kept, "topic": None, "question": "", "content": ""})


def answering_parts(
    message: Message, plan: InterviewPlan, open_question: str, *, in_role: bool
) -> list[Answered]:
    """The parts of the turn that are kept as evidence, as they were sent."""
    if not message.counts:
        return []
    if len(message.parts) == 1:
        return list(message.parts)
    kept = [
        part
        for part in message.parts
        if not _is_plainly_other(
            part.text, read_acts(part.text, plan.language, open_question, in_role=in_role)
        )
    ]
    return kept or list(message.parts)


def _is_plainly_other(text: str, heard: Heard) -> bool:
    """Whether a part of an answer does not belong to it. What asks us something has its question mark there."""
    acts = set(heard.acts) & _PLAINLY_OTHER
    return bool(acts) and (acts != {Act.asks_us} or text.rstrip().endswith("?"))


def flags_for(plan: InterviewPlan, message: Message, question: str) -> list[Flag]:
    """The flags of a turn: each part's own, and one for a question that only people can answer."""
    found = [
        flag
        for part in message.parts
        for flag in flags_of(read_answer(part.text, question), part.seq, plan.language)
    ]
    if message.heard.does(Act.other_language) and not any(
        flag.kind is FlagKind.other_language for flag in found
    ):
        # too short for a guess by its words alone: people are to know who would rather speak another language
        found.append(Flag(kind=FlagKind.other_language, utterance=message.parts[-1].seq))
    if is_for_people(plan, message.heard):
        found.append(Flag(kind=FlagKind.question_for_people, utterance=message.parts[-1].seq))
    if message.heard.does(Act.person) and not any(flag.kind is FlagKind.asks_for_person for flag in found):
        found.append(Flag(kind=FlagKind.asks_for_person, utterance=message.parts[-1].seq))
    return found


def joined(parts: Sequence[Answered]) -> str:
    """The parts as one text, a line each."""
    return "\n".join(part.text for part in parts)
