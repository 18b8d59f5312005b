"""Messages in another language than the interview's, also those that are too short for a guess by words."""

import re
import tomllib
import unicodedata
from functools import cache

from domain.listening.acts import Act
from domain.listening.normal import sentences_of
from domain.listening.phrasebook import FOLDER, LANGUAGES, Phrasebook, phrasebook_for
from domain.listening.pieces import act_of, is_filler
from domain.text.tokens import detect_language, script_language, tokens

# Fewer words in another language are a name or a term, unless they are one of the lines that people fall back on.
FOREIGN_WORDS = 4
# Such lines are no longer than this.
SHORT_LINE_WORDS = 8

_NOT_LETTERS = re.compile(r"[\W_]+")
# Letters that no decomposition takes the accent off.
_PLAIN = str.maketrans({"ł": "l", "\u0131": "i", "ß": "ss"})


def foreign_language(text: str, language: str) -> str | None:
    """The other language that a message is in; None for the interview's own and for what is too short to tell.

    Another alphabet tells at any length.
    """
    own = language.split("-")[0].lower()
    if (written := script_language(text)) is not None:
        return written if written != own else None
    found = detect_language(text)
    return found if found not in (None, own) and len(tokens(text)) >= FOREIGN_WORDS else None


def short_foreign_line(text: str, book: Phrasebook) -> tuple[str, tuple[Act, ...]] | None:
    """The language and acts of a short line in another language that is no answer; None for anything else.

    Weights are not asked: only a whole line that is known says something here, so terms and names stay answers.
    """
    if len(tokens(text)) > SHORT_LINE_WORDS:
        return None
    plain = _plain(text)
    for language, acts in _short_lines().items():
        for act, pattern in acts.items():
            if pattern.fullmatch(plain):
                return language, (act,)
    for language in LANGUAGES:
        if language != book.language and (found := _acts_in(text, phrasebook_for(language))):
            return language, found
    return None


def _acts_in(text: str, book: Phrasebook) -> tuple[Act, ...]:
    """The acts of a text all of whose sentences are known; empty if any of it is something else."""
    acts: list[Act] = []
    for sentence in sentences_of(text, book):
        whole = act_of(sentence.text, book)
        pieces = [whole] if whole else [act_of(piece, book) for piece in sentence.pieces]
        if not all(
            act or is_filler(piece, book) for act, piece in zip(pieces, sentence.pieces, strict=False)
        ):
            return ()
        acts += [act for act in pieces if act is not None]
    return tuple(dict.fromkeys(acts))


def _plain(text: str) -> str:
    """The words of a line in lower case, without accents."""
    low = unicodedata.normalize("NFD", text.casefold().translate(_PLAIN))
    bare = "".join(char for char in low if not unicodedata.combining(char))
    return _NOT_LETTERS.sub(" ", bare).strip()


@cache
def _short_lines() -> dict[str, dict[Act, re.Pattern[str]]]:
    data = tomllib.loads((FOLDER / "short_lines.toml").read_text(encoding="utf-8"))
    return {
        language: {Act(name): re.compile(f"(?:{pattern})") for name, pattern in acts.items()}
        for language, acts in data.items()
    }
