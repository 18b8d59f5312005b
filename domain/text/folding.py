"""Text as searches compare it: without case, and in one form of each letter."""

from unicodedata import normalize

# Turkish writes i with and without a dot; casefolding leaves marks that nobody types.
_ONE_I = str.maketrans({"\u0131": "i", "\u0307": None})


def fold(text: str) -> str:
    """`MÜLLER`, `Müller` in one or two characters a letter, and `müller` become the same; so do `ß` and `ss`.

    Accents count: `Muller` is another name. Wide and other compatibility forms become the plain letter.
    """
    folded = normalize("NFKC", normalize("NFKD", text).casefold())
    return folded.translate(_ONE_I)


def search_text(name: str, email: str, external_id: str | None) -> str:
    """What `search` looks into, one value a line so that nothing is found across two."""
    return "\n".join(fold(value) for value in (name, email, external_id or ""))
