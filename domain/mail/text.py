"""What Viva's mails say. Pure text: no HTML, no transport. Every value that people wrote is data.

A text is a list of paragraphs; a `Link` paragraph is shown as a button where that is possible.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.mail.catalog import CATALOG, NOTICES, TEXTS, Notice
from domain.sessions.mail_status import MailKind

# Controls, line and paragraph separators, marks that turn the writing direction, invisible blanks, halves of a
# character. The joiners stay: words of Persian, of Hindi and many emoji are written with them.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]+"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A paragraph that is an address to follow."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MailText:
    """A subject, a greeting and paragraphs; the preheader is what a list of mails shows beside the subject."""

    subject: str
    language: str
    paragraphs: tuple[str | Link, ...]
    preheader: str = ""

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
    # whether a person reads what is answered to the mail; who may be written to reads it too
    answered: bool = False


def one_line(text: str, most: int = 120) -> str:
    """Text that somebody wrote, safe in a header and in a sentence: one line, no controls, not too long."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
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
    subject, keys = TEXTS[kind]
    return _filled(subject, keys, occasion, _values(occasion, language), language)


def notify(notice: Notice, occasion: Occasion, *, leaves_at: datetime | None = None) -> MailText:
    """What whoever asked for an interview is told about its mail; `leaves_at` is when a held one leaves.

    In `occasion.language` and `occasion.timezone`: those of the reader, who need not be the participant's.
    """
    language = language_of(occasion.language)
    subject, keys = NOTICES[notice]
    values = _values(occasion, language)
    values["leaves_at"] = when(leaves_at, occasion.timezone, language) if leaves_at else ""
    return _filled(subject, keys, occasion, values, language)


def endpoint_given_up(workspace: str, url: str, since: datetime, language: str = "en") -> MailText:
    """What a workspace is told when one of its webhook endpoints was disabled."""
    texts = CATALOG[language_of(language)]
    values = {
        "workspace": one_line(workspace),
        "url": one_line(url, 200),
        "since": when(since, "UTC", language_of(language)),
    }
    said = texts["given_up"].format_map(values)
    return MailText(
        one_line(texts["given_up_subject"].format_map(values), 180),
        language_of(language),
        (said, texts["given_up_next"]),
        one_line(said, 140),
    )


def _filled(
    subject: str, keys: tuple[str, ...], occasion: Occasion, values: dict[str, Any], language: str
) -> MailText:
    texts = CATALOG[language]
    paragraphs = tuple(part for key in keys if (part := _paragraph(key, occasion, texts, values)) is not None)
    # the time, where there is one to keep: it is what people look for in a list of mails
    first = "when" if "when" in keys else next(key for key in keys if key != "hello")
    return MailText(
        one_line(texts[subject].format_map(values), 180),
        language,
        paragraphs,
        one_line(texts[first].format_map(values), 140),
    )


def _paragraph(
    key: str, occasion: Occasion, texts: dict[str, str], values: dict[str, Any]
) -> str | Link | None:
    """One paragraph, or None when there is nothing to say in it."""
    if key == "join_link":
        return Link(texts["join_label"], occasion.join_url)
    if key == "result_link":
        return Link(texts["result_label"], occasion.result_url) if occasion.result_url else None
    if key == "contact" and not occasion.contact:
        return None
    if key == "human" and not (occasion.contact or occasion.answered):
        key = "human_by_link"  # nobody would read an answer
    return texts[key].format_map(values)


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
    offset = local.utcoffset() or timedelta()
    hours, rest = divmod(round(abs(offset).total_seconds() / 60), 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours}" + (f":{rest:02d}" if rest else "")
