"""What people read on the pages, in every language we ship: one JSON catalog per language in `web/texts`.

A new language is one more file there and in `web/texts/report`; `tests/server/pages/test_texts.py` says whether
it is complete.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import orjson

FALLBACK = "en"
_FOLDER = files("server") / "web" / "texts"


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalog, English first."""
    names = {entry.name.removesuffix(".json") for entry in _FOLDER.iterdir() if entry.name.endswith(".json")}
    return (FALLBACK, *sorted(names - {FALLBACK}))


def spoken(wanted: str) -> str:
    """The catalog for a language tag: its own, that of its main language (`de` for `de-AT`), or English."""
    tag = wanted.lower()
    return next((known for known in (tag, tag.split("-")[0]) if known in languages()), FALLBACK)


@cache
def catalog(language: str, part: str = "") -> Mapping[str, str]:
    """Every text in this language; what it lacks is there in English. `part`: a page with a catalog of its own."""
    return _read(FALLBACK, part) | _read(spoken(language), part)


def text(language: str, key: str, **values: object) -> str:
    """One text with its blanks filled; an unknown key is a `KeyError`. The result is plain text: escape it."""
    return catalog(language)[key].format_map(values)


def counted(language: str, key: str, **number: int) -> str:
    """A text with one number, in the form that the number asks for: `key.one` or `key.other`."""
    ((_, n),) = number.items()
    return text(language, f"{key}.{'one' if n == 1 else 'other'}", **number)


def _read(language: str, part: str) -> dict[str, str]:
    loaded: dict[str, str] = orjson.loads((_FOLDER / part / f"{language}.json").read_bytes())
    return loaded
