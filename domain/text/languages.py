"""Interview languages: a tag such as `en` or `pt-BR`, or the language's English name (contract 3.2, C5).

The one table of names is here: what requests understand, and what remarks and prompts call a language.
"""

import re

from pydantic_core import PydanticCustomError

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
# The contract lists languages by name and gives no codes: both are accepted.
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
_NAMES = {tag: name.capitalize() for name, tag in _BY_NAME.items()}


def language_tag(text: str) -> str:
    """The tag for this tag or name, in its usual case; `PydanticCustomError` when it is neither."""
    given = text.strip()
    tag = _BY_NAME.get(given.casefold(), given.replace("_", "-"))
    if not _TAG.fullmatch(tag):
        raise PydanticCustomError("language", "Give a language tag such as en, ja or pt-BR.")
    language, *rest = tag.split("-")
    return "-".join([language.lower(), *map(_subtag, rest)])


def language_name(tag: str) -> str:
    """The English name of a tag's language; the tag itself where no name is known."""
    return _NAMES.get(tag.split("-")[0].lower(), tag)


def _subtag(part: str) -> str:
    """A subtag in its usual case: regions in capitals, scripts with one capital, others in lower case."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
