"""Reads a candidate's message: which acts it holds, and which of its words are an answer.

    heard = read_acts("Good question. Could you repeat the second part?", "en", open_question)
    heard.acts        # (Act.repeat,)

Patterns match whole pieces of a message, so that the same words within an answer stay an answer. What they leave is
weighed (`domain.listening.likelihood`). A message of many words is an answer unless all of it is something else. A
line that could be either is `unclear`: it is asked about, not decided.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from domain.listening.acts import ANSWERING, BESIDE_ANSWERS, IN_ROLE, Act, Heard, Topic
from domain.listening.foreign import foreign_language, short_foreign_line
from domain.listening.likelihood import is_other, likeliest_act
from domain.listening.normal import Sentence, sentences_of, write_out
from domain.listening.phrasebook import ORDER, Phrasebook, phrasebook_for
from domain.listening.pieces import (
    act_of,
    begins_question,
    goes_on_telling,
    is_filler,
    is_question,
    topic_in,
    topics_in,
)
from domain.text import answer_patterns as patterns
from domain.text.answers import copied_share, injections, without_injections
from domain.text.tokens import tokens

# Longer messages are not searched for single cues, not weighed, not matched.
CUE_WORDS, WEIGHED_WORDS, MAX_WORDS = 14, 20, 150
# A question for a name or a number is answered in so few words.
TERSE_WORDS = 7
# Log odds from which a message is no answer, and from which it is asked about.
SURE, IN_DOUBT = 3.5, 1.8
# A longer message is asked about, never decided by its weight alone.
SURE_WORDS = 12
# A message that tells what somebody did, why or with what result needs so much more to be taken for anything else.
TELLS = 2.0
# What people give a reason for, and how long the reason may be.
EXPLAINED = frozenset({Act.moment, Act.pause, Act.leave, Act.upset, Act.skips, Act.hostile, Act.asks_us})
EXPLANATION_WORDS = 12
# From this share of words of the open question, in runs, a message only repeats it.
REPEATS_QUESTION = 0.9
# As many words beside an order to the scorer are an answer of their own.
CONTENT_WORDS = 8

_CODE = re.compile(
    r"```|[{};]\s*$|[{}]|=>|==|\w\(\w*\)|^\s*(?:def|class|import|SELECT|INSERT|UPDATE|if not)\b|`[^`]+`"
)
_ORDINALS = {"first": 1, "1": 1, "second": 2, "2": 2, "third": 3, "3": 3, "fourth": 4, "4": 4}
_ORDINALS |= {"erste": 1, "ersten": 1, "zweite": 2, "zweiten": 2, "dritte": 3, "dritten": 3}
_NAMES_QUESTION = re.compile(
    r"\b(first|second|third|fourth|ersten?|zweiten?|dritten?|[1-4])\.? (?:question|answer|one|frage|antwort)\b"
    r"|\b(?:question|answer|frage|antwort) ([1-4])\b"
)
_NAMES_EARLIER = re.compile(
    r"\b(?:earlier|previous|before|last (?:question|answer)|vorhin|vorher\w*|vorigen?|letzten)\b"
)
# Three things in a row, or a question that only closes what was told.
_LISTS_OR_TAGS = re.compile(r"^[^,?]+,[^,?]+,[^,?]+[.]?$|^[^,?]{12,},[^,?]{1,50}\?\s*$")
# What may follow a question within its sentence.
_CONDITION = re.compile(r"(?:wenn|ob|dass|falls|if|whether|in case)\b")
# Beside a yes these are part of the answer.
_SMALL = frozenset({Act.moment, Act.chats})
# "One minute" waits, unless a length of time was asked for.
_TIME_SPAN = re.compile(
    r"^(?:about |circa |etwa |ungefaehr |only |just |nur )?\w+ (?:seconds?|minutes?|sekunden?|minuten?)$"
)
# Nobody waits for an answer about the weather. Work that has to do with it has a topic, or asks about us.
_SMALL_TALK = re.compile(
    r"\b(?:weather|sunny|sunshine|raining|rainy|snowing|wetter|sonnig|sonne|regnet|schneit|hitze|heat ?wave"
    r"|(?:your|a (?:nice|good)) (?:weekend|holidays?|vacation|morning|lunch|coffee|christmas)"
    r"|(?:ihr|dein|schoenes|das) (?:wochenende|morgen|kaffee|mittagessen)|(?:ihre|deine|schoene) (?:feiertage|ferien)"
    r")\b"
)
# What may be said to somebody else, where the open question asks for such words.
_SPOKEN = frozenset({Act.asks_us, Act.meaning, Act.example, Act.chats})
# Only this interview can be meant by them.
_OURS = frozenset(
    {
        Topic.pay,
        Topic.time_off,
        Topic.time_left,
        Topic.questions_left,
        Topic.skipping,
        Topic.notes,
        Topic.tools,
        Topic.privacy,
        Topic.right_answer,
        Topic.grading,
        Topic.language,
        Topic.technical,
    }
)
# A question about what we asked, not one that somebody else is to hear.
_ABOUT_US = re.compile(
    r"\b(?:hear back|(?:bekomm|krieg|erhalt)\w* ich .{0,20}\bbescheid|question|mean|meant|frage|fragen|meinen"
    r"|meinst|gemeint|antworten|answer)\b"
)
_YES = re.compile(r"(?:yes|yeah|yep|yup|y|ja|jo|jep|jup|ok|okay|sure|right|true|richtig|stimmt|genau)\b")
_SHRUG = re.compile(r"¯\S{0,3}\(ツ\)\S{0,3}¯|\(ツ\)")
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faffツ]")
# A line that was read as one of these may be a known line of another language.
_MAY_BE_FOREIGN = frozenset({Act.answers, Act.unclear, Act.chats, Act.asks_us})


@dataclass(slots=True)
class _Found:
    """What the sentences of a message were read as, while it is read."""

    alone: bool
    acts: set[Act] = field(default_factory=set)
    questions: list[str] = field(default_factory=list)
    explained: bool = False
    content: list[str] = field(default_factory=list)


def topics_of(question: str, language: str) -> frozenset[Topic]:
    """Everything that a question may be about: "Where is the team?" is about the team and about a place."""
    return topics_in(question, phrasebook_for(language))


@lru_cache(maxsize=256)
def read_acts(text: str, language: str, open_question: str = "", *, in_role: bool = False) -> Heard:
    """What this message does in an interview in `language`, while this question is open.

    `in_role` says that a role play is on: questions and moods then belong to the scene, unless they are plainly not.
    """
    heard = _read_text(text, language, open_question)
    if in_role and not heard.answers and not set(heard.acts) & IN_ROLE:
        return Heard(acts=(Act.answers,), content=text)
    return heard


def _read_text(text: str, language: str, open_question: str) -> Heard:
    book = phrasebook_for(language)
    if injections(text):
        return _read_instruction(text, language, open_question)
    if _CODE.search(_SHRUG.sub(" ", text)):
        return _answer_heard(text)
    foreign = foreign_language(text, language)
    if foreign:
        return _read_foreign(text, foreign, language)
    words = len(tokens(_SHRUG.sub(" ", text)))
    if words == 0:
        return Heard(acts=(Act.chats if _EMOJI.search(text) else Act.unclear,))
    if words > MAX_WORDS:
        return _answer_heard(text)
    if copied_share(text, open_question) >= REPEATS_QUESTION:
        # the open question alone answers nothing
        return Heard(acts=(Act.unclear,))
    heard = _read_own(text, book, open_question)
    other = short_foreign_line(text, book) if set(heard.acts) <= _MAY_BE_FOREIGN else None
    if other is None or (not heard.answers and other[1] == (Act.chats,)):
        return heard
    return Heard(acts=(Act.other_language, *other[1]), language=other[0])


def _read_own(text: str, book: Phrasebook, open_question: str) -> Heard:
    """A message as one in the language of the interview."""
    written = write_out(text, book)
    if book.corrects.match(text.casefold().strip()) or book.corrects.match(written):
        return _read_correction(text, written)
    asked = _last_question(open_question, book)
    if book.closed.match(asked) and book.yes_no.match(written):
        return _answer_heard(text)
    if book.unclear.match(written):
        return Heard(acts=(Act.unclear,), agrees=_YES.match(written) is not None)
    found = _read_sentences(sentences_of(text, book), book)
    if _says_yes(found, asked, text, written, book) or (
        _may_be_terse(found, text, written, book) and _is_terse(asked, text, written, book)
    ):
        return _answer_heard(text)
    return _decide(text, written, found, book, open_question)


def _may_be_terse(found: _Found, text: str, written: str, book: Phrasebook) -> bool:
    """Whether few words may be the answer to a question for a name or a number."""
    if found.content:
        cued = any(pattern.search(written) for pattern in book.cues.values())
        return not cued and is_other(text, book.language) < SURE
    if found.questions:
        return False
    return not found.acts or (found.acts == {Act.moment} and _TIME_SPAN.match(written) is not None)


def _is_terse(asked: str, text: str, written: str, book: Phrasebook) -> bool:
    """Whether a name or a number was asked for, and these are few words."""
    few = len(written.split()) <= TERSE_WORDS and not text.rstrip().endswith("?")
    return few and book.terse.match(asked) is not None


def _says_yes(found: _Found, asked: str, text: str, written: str, book: Phrasebook) -> bool:
    """Whether these few words begin with the yes or no that was asked for."""
    words = written.split()
    if found.acts - _SMALL or text.rstrip().endswith("?") or len(words) > TERSE_WORDS:
        return False
    says = any(book.yes_no.match(" ".join(words[:count])) for count in (1, 2))
    return says and book.closed.match(asked) is not None


def _tells(text: str) -> bool:
    """Whether a text says what somebody did, why, or with what result."""
    return any(pattern.search(text) for pattern in (patterns.PAST, patterns.REASONS, patterns.RESULTS))


def _answer_heard(text: str) -> Heard:
    return Heard(acts=(Act.answers,), content=text)


def _last_question(question: str, book: Phrasebook) -> str:
    return write_out(question.strip().rstrip("?").split(". ")[-1], book)


def _read_instruction(text: str, language: str, question: str) -> Heard:
    """An order to the scorer. What stands beside it may still be an answer."""
    rest = without_injections(text).strip()
    if len(tokens(rest)) >= CONTENT_WORDS and _read_text(rest, language, question).answers:
        return Heard(acts=(Act.instructs, Act.answers), content=rest)
    return Heard(acts=(Act.instructs,))


def _read_foreign(text: str, spoken: str, language: str) -> Heard:
    """A message in another language: its content is kept, since people may read it."""
    line = short_foreign_line(text, phrasebook_for(language))
    if line is not None and line[0] == spoken:
        return Heard(acts=(Act.other_language, *line[1]), language=spoken)
    known = _read_text(text, spoken, "") if spoken in ("en", "de") else None
    if known is not None and not known.answers:
        acts = (Act.other_language, *(act for act in known.acts if act is not Act.unclear))
        return Heard(acts=acts, language=spoken, topic=known.topic, question=known.question)
    return Heard(acts=(Act.other_language,), language=spoken, content=text)


def _read_correction(text: str, written: str) -> Heard:
    named = _NAMES_QUESTION.search(written)
    if named:
        number = _ORDINALS.get(named.group(1) or named.group(2))
        return Heard(acts=(Act.corrects,), content=text, earlier=number)
    return Heard(acts=(Act.corrects,), content=text, earlier=0 if _NAMES_EARLIER.search(written) else None)


def _read_sentences(parts: list[Sentence], book: Phrasebook) -> _Found:
    found = _Found(alone=len(parts) == 1)
    for sentence in parts:
        tells = any(goes_on_telling(piece) for piece in sentence.pieces[1:])
        whole = None if tells else act_of(sentence.text, book)
        if whole is not None:
            found.acts.add(whole)
            if whole is Act.cannot:
                # "I don't know, next question please." does both
                found.acts |= {Act.skips for piece in sentence.pieces if act_of(piece, book) is Act.skips}
            if whole is Act.asks_us:
                found.questions.append(sentence.original)
        elif not _read_pieces(sentence, found, book):
            found.content.append(sentence.original)
    return found


def _read_pieces(sentence: Sentence, found: _Found, book: Phrasebook) -> bool:
    """Read a sentence piece by piece; False when some of it is an answer, and nothing is noted then."""
    if sentence.asks and begins_question(sentence.text, book) and not _asks_back(sentence, book):
        found.questions.append(sentence.original)
        return True
    acts: set[Act] = set()
    asks = False
    reason: list[str] = []
    # a question without its mark stands alone, or before one that has it
    unmarked = found.alone or sentence.asks
    for piece in sentence.pieces:
        act = act_of(piece, book)
        if act is not None:
            acts.add(act)
            asks = asks or act is Act.asks_us
        elif is_filler(piece, book):
            continue
        elif (piece.endswith("?") or (unmarked and not (acts or reason))) and is_question(piece, book):
            asks = True
        elif asks and _CONDITION.match(piece):
            continue
        elif book.explains.match(piece) and (acts or not reason):
            reason.append(piece)
        else:
            return False
    if reason and not (EXPLAINED & acts and len(" ".join(reason).split()) <= EXPLANATION_WORDS):
        return False
    found.acts |= acts
    found.questions += [sentence.original] if asks else []
    found.explained = found.explained or bool(reason)
    return True


def _asks_back(sentence: Sentence, book: Phrasebook) -> bool:
    """Whether a question holds a piece that asks for the question again, or for its meaning."""
    pieces = sentence.pieces if len(sentence.pieces) > 1 else ()
    return any(act_of(piece, book) in (Act.repeat, Act.meaning, Act.example) for piece in pieces)


def _decide(text: str, written: str, found: _Found, book: Phrasebook, open_question: str) -> Heard:
    # words that somebody else is to hear may well be questions
    speech = bool(open_question and book.speech.search(write_out(open_question, book)))
    acts = found.acts - {Act.chats} if found.questions else found.acts
    asks = bool(found.questions) or (text.rstrip().endswith("?") and acts <= {Act.meaning, Act.chats})
    ours = _ABOUT_US.search(written) is not None or topic_in(text, book) in _OURS
    spoken = speech and asks and acts <= _SPOKEN and not ours
    if found.questions and not found.content and not spoken:
        acts = acts | {Act.asks_us}
    if found.content or spoken:
        return _with_content(text, written, found, acts, book, speech)
    if acts:
        return _heard(acts, found.questions, book)
    # fillers alone
    return Heard(acts=(Act.unclear,)) if len(written.split()) <= 3 else _answer_heard(text)


def _with_content(
    text: str, written: str, found: _Found, acts: set[Act], book: Phrasebook, speech: bool
) -> Heard:
    """A message with words on the subject: an answer, unless cues or weights say what the few words are."""
    told = "quoted" in written or book.reported.search(written) is not None
    count = len(written.split())
    if not told and count <= CUE_WORDS:
        cue = next((act for act, pattern in book.cues.items() if pattern.search(written)), None)
        if cue is not None and not (speech and cue in _SPOKEN):
            return _heard({cue}, found.questions, book)
    if not told and count <= WEIGHED_WORDS:
        odds = is_other(text, book.language) - (TELLS if _tells(text) else 0.0)
        odds -= TELLS if _LISTS_OR_TAGS.search(text) else 0.0
        if odds >= SURE and count <= SURE_WORDS:
            act = likeliest_act(text, book.language)
            if not (speech and act in _SPOKEN):
                return _heard(acts | {act}, found.questions or [text], book)
        elif odds >= IN_DOUBT and not speech and not acts & BESIDE_ANSWERS:
            return Heard(acts=(Act.unclear,), content=text)
    if told or not acts:
        return _answer_heard(text)
    heard = _heard(acts & BESIDE_ANSWERS | {Act.answers}, found.questions, book)
    return heard.model_copy(update={"content": " ".join(found.content)})


def _heard(acts: set[Act], questions: list[str], book: Phrasebook) -> Heard:
    """The acts in the order of reply; small talk falls away beside anything else, also where it is a question."""
    asked = " ".join(questions)
    topic = topic_in(asked, book) if Act.asks_us in acts else None
    if topic is Topic.other and _SMALL_TALK.search(write_out(asked, book)):
        acts = acts - {Act.asks_us} | {Act.chats}
    kept = acts - {Act.chats} if len(acts) > 1 else acts
    rank = {act: place for place, act in enumerate((*ORDER, Act.asks_us, *sorted(ANSWERING)))}
    ordered = tuple(sorted(kept, key=lambda act: rank.get(act, len(rank))))
    if Act.asks_us not in kept:
        return Heard(acts=ordered)
    return Heard(acts=ordered, topic=topic, question=asked)
