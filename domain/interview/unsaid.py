"""What was said before, so that no sentence stands twice: sentences compared by their words alone."""

from collections.abc import Iterable

from domain.text.tokens import sentences, tokens


def shape(sentence: str) -> str:
    """The words of a sentence in lower case, without its marks."""
    return " ".join(tokens(sentence))


def shapes(text: str) -> frozenset[str]:
    """The shapes of all sentences of a text."""
    return frozenset(each for _, sentence in sentences(text) if (each := shape(sentence)))


def is_unsaid(text: str, said: frozenset[str]) -> bool:
    """Whether no sentence of this text was said before."""
    return not shapes(text) & said


def first_unsaid(options: Iterable[str], said: frozenset[str]) -> str:
    """The first of these of which no sentence was said before; empty when there is none left."""
    return next((option for option in options if is_unsaid(option, said)), "")


def is_fresh_start(text: str, said: frozenset[str]) -> bool:
    """Whether no sentence said before begins with one of this text, which something else is to follow."""
    return not any(old.startswith(new) for new in shapes(text) for old in said)
