"""The candidate's page as HTML, and the headers it is sent with. Only rendering: no request, no session, no rule.

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
    # the address is the key to the interview: it must not travel, and must not lie in a cache
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
}


def render_room(state: Mapping[str, Any], language: str) -> str:
    """The whole page, worded in `language` (or in English where there is no catalog for it)."""
    words = Words(texts.spoken(language))
    return TEMPLATES.get_template("room.html").render(
        state=state,
        t=words,
        language=words.language,
        texts=texts.catalog(words.language),
        choices={tag: words.name_of(tag) for tag in state["languages"]},
        total=state["duration_minutes"] + state["extra_minutes"],
        planned=_planned(state["scheduled_at"], state["timezone"]),
    )


def page_language(state: Mapping[str, Any], wished: str | None) -> str:
    """The language to show: what the address asks for if this interview offers it, else the interview's own."""
    if wished in state["languages"]:
        return str(wished)
    return str(state["language"])


class Words:
    """A page's catalog as its template asks for it: `t("key", name=value)`, values set apart from the sentence."""

    def __init__(self, language: str, part: str = "") -> None:
        self.language = language
        self._part = part

    def __call__(self, key: str, **values: object) -> Markup:
        # isolated, so that a name written from right to left cannot turn the sentence around it
        apart = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
        return escape(texts.catalog(self.language, self._part)[key]).format_map(apart)

    def plain(self, key: str, **values: object) -> str:
        """For attributes and the title, where there is no markup."""
        return texts.catalog(self.language, self._part)[key].format_map(values)

    def minutes(self, minutes: int) -> str:
        return texts.counted(self.language, "minutes", minutes=minutes)

    def first(self, *keys: str) -> str:
        """The first of these keys that there is a text for."""
        return next(key for key in keys if key in texts.catalog(self.language))

    def name_of(self, tag: str) -> str:
        """A language by its own name, or its tag."""
        return texts.catalog(self.language).get(f"language.{tag}", tag)


def _planned(scheduled_at: str | None, timezone: str) -> str | None:
    """The start as the candidate's wall clock shows it; the page's script words it more kindly."""
    if scheduled_at is None:
        return None
    return datetime.fromisoformat(scheduled_at).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def gone_state(language: str = texts.FALLBACK) -> dict[str, Any]:
    """The state of a link that leads nowhere: nothing is told about any interview."""
    return {
        "phase": "gone",
        "language": language,
        "languages": list(texts.languages()),
        "workspace": None,
        "contact": None,
        "role": None,
        "stage": None,
        "duration_minutes": 0,
        "extra_minutes": 0,
        "mode": None,
        "scheduled_at": None,
        "timezone": "UTC",
        "interviewer": None,
        "ai_notice": {"method": "rules"},
        "consent": {"version": None, "given": False},
        "left_seconds": None,
        "paused": False,
        "last_seq": 0,
        "code_languages": [],
        "ended": None,
        "feedback": {"due": False, "lines": None},
    }
