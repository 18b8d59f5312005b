"""Messages as the patterns compare them: sentences, pieces up to a comma, clipped forms written out."""

import re
from dataclasses import dataclass

from domain.listening.phrasebook import Phrasebook
from domain.text.tokens import fold_confusables

# A longer piece is read as the words of an answer.
MAX_PIECE_WORDS = 26

_QUOTED = re.compile(
    '["\u201c\u201e\u00ab\u00bb\u201d]([^"\u201c\u201d\u201e\u00ab\u00bb\n]{1,200})["\u201d\u201c\u00bb\u00ab]'
)
_ABBREVIATED = (
    (re.compile(r"\be\. ?g\.?(?=\W|$)", re.I), "eg"),
    (re.compile(r"\bz\. ?b\.?(?=\W|$)", re.I), "zb"),
)
_NO_IDEA = re.compile(r"^\W*k\. ?a\.?\W*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?:[.!?\u2026]+(?=\s|$)|[!?\u2026]+|;|\n)+")
_PIECE_END = re.compile(r"(?<!\d),|,(?!\d)|:(?=\s|$)|\s[-\u2013\u2014]+\s|\u2014|\(|\)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NOT_WORDS = re.compile(r"[^\w\s'*#+%?]|_")
_NEGATED = re.compile(r"\b(\w+?)n't\b")
_ENDINGS = (("'m", " am"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"))
_IS = re.compile(
    r"\b(what|that|it|where|who|how|when|there|here|name|he|she|everything|why|someone|somebody|nobody|phone|page)'s\b"
)
_STRETCHED = re.compile(r"([a-z])\1{3,}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: as it was typed, as one piece for matching, and as its pieces."""

    original: str
    text: str
    pieces: tuple[str, ...]
    asks: bool


def sentences_of(text: str, book: Phrasebook) -> list[Sentence]:
    """The sentences of a message that have any words."""
    shown = fold_confusables(text).replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")
    if _NO_IDEA.match(shown):
        shown = "ka"
    for pattern, short in _ABBREVIATED:
        shown = pattern.sub(short, shown)
    shown = _QUOTED.sub(" quoted ", shown)
    found: list[Sentence] = []
    start = 0
    for end in _SENTENCE_END.finditer(shown):
        found.append(_sentence(shown[start : end.start()], "?" in end.group(), book))
        start = end.end()
    found.append(_sentence(shown[start:], False, book))
    return [each for each in found if each.text.strip("?* ")]


def _sentence(original: str, asks: bool, book: Phrasebook) -> Sentence:
    parts = [part for raw in _PIECE_END.split(original) if (part := write_out(raw, book))]
    mark = "?" if asks else ""
    if parts:
        parts[-1] += mark
    return Sentence(original.strip() + mark, write_out(original, book) + mark, tuple(parts), asks)


def write_out(text: str, book: Phrasebook) -> str:
    """The words of a text in lower case, without punctuation, contractions and clipped forms written out."""
    straight = text.casefold().translate(_UMLAUTS).replace("\u2019", "'").replace("\u2018", "'")
    low = _STRETCHED.sub(r"\1\1", _NOT_WORDS.sub(" ", straight))
    if book.language == "de":
        # "geht's" is "gehts"
        low = low.replace("'", "")
    if book.language == "en" and "'" in low:
        low = low.replace("can't", "can not").replace("won't", "will not").replace("let's", "let us")
        low = _NEGATED.sub(r"\1 not", low)
        for ending, full in _ENDINGS:
            low = low.replace(ending, full)
        low = _IS.sub(r"\1 is", low)
    words = [word.strip("'?") for word in low.split()]
    return " ".join(book.words.get(word, word) for word in words if word)


def stripped(piece: str, book: Phrasebook) -> list[str]:
    """The piece, and what is left of it without filler words around it: the whole piece first."""
    mark = "?" if piece.endswith("?") else ""
    heads = [piece.rstrip("?")]
    while len(heads) < 8 and (found := book.lead.match(heads[-1])):
        heads.append(heads[-1][found.end() :])
    readings: list[str] = []
    for head in heads:
        readings.append(head + mark)
        for _ in range(5):
            shorter = book.tail.sub("", head)
            if shorter == head:
                break
            head = shorter
            readings.append(head + mark)
    return list(dict.fromkeys(readings))
