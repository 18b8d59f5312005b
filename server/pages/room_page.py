"""The candidate's page as HTML, and its response headers. It only renders.

`state` is what `GET /join/{secret}/state` answers; the page carries it as JSON for its scripts.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from server.pages import texts
from server.pages.templates import TEMPLATES

ROOM_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The address is the key to the interview, so it must not reach other sites or caches.
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
}


def render_room(state: Mapping[str, Any], language: str) -> str:
    """The whole page in `language`, or in English when there is no catalog for it."""
    words = Words(texts.catalog_language(language))
    return TEMPLATES.get_template("room.html").render(
        state=state,
        t=words,
        language=words.language,
        texts=texts.catalog(words.language),
        choices={tag: words.name_of(tag) for tag in state["languages"]},
        total=state["duration_minutes"] + state["extra_minutes"],
        planned=_local_start(state["scheduled_at"], state["timezone"]),
    )


def page_language(state: Mapping[str, Any], requested: str | None) -> str:
    """The requested language if this interview offers it, else the interview's own."""
    if requested in state["languages"]:
        return str(requested)
    return str(state["language"])


class Words:
    """A page's texts for its template: `t("key", name=value)`. Values are escaped and isolated from the sentence."""

    def __init__(self, language: str, part: str = "") -> None:
        self.language = language
        self._part = part

    def __call__(self, key: str, **values: object) -> Markup:
        # Isolated, so that a right-to-left name cannot change the direction of the sentence.
        isolated = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
        return escape(texts.catalog(self.language, self._part)[key]).format_map(isolated)

    def plain(self, key: str, **values: object) -> str:
        """The text without markup, for attributes and the title."""
        return texts.catalog(self.language, self._part)[key].format_map(values)

    def minutes(self, minutes: int) -> str:
        return texts.plural(self.language, "minutes", minutes=minutes)

    def first(self, *keys: str) -> str:
        """The first of these keys that the catalog has."""
        return next(key for key in keys if key in texts.catalog(self.language))

    def name_of(self, tag: str) -> str:
        """The name of a language in that language, or its tag."""
        return texts.catalog(self.language).get(f"language.{tag}", tag)


def _local_start(scheduled_at: str | None, timezone: str) -> str | None:
    """The start in the candidate's time zone. The page's script replaces it with a friendlier form."""
    if scheduled_at is None:
        return None
    return datetime.fromisoformat(scheduled_at).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def gone_state(language: str = texts.FALLBACK) -> dict[str, Any]:
    """The state for a link without an interview. It says nothing about any interview."""
    return {
        "phase": "gone",
        "language": language,
        "languages": list(texts.languages()),
        "workspace": None,
        "contact": None,
        "candidate": "",
        "role": None,
        "stage": None,
        "duration_minutes": 0,
        "extra_minutes": 0,
        "timed": True,
        "mode": None,
        "scheduled_at": None,
        "timezone": "UTC",
        "interviewer": None,
        "ai_notice": {"method": "rules"},
        "consent": {"version": None, "given": False, "model": None, "moves_on": False},
        "left_seconds": None,
        "paused": False,
        "last_seq": 0,
        "code_languages": [],
        "ended": None,
        "feedback": {"due": False, "lines": None},
    }
