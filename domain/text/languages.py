"""Interview languages: a tag such as `en` or `pt-BR`, or the name people say for it (contract 3.2, C5)."""

import re

from pydantic_core import PydanticCustomError

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
# The documentation lists languages by name and gives no code: both are understood.
_BY_NAME = {
    "english": "en",
    "japanese": "ja",
    "hindi": "hi",
    "spanish": "es",
    "german": "de",
    "french": "fr",
    "italian": "it",
    "portuguese": "pt",
    "dutch": "nl",
    "polish": "pl",
    "turkish": "tr",
    "arabic": "ar",
    "chinese": "zh",
    "korean": "ko",
    "russian": "ru",
    "ukrainian": "uk",
}


def language_tag(text: str) -> str:
    """The tag for what was said, in its usual case, or a pydantic error for its field."""
    said = text.strip()
    tag = _BY_NAME.get(said.casefold(), said.replace("_", "-"))
    if not _TAG.fullmatch(tag):
        raise PydanticCustomError("language", "Give a language tag such as en, ja or pt-BR.")
    language, *rest = tag.split("-")
    return "-".join([language.lower(), *map(_cased, rest)])


def _cased(part: str) -> str:
    """Regions are written in capitals, scripts with one, the rest small."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
