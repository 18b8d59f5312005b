"""Models that hold an interview well or badly, as lines of a fake provider. They read what a real one would be sent.

good            takes up the candidate's words and asks what has no evidence yet
deaf            always the same sentence
chatty          three questions, praise and a story
leaking         gives the criteria away
promising       answers what nobody told it
wrong_language  speaks German in English and English in German
garbage         answers that are no turn
slow            never answers
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.fake_models import Asked, Calls, Garbage, Hangs, Said

_CANNOT = re.compile(
    r"^(?:idk|no idea|i don't know|not sure|never done|keine ahnung|weiß ich nicht)\b", re.IGNORECASE
)
_FENCED = re.compile(r"<ANSWER-(\w+)>\n(.*?)\n</ANSWER-\1>", re.DOTALL)


@dataclass(frozen=True)
class TurnAsked:
    """What one request for a turn tells the model."""

    answer: str
    open_question: str
    criteria: tuple[dict[str, Any], ...]
    facts: tuple[tuple[str, str], ...]
    if_answer: tuple[str, ...]
    refused: bool


def read_request(asked: Asked) -> TurnAsked:
    """The request of either dialect."""
    texts = [_text(message["content"]) for message in asked["messages"] if message["role"] == "user"]
    order = texts[-1][texts[-1].rindex("Reply to the candidate's last message.") :]
    answers = [found[1] for text in texts for found in _FENCED.findall(text)]
    lines = order.splitlines()
    criteria = [json.loads(line) for line in lines if line.startswith('{"criterion_id"')]
    facts = [found for line in lines if (found := re.match(r'\d+\. (".*?"): (".*")$', line))]
    allowed = next(line for line in lines if line.startswith("If the message answers"))
    question = next(line for line in lines if line.startswith("OPEN QUESTION: "))
    return TurnAsked(
        answer=answers[-1] if answers else "",
        open_question=json.loads(question.partition(": ")[2]),
        criteria=tuple(criteria),
        facts=tuple((json.loads(found[1]), json.loads(found[2])) for found in facts),
        if_answer=tuple(allowed.partition("one of: ")[2].rstrip(".").split(", ")),
        refused="was refused" in order,
    )


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


Turn = dict[str, Any]


def turn(
    acts: list[str], kind: str, text: str, heard: list[dict[str, str]] | None = None, **more: Any
) -> Turn:
    """The arguments of a model's turn."""
    return {"acts": acts, "heard": heard or [], "reply": {"kind": kind, "text": text, **more}}


def take_well(asked: Asked) -> Turn:
    """Hear what was said and take it up."""
    request = read_request(asked)
    said = request.answer
    if _CANNOT.search(said):
        return turn(["cannot"], "next", "All right.")
    if said.rstrip().endswith("?") and len(said.split()) < 25:
        return _answer(request)
    words = " ".join(said.replace("?", "").split()[:9]).rstrip(".,;:")
    missing = [each for each in request.criteria if not each["evidence"]]
    if "probe" in request.if_answer and missing:
        probe = missing[0]["probe"] or "What happened then?"
        return turn(["answers"], "probe", f"You said: {words}. {probe}")
    quote = [{"criterion_id": each["criterion_id"], "quote": words} for each in missing[:1]]
    return turn(["answers"], "next", f"You said: {words}.", quote)


def _answer(request: TurnAsked) -> Turn:
    asked = set(re.findall(r"\w{4,}", request.answer.casefold()))
    for number, (question, answer) in enumerate(request.facts, 1):
        if asked & set(re.findall(r"\w{4,}", f"{question} {answer}".casefold())):
            return turn(["asks_us"], "answer", answer, fact=number)
    if re.search(r"\b(?:repeat|again|wiederholen|nochmal)\b", request.answer, re.IGNORECASE):
        return turn(["repeat"], "clarify", request.open_question)
    return turn(["asks_us"], "answer", "I don't know that. I have noted it for the people who invited you.")


def stay_deaf(_: Asked) -> Turn:
    return turn(["answers"], "probe", "What do you think about teamwork in general?")


def chat(asked: Asked) -> Turn:
    text = "That is a great answer, I love it! It reminds me of my own time. What was it like? And who helped? Why?"
    return turn(["answers"], "probe", text)


def leak(asked: Asked) -> Turn:
    criterion = read_request(asked).criteria[0]["criterion"]
    return turn(["answers"], "probe", f"Our criteria say: {criterion}. Could you say that you did this?")


def promise(_: Asked) -> Turn:
    text = "The salary is 95,000 euros, and you will hear from us by Friday. You will get the job."
    return turn(["asks_us"], "answer", text)


def mistake_language(asked: Asked) -> Turn:
    german = "Was haben Sie denn danach gemacht, und wie war das für Sie und die anderen im Team?"
    english = "What did you do after that, and how was it for you and for the others in the team?"
    spoken = read_request(asked).open_question
    return turn(["answers"], "probe", english if re.search(r"\b(?:Sie|haben|wie)\b", spoken) else german)


def mean_nothing(_: Asked) -> Turn:
    return {"acts": ["hums"], "reply": "?"}


MODELS: Mapping[str, Said] = {
    "good": Calls(take_well),
    "deaf": Calls(stay_deaf),
    "chatty": Calls(chat),
    "leaking": Calls(leak),
    "promising": Calls(promise),
    "wrong_language": Calls(mistake_language),
    "nonsense": Calls(mean_nothing),
    "garbage": Garbage(),
    "slow": Hangs(),
}
