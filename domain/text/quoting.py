"""People's text inside of our sentences: short, quoted, and without what hides text or makes a link in a chat."""

import re

_MAX_CHARACTERS = 80
# Brackets and backticks make links and code in a chat. Control and direction characters hide text.
_UNSAFE = re.compile(r"[\[\]<>`\\]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_URL_START = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|javascript:|data:|www\.)", re.I)


def one_line(text: str) -> str:
    """A person's text on one line that a chat renders as it is."""
    return " ".join(_UNSAFE.sub(" ", _URL_START.sub("", text)).split())


def quoted(text: str) -> str:
    """The same as a short quotation."""
    line = one_line(text)
    return f"“{line if len(line) <= _MAX_CHARACTERS else line[:_MAX_CHARACTERS] + '…'}”"
