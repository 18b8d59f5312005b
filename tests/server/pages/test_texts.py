"""The text catalogs: every language has the same keys and placeholders, and the pages use exactly these keys."""

import re
from pathlib import Path

import orjson
import pytest

from domain.scoring.decision import OUTCOME_WORDS, Confidence
from domain.scoring.findings import Method, Status
from domain.scoring.highlights import PointKind
from domain.sessions.lifecycle import SessionStatus
from domain.text.answers import FlagKind
from domain.vocabulary import SessionMode
from server.pages import texts

WEB = Path(__file__).parents[3] / "server" / "web"
# keys that are put together from a word the server uses
_AREAS = ("mode.", "case.", "programming.", "end.", "line.", "clock.left.", "minutes.", "language.")
_ASKING = ("leave.", "submit.")


def _own(language: str, part: str = "") -> dict[str, str]:
    loaded: dict[str, str] = orjson.loads((WEB / "texts" / part / f"{language}.json").read_bytes())
    return loaded


def _blanks(words: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words))


@pytest.mark.parametrize("part", ["", "report"])
@pytest.mark.parametrize("language", texts.languages())
def test_a_language_has_every_text_with_the_same_blanks(language: str, part: str) -> None:
    english, own = _own(texts.FALLBACK, part), _own(language, part)
    assert list(own) == list(english)
    assert {key: _blanks(words) for key, words in own.items()} == {
        key: _blanks(words) for key, words in english.items()
    }
    assert all(words.strip() == words and words for words in own.values())


def test_the_page_asks_only_for_texts_that_there_are_and_leaves_none_unused() -> None:
    sources = [
        WEB.parent / "app.py",
        WEB / "templates" / "room.html",
        *(WEB / "static" / "room").glob("*.js"),
    ]
    asked = "\n".join(path.read_text() for path in sources)
    named = set(re.findall(r"[\"`]([a-z]+(?:\.[a-z]+)+)[\"`]", asked))
    known = set(_own(texts.FALLBACK))
    composed = {key for key in known if key.startswith(_AREAS + _ASKING)}
    areas = {key.split(".")[0] for key in known}
    asked_for = {name for name in named if name.split(".")[0] in areas and not name.endswith(".js")}
    assert asked_for - known - {"clock.left"} == set()
    assert known - named - composed == set()


def test_the_report_asks_only_for_texts_that_there_are_and_leaves_none_unused() -> None:
    asked = (WEB / "templates" / "report.html").read_text() + (WEB.parent / "pages" / "report.py").read_text()
    known = set(_own(texts.FALLBACK, "report"))
    # put together from a code of the scorecard's
    areas = (
        "mode.",
        "status.",
        "confidence.",
        "method.",
        "word.",
        "reason.",
        "rule.",
        "flag.",
        "speaker.",
        "open.",
    )
    named = set(re.findall(r"[\"]([a-z_]+(?:\.[a-z_]+)*)[\"]", asked))
    assert {key for key in known - named if not key.startswith(areas)} == set()
    for enum in (FlagKind, Status, Confidence, Method, SessionMode, SessionStatus):
        area = {"FlagKind": "flag", "SessionMode": "mode", "SessionStatus": "status"}.get(
            enum.__name__, enum.__name__.lower()
        )
        assert {f"{area}.{each.value}" for each in enum} <= known
    assert {f"open.{kind.value}" for kind in PointKind} <= known
    assert {f"word.{word}" for both in OUTCOME_WORDS.values() for word in both} <= known


@pytest.mark.parametrize(("tag", "spoken"), [("de", "de"), ("de-AT", "de"), ("EN-gb", "en"), ("hi", "en")])
def test_a_language_without_a_catalog_is_answered_in_english(tag: str, spoken: str) -> None:
    assert texts.catalog_language(tag) == spoken
    assert texts.text(tag, "talk.you") == _own(spoken)["talk.you"]


def test_one_minute_is_written_in_the_singular() -> None:
    assert texts.plural("en", "minutes", minutes=1) == "1 minute"
    assert texts.plural("de", "minutes", minutes=2) == "2 Minuten"


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert texts.text("en", "talk.says", interviewer="{x}", text="{0}") == "{x}: {0}"
