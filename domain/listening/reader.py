"""Reads a candidate's message: which acts it holds, and which of its words are an answer.

    heard = read_acts("Good question. Could you repeat the second part?", "en", open_question)
    heard.acts        # (Act.repeat, Act.chats)

Patterns match whole pieces of a message, so that the same words within an answer stay an answer. A message of many
words is an answer unless all of it is something else. A line that could be either is `unclear`: it is asked about.
"""

import re
from dataclasses import dataclass, field

from domain.listening.acts import ANSWERING, BESIDE_ANSWERS, Act, Heard, Topic
from domain.listening.normal import MAX_PIECE_WORDS, Sentence, sentences_of, stripped, write_out
from domain.listening.phrasebook import ORDER, Phrasebook, phrasebook_for
from domain.listening.spelling import corrected
from domain.text.answers import injections, without_injections
from domain.text.tokens import detect_language, tokens

# A longer message is not searched for single cues, and a much longer one not for whole phrases either.
CUE_WORDS, WEAK_WORDS, MAX_WORDS = 14, 9, 150
# Fewer words in another language are a name or a term.
FOREIGN_WORDS = 4
# What people give a reason for, and how long the reason may be.
EXPLAINED = frozenset({Act.moment, Act.pause, Act.leave, Act.upset, Act.skips, Act.hostile, Act.asks_us})
MAX_EXPLANATION = 12
# As many words beside an order to the scorer are an answer of their own.
CONTENT_WORDS = 8

_CODE = re.compile(r"```|[{};]\s*$|[{}]|=>|==|\w\(\w*\)|^\s*(?:def|class|import|SELECT|INSERT|UPDATE|if not)\b|`[^`]+`")
_ORDINALS = {
    "first": 1, "1": 1, "ersten": 1, "erste": 1, "second": 2, "2": 2, "zweiten": 2, "zweite": 2,
    "third": 3, "3": 3, "dritten": 3, "dritte": 3, "fourth": 4, "4": 4, "vierten": 4,
}  # fmt: skip
_NAMES_QUESTION = re.compile(
    r"\b(first|second|third|fourth|ersten?|zweiten?|dritten?|vierten?|[1-4])\.? (?:question|answer|one|frage|antwort)\b"
    r"|\b(?:question|answer|frage|antwort) ([1-4])\b"
)
_NAMES_EARLIER = re.compile(r"\b(?:earlier|previous|before|last (?:question|answer)|vorhin|vorher\w*|vorigen?|letzten)\b")
# A clause that goes on telling: what stands before it is told as well.
_CONNECTED = re.compile(
    r"(?:so|and|but|then|which|deshalb|deswegen|also|und|aber|dann|seitdem|sondern|daher|wobei)\b(?! (?:can|could|may|kann|koennen|ich muss|i have|i need|i will|mache|geht))"
)
# Whether questions may be skipped is asked about all of them; skipping is about the one that is open.
_SEVERAL = re.compile(r"\b(?:questions|fragen)\b")
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")


@dataclass(slots=True)
class _Found:
    """What the pieces of a message were read as, while it is read."""

    acts: list[Act] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    explanations: list[str] = field(default_factory=list)
    content: list[Sentence] = field(default_factory=list)
    after_content: bool = False


def read_acts(text: str, language: str, open_question: str = "", *, in_role: bool = False) -> Heard:
    """What this message does in an interview in `language`, while this question is open.

    `in_role` says that the interview is a role play: questions are then put to the other person, not to us.
    """
    book = phrasebook_for(language)
    if injections(text):
        return _read_instruction(text, language, open_question, in_role)
    foreign = _foreign_language(text, language)
    if foreign:
        return _read_foreign(text, foreign)
    words = len(tokens(text))
    if words == 0:
        return Heard(acts=(Act.chats if _EMOJI.search(text) else Act.unclear,))
    if words > MAX_WORDS or _CODE.search(text):
        return Heard(acts=(Act.answers,), content=text)
    written = write_out(text, book)
    if book.corrects.match(text.casefold().strip()) or book.corrects.match(written):
        return _read_correction(text, written)
    if open_question and book.closed.match(_last_question(open_question, book)) and book.yes_no.match(written):
        return Heard(acts=(Act.answers,), content=text)
    if book.unclear.match(written):
        return Heard(acts=(Act.unclear,))
    found = _read_sentences(sentences_of(text, book), book)
    return _decide(text, written, found, book, open_question, in_role)


