"""The texts of the pages: one JSON catalog for each language in `web/texts`.

A new language is one more file there and one in `web/texts/report`. `tests/server/pages/test_texts.py` checks that
they are complete.
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


def catalog_language(language: str) -> str:
    """The language of the catalog for a tag: the tag, its main language (`de` for `de-AT`), or English."""
    lowered = language.lower()
    return next(
        (candidate for candidate in (lowered, lowered.split("-")[0]) if candidate in languages()), FALLBACK
    )


@cache
def catalog(language: str, part: str = "") -> Mapping[str, str]:
    """All texts in this language, with English for missing ones. `part` names a page with its own catalog."""
    return _read(FALLBACK, part) | _read(catalog_language(language), part)


def text(language: str, key: str, **values: object) -> str:
    """One text with its placeholders filled in. The result is plain text: escape it. `KeyError` for an unknown key."""
    return catalog(language)[key].format_map(values)


def plural(language: str, key: str, **number: int) -> str:
    """A text with one number, in its singular or plural form: `key.one` or `key.other`."""
    ((_, n),) = number.items()
    return text(language, f"{key}.{'one' if n == 1 else 'other'}", **number)


def _read(language: str, part: str) -> dict[str, str]:
    loaded: dict[str, str] = orjson.loads((_FOLDER / part / f"{language}.json").read_bytes())
    return loaded
