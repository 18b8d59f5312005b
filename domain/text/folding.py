"""Text as searches compare it: without case, and in one form of each letter."""

import re
from unicodedata import normalize

# Turkish writes i with and without a dot; casefolding leaves marks that nobody types.
_ONE_I = str.maketrans({"\u0131": "i", "\u0307": None})


def fold(text: str) -> str:
    """`MÜLLER`, `Müller` in one or two characters a letter, and `müller` become the same; so do `ß` and `ss`.

    Accents count: `Muller` is another name. Wide and other compatibility forms become the plain letter.
    """
    folded = normalize("NFKC", normalize("NFKD", text).casefold())
    return folded.translate(_ONE_I)


# An accent on a letter. Marks of other scripts are vowels or make another letter, and stay.
_ACCENTS = re.compile("(?<=[^\\W\\d_])[\u0300-\u036f]+")


def reference_key(name: str) -> str:
    """The form in which a name that stands for one record is compared: without case, accents and extra space.

    Wide and other compatibility forms become the plain letter. Everything else counts: punctuation, the order of
    words, letters of another script that look alike, and characters without width.
    """
    plain = _ACCENTS.sub("", normalize("NFKD", normalize("NFKD", name).casefold()))
    return " ".join(normalize("NFKC", plain).translate(_ONE_I).split())


def search_text(name: str, email: str, external_id: str | None) -> str:
    """What `search` looks into, one value a line so that nothing is found across two."""
    return "\n".join(fold(value) for value in (name, email, external_id or ""))