def _last_question(question: str, book: Phrasebook) -> str:
    return write_out(question.strip().rstrip("?").split(". ")[-1], book)


def _read_instruction(text: str, language: str, question: str, in_role: bool) -> Heard:
    """An order to the scorer. What stands beside it may still be an answer."""
    rest = without_injections(text).strip()
    if len(tokens(rest)) >= CONTENT_WORDS:
        beside = read_acts(rest, language, question, in_role=in_role)
        if beside.answers:
            return Heard(acts=(Act.instructs, Act.answers), content=rest)
    return Heard(acts=(Act.instructs,))


def _foreign_language(text: str, language: str) -> str | None:
    spoken = language.split("-")[0].lower()
    found = detect_language(text)
    if found is None or found == spoken:
        return None
    return found if len(tokens(text)) >= FOREIGN_WORDS else None


def _read_foreign(text: str, language: str) -> Heard:
    """A message in another language. A long one is an answer that people can still read."""
    acts: tuple[Act, ...] = (Act.other_language,)
    known = read_acts(text, language) if language in ("en", "de") else None
    if known is not None and not known.answers:
        acts = (Act.other_language, *(act for act in known.acts if act is not Act.unclear))
        return Heard(acts=acts, language=language, topic=known.topic, question=known.question)
    return Heard(acts=acts, language=language, content=text)


def _read_correction(text: str, written: str) -> Heard:
    named = _NAMES_QUESTION.search(written)
    if named:
        return Heard(
            acts=(Act.corrects,), content=text, earlier=_ORDINALS.get(named.group(1) or named.group(2))
        )
    return Heard(acts=(Act.corrects,), content=text, earlier=0 if _NAMES_EARLIER.search(written) else None)


def _read_sentences(parts: list[Sentence], book: Phrasebook) -> _Found:
    found = _Found()
    for sentence in parts:
        tells = any(_CONNECTED.match(piece) for piece in sentence.pieces[1:])
        whole = None if tells else _act_of(sentence.text, book)
        if whole is not None:
            _note(found, whole, sentence)
        elif not _read_pieces(sentence, found, book):
            found.content.append(sentence)
            found.after_content = True
    return found


def _read_pieces(sentence: Sentence, found: _Found, book: Phrasebook) -> bool:
    """Read a sentence piece by piece; False when some of it is an answer, and nothing is noted then."""
    if sentence.asks and _begins_question(sentence.text, book):
        found.questions.append(sentence.text)
        return True
    acts: list[Act] = []
    questions: list[str] = []
    loose: list[str] = []
    for piece in sentence.pieces:
        act = _act_of(piece, book)
        if act is not None:
            acts.append(act)
            if act is Act.asks_us:
                questions.append(piece)
        elif _is_filler(piece, book):
            continue
        elif (piece.endswith("?") or not (acts or loose)) and _is_question(piece, book):
            questions.append(piece)
        elif acts and book.explains.match(piece) or (not acts and not loose and book.explains.match(piece)):
            loose.append(piece)
        else:
            return False
    if loose and not (EXPLAINED & set(acts) and len(" ".join(loose).split()) <= MAX_EXPLANATION):
        return False
    found.acts += acts
    found.questions += questions
    found.explanations += loose
    return True


def _note(found: _Found, act: Act, sentence: Sentence) -> None:
    if act is Act.asks_us:
        found.questions.append(sentence.text)
    found.acts.append(act)


def _act_of(piece: str, book: Phrasebook) -> Act | None:
    """The act that this piece is, as a whole; None when it is none."""
    if len(piece.split()) > MAX_PIECE_WORDS:
        return None
    readings = stripped(piece, book)
    for reading in (*readings, *_corrected(readings, book)):
        if book.technical.match(reading):
            return Act.asks_us
        act = next((act for act in ORDER if book.whole[act].match(reading)), None)
        if act is Act.skips and reading.endswith("?") and _SEVERAL.search(reading):
            return Act.asks_us
        if act is not None:
            return act
        if book.asks.match(reading):
            return Act.asks_us
    return None


