"""What one piece of a message is: an act as a whole, a question, a filler, or the reason given for an act."""

import re

from domain.listening.acts import Act, Topic
from domain.listening.normal import MAX_PIECE_WORDS, stripped, write_out
from domain.listening.phrasebook import ORDER, Phrasebook
from domain.listening.spelling import corrected

# A question without its mark is short; one that only names a topic is shorter.
UNMARKED_WORDS, NAMED_WORDS, INVITED_WORDS = 11, 10, 8

# A clause that goes on telling: what stands before it is told as well.
_CONNECTED = re.compile(
    r"(?:so|and|but|then|which|deshalb|deswegen|also|und|aber|dann|seitdem|sondern|daher|wobei)\b"
    r"(?! (?:can|could|may|kann|koennen|ich muss|i have|i need|i will|mache|geht))"
)
# After these German words the verb comes first, and nothing is asked.
_INVERTS = re.compile(r"\b(?:da|dann|so|eigentlich|vielleicht|irgendwie|gerade|momentan|leider|uebrigens) $")
# A German sentence without its "ich" begins with the verb as a question does: "habe ein Skript geschrieben".
_WITHOUT_I = re.compile(
    r"(?:habe|hatte|mache|machte|brauche|bekomme|kriege|war)\b(?! (?:ich|das|es|er|sie|man)\b)"
)
# Whether questions may be skipped is asked about all of them; skipping is about the one that is open.
_SEVERAL = re.compile(r"\b(?:questions|fragen)\b")


def goes_on_telling(piece: str) -> bool:
    """Whether this piece continues a tale: `so I …`, `and then …`."""
    return _CONNECTED.match(piece) is not None


def act_of(piece: str, book: Phrasebook) -> Act | None:
    """The act that this piece is, as a whole; None when it is none."""
    if len(piece.split()) > MAX_PIECE_WORDS:
        return None
    readings = stripped(piece, book)
    fixed = [corrected(reading, book.language) for reading in readings]
    for reading in (*readings, *(each for each in fixed if each not in readings)):
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


def is_filler(piece: str, book: Phrasebook) -> bool:
    """Whether nothing but filler words stands in this piece."""
    bare = piece.rstrip("?") + " x"
    while found := book.lead.match(bare):
        bare = bare[found.end() :]
    return bare == "x" or book.unclear.match(piece) is not None


def is_question(piece: str, book: Phrasebook) -> bool:
    """Whether this piece asks something, with or without a question mark."""
    begins = begins_question(piece, book)
    words = len(piece.split())
    if piece.endswith("?"):
        about = any(pattern.search(piece) for pattern in book.topics.values())
        return begins or (about and words <= NAMED_WORDS)
    return begins and words <= UNMARKED_WORDS


def begins_question(text: str, book: Phrasebook) -> bool:
    """Whether a text begins as questions do: more words do so where a question mark ends it."""
    begins = book.question_words if text.endswith("?") else book.question
    if not text.endswith("?") and (_CONNECTED.match(text) or _WITHOUT_I.match(text)):
        return False
    return any(
        begins.match(reading) and not _INVERTS.search(text[: text.find(reading)])
        for reading in stripped(text, book)
    )


def topic_in(asked: str, book: Phrasebook) -> Topic:
    """What a question is about: the first topic in the phrasebook whose words it holds."""
    written = write_out(asked, book)
    readings = stripped(written, book)
    if len(written.split()) <= INVITED_WORDS and any(book.asks.match(reading) for reading in readings):
        return Topic.invited
    if any(book.technical.match(reading) for reading in readings):
        return Topic.technical
    return next((topic for topic, pattern in book.topics.items() if pattern.search(written)), Topic.other)


def topics_in(asked: str, book: Phrasebook) -> frozenset[Topic]:
    """Every topic in the phrasebook whose words a question holds."""
    written = write_out(asked, book)
    return frozenset(topic for topic, pattern in book.topics.items() if pattern.search(written))
