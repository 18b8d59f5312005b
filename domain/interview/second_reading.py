"""What of a model's hearing counts beside the built-in reading. Where they differ, the candidate must not lose by it.

built-in reading     model says          what counts
in doubt             anything clear      the model's
no answer            an answer           an answer, if it quotes five words that were said
an answer, short     no answer           no answer: it is replied to, and the words stay in the transcript
an answer, longer    anything            an answer
upset, leaving, …    anything            the built-in reading: these lines are recognised word by word

Evidence counts with a quote that stands in the message and not in the question.
"""

from domain.interview.model_turn import HeardCriterion, ModelTurn, Reading
from domain.interview.state import Interview
from domain.listening.acts import ANSWERING, Act, Heard
from domain.listening.reader import topics_of
from domain.plan.items import Item
from domain.text.tokens import tokens

# An answer of more words is never taken for something else because a model says so.
LONGEST_MISREAD = 30
# Quotes of fewer words show nothing; to turn what is no answer into one takes more.
QUOTE_WORDS, CONVINCING_WORDS = 3, 5
# What a model may hear in a short message that the built-in reading took for an answer.
_HEARD_INSTEAD = frozenset(
    {
        Act.repeat,
        Act.meaning,
        Act.example,
        Act.asks_us,
        Act.moment,
        Act.pause,
        Act.leave,
        Act.cannot,
        Act.skips,
        Act.already,
        Act.upset,
        Act.chats,
        Act.human,
        Act.person,
    }
)
# Acts that the built-in reading recognises word by word, and that decide how somebody is treated.
SETTLED = frozenset(
    {
        Act.stops,
        Act.person,
        Act.upset,
        Act.hostile,
        Act.leave,
        Act.pause,
        Act.moment,
        Act.instructs,
        Act.other_language,
        Act.human,
        Act.skips,
        Act.already,
    }
)


def read_with_model(state: Interview, turn: ModelTurn) -> Reading:
    """What counts of this turn's hearing, for the message that waits for a reply."""
    item, text, built_in = state.item, state.pending_text, state.heard
    if item is None or set(built_in.acts) & SETTLED:
        return Reading()
    evidence = tuple(each for each in turn.heard if _is_evidence(each, item, text, state.open_question))
    acts = _acts_that_count(built_in, turn, text, evidence)
    counts = bool(set(acts or built_in.acts) & ANSWERING)
    return Reading(acts=acts, evidence=evidence if counts else ())


def is_surely_answer(built_in: Heard, text: str) -> bool:
    """Whether the message counts as an answer whatever a model hears in it."""
    return built_in.answers and not built_in.does(Act.unclear) and len(tokens(text)) > LONGEST_MISREAD


def heard_again(built_in: Heard, reading: Reading, text: str, language: str) -> Heard:
    """The built-in reading with a model's acts in place of its own."""
    if not reading.acts:
        return built_in
    answers = bool(set(reading.acts) & ANSWERING)
    asks = Act.asks_us in reading.acts
    if not answers:
        topic = min(topics_of(text, language), default=None) if asks else None
        return Heard(acts=reading.acts, topic=topic, question=text if asks else "")
    return built_in.model_copy(update={"acts": reading.acts, "content": built_in.content or text})


def _acts_that_count(
    built_in: Heard, turn: ModelTurn, text: str, evidence: tuple[HeardCriterion, ...]
) -> tuple[Act, ...]:
    """The acts that replace the built-in ones; empty where those stand."""
    said = tuple(dict.fromkeys(act for act in turn.acts if act is not Act.unclear))
    answers = bool(set(said) & ANSWERING)
    if not said:
        return ()
    if built_in.does(Act.unclear):
        return said if answers else tuple(act for act in said if act in _HEARD_INSTEAD)
    if built_in.answers:
        short = len(tokens(text)) <= LONGEST_MISREAD
        return said if not answers and not evidence and short and set(said) <= _HEARD_INSTEAD else ()
    convinces = any(len(tokens(each.quote)) >= CONVINCING_WORDS for each in evidence)
    return (Act.answers,) if answers and convinces else ()


def _is_evidence(heard: HeardCriterion, item: Item, text: str, question: str) -> bool:
    """Whether the quote was said, is more than a word or two, and is not our own question."""
    criterion = item.criterion(heard.criterion_id)
    words = tokens(heard.quote)
    if criterion is None or criterion.measured or len(words) < QUOTE_WORDS:
        return False
    return _stands_in(words, tokens(text)) and not _stands_in(words, tokens(question))


def _stands_in(words: list[str], text: list[str]) -> bool:
    size = len(words)
    return any(text[at : at + size] == words for at in range(len(text) - size + 1))
