"""Typing errors in short phrases: a word that is one slip away from a word of the phrasebook is read as that word.

Only a reading that matches a whole phrase uses the corrected words, so a wrong guess changes nothing.
"""

from functools import lru_cache

from domain.listening.phrasebook import phrasebook_for
from domain.text.tokens import STOP_WORDS

MIN_LETTERS, LONG_LETTERS = 5, 8


def corrected(piece: str, language: str) -> str:
    """The piece with its misspelt words corrected; the same text when there is none."""
    words = piece.rstrip("?").split()
    fixed = " ".join(_correct(word, language) for word in words)
    return fixed + ("?" if piece.endswith("?") else "")


@lru_cache(maxsize=4096)
def _correct(word: str, language: str) -> str:
    book = phrasebook_for(language)
    known = book.spelling
    if len(word) < MIN_LETTERS or not word.isalpha() or word in known or word in STOP_WORDS[book.language]:
        return word
    most = 2 if len(word) >= LONG_LETTERS else 1
    near = [
        (slips, other)
        for other in known
        if abs(len(other) - len(word)) <= most and (slips := _slips(word, other, most)) <= most
    ]
    return min(near)[1] if near else word


def _slips(one: str, other: str, most: int) -> int:
    """The number of letters left out, added, changed or swapped; more than `most` when it is higher."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]