def _corrected(readings: list[str], book: Phrasebook) -> list[str]:
    fixed = [corrected(reading, book.language) for reading in readings]
    return [each for each in fixed if each not in readings]


def _is_filler(piece: str, book: Phrasebook) -> bool:
    """Whether nothing but filler words stands in this piece."""
    bare = piece.rstrip("?") + " x"
    while found := book.lead.match(bare):
        bare = bare[found.end() :]
    return bare == "x" or book.unclear.match(piece) is not None


def _is_question(piece: str, book: Phrasebook) -> bool:
    """Whether this piece asks something, with or without a question mark."""
    begins = _begins_question(piece, book)
    words = len(piece.split())
    if piece.endswith("?"):
        about = any(pattern.search(piece) for pattern in book.topics.values())
        return begins or (about and words <= 10)
    return begins and words <= 11


def _begins_question(text: str, book: Phrasebook) -> bool:
    if not text.endswith("?") and _CONNECTED.match(text):
        return False
    return any(book.question.match(reading) for reading in stripped(text, book))


def _decide(
    text: str, written: str, found: _Found, book: Phrasebook, open_question: str, in_role: bool
) -> Heard:
    if set(found.acts) <= {Act.chats}:
        found.acts = [] if found.questions else found.acts
    invited = in_role or bool(open_question and book.speech.search(write_out(open_question, book)))
    acts = set(found.acts)
    questions = found.questions
    if questions and not found.content and not (invited and not acts):
        acts.add(Act.asks_us)
    if in_role:
        acts.discard(Act.asks_us)
    if found.content or (questions and invited and not acts):
        return _with_content(text, written, found, acts, book)
    if not acts:
        # fillers and explanations alone: short ones could be anything
        short = len(written.split()) <= 3 and not found.explanations
        return Heard(acts=(Act.unclear,)) if short else Heard(acts=(Act.answers,), content=text)
    return _heard(acts, questions, book)


def _with_content(text: str, written: str, found: _Found, acts: set[Act], book: Phrasebook) -> Heard:
    """A message with words on the subject: an answer, unless a clear cue says what the few words are."""
    quoted = book.reported.search(written) is not None
    if len(written.split()) <= CUE_WORDS and not quoted and "quoted" not in written:
        cue = next((act for act, pattern in book.cues.items() if pattern.search(written)), None)
        if cue is not None:
            return _heard({cue}, found.questions, book)
        if len(written.split()) <= WEAK_WORDS and book.weak.search(written) and len(found.content) == 1:
            only = found.content[0].pieces
            if len(only) == 1:
                return Heard(acts=(Act.unclear,))
    content = " ".join(each.original for each in found.content) if acts else text
    if quoted:
        return Heard(acts=(Act.answers,), content=text)
    beside = {act for act in acts if act in BESIDE_ANSWERS}
    heard = _heard(beside | {Act.answers}, found.questions, book)
    return heard.model_copy(update={"content": content})


def _heard(acts: set[Act], questions: list[str], book: Phrasebook) -> Heard:
    """The acts in the order of reply; small talk falls away beside anything else."""
    if len(acts) > 1:
        acts = acts - {Act.chats}
    rank = {act: place for place, act in enumerate((*ORDER, Act.asks_us, *ANSWERING))}
    ordered = tuple(sorted(acts, key=lambda act: rank.get(act, len(rank))))
    if Act.asks_us not in acts:
        return Heard(acts=ordered)
    asked = " ".join(questions)
    return Heard(acts=ordered, topic=_topic_of(asked, book), question=asked)


def _topic_of(asked: str, book: Phrasebook) -> Topic:
    """What a question is about: the first topic in the phrasebook whose words it holds."""
    if any(book.asks.match(reading) for reading in stripped(asked, book)) and len(asked.split()) <= 8:
        return Topic.invited
    if any(book.technical.match(reading) for reading in stripped(asked, book)):
        return Topic.technical
    return next((topic for topic, pattern in book.topics.items() if pattern.search(asked)), Topic.other)
