"""What Viva's mails say. Pure text: no HTML, no transport. Every value that people wrote is data.

A text is a list of paragraphs; a `Link` paragraph is shown as a button where that is possible.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.message_texts import CATALOG, TEXTS
from domain.outgoing import MailKind

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A paragraph that is an address to follow."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MailText:
    """A subject, a greeting and paragraphs."""

    subject: str
    language: str
    paragraphs: tuple[str | Link, ...]

    def plain(self) -> str:
        """The whole text for a reader without HTML."""
        lines = [f"{part.label}:\n{part.url}" if isinstance(part, Link) else part for part in self.paragraphs]
        return "\n\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Occasion:
    """A session as a mail about it needs it."""

    workspace: str
    participant: str
    role: str
    stage: str
    duration_minutes: int
    scheduled_at: datetime
    timezone: str
    language: str
    join_url: str
    contact: str | None = None
    result_url: str | None = None
    outcome: str | None = None


def one_line(text: str, most: int = 120) -> str:
    """Text that somebody wrote, safe in a header and in a sentence: one line, no controls, not too long."""
    line = " ".join(_CONTROLS.sub(" ", text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def language_of(tag: str) -> str:
    """The language of our own texts that fits best: the tag's own, else English."""
    primary = tag.split("-")[0].lower()
    return primary if primary in CATALOG else "en"


def when(moment: datetime, zone: str, language: str) -> str:
    """A moment as a person in `zone` reads it, and in UTC: `Tuesday, 2 June 2026, 10:00 (Europe/Berlin, UTC+2)`."""
    texts = CATALOG[language]
    local = moment.astimezone(ZoneInfo(zone))
    universal = moment.astimezone(ZoneInfo("UTC"))
    shown = _moment(local, texts)
    if zone == "UTC":
        return f"{shown} (UTC)"
    return f"{shown} ({zone}, {_offset(local)}) = {universal:%Y-%m-%d %H:%M} UTC"


def compose(kind: MailKind, occasion: Occasion) -> MailText:
    """The text of a mail of this kind."""
    language = language_of(occasion.language)
    texts = CATALOG[language]
    values = _values(occasion, language)
    subject, keys = TEXTS[kind]
    paragraphs: list[str | Link] = []
    for key in keys:
        if key == "join_link":
            paragraphs.append(Link(texts["join_label"], occasion.join_url))
        elif key == "result_link":
            paragraphs.append(Link(texts["result_label"], occasion.result_url or ""))
        elif key != "contact" or occasion.contact:
            paragraphs.append(texts[key].format_map(values))
    return MailText(one_line(texts[subject].format_map(values), 180), language, tuple(paragraphs))


def _values(occasion: Occasion, language: str) -> dict[str, Any]:
    return {
        "workspace": one_line(occasion.workspace),
        "name": one_line(occasion.participant),
        "role": one_line(occasion.role),
        "stage": one_line(occasion.stage),
        "minutes": occasion.duration_minutes,
        "when": when(occasion.scheduled_at, occasion.timezone, language),
        "contact": one_line(occasion.contact or ""),
        "outcome": one_line(occasion.outcome or ""),
    }


def _moment(local: datetime, texts: dict[str, str]) -> str:
    return texts["moment"].format(
        weekday=texts["weekdays"].split()[local.weekday()],
        day=local.day,
        month=texts["months"].split()[local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
    )


def _offset(local: datetime) -> str:
    """`UTC+2`, `UTC+5:45`: it tells the two readings of an hour that a clock change repeats apart."""
    minutes = int((local.utcoffset() or ZoneInfo("UTC").utcoffset(local)).total_seconds() // 60)  # type: ignore[union-attr]
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
