"""The texts of Viva's mails, without HTML and transport. Whatever people wrote is data and never formatting.

A text is a list of paragraphs. A `Link` paragraph becomes a button where the reader can show one.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.mail.catalog import CATALOG, NOTICES, TEXTS, Notice
from domain.sessions.mail_status import MailKind

# Controls, line and paragraph separators, marks that change the writing direction, invisible blanks and halves of
# a character. Joiners stay, because Persian, Hindi and many emoji need them.
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]+"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A paragraph that is a link."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MailText:
    """A subject and paragraphs. A list of mails shows the preheader beside the subject."""

    subject: str
    language: str
    paragraphs: tuple[str | Link, ...]
    preheader: str = ""

    def plain(self) -> str:
        """The whole text for a reader without HTML."""
        lines = [f"{part.label}:\n{part.url}" if isinstance(part, Link) else part for part in self.paragraphs]
        return "\n\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class MailContext:
    """What the mails about a session say about it."""

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
    # whether a person reads replies to the mail; a `contact` always does
    replies_are_read: bool = False


def one_line(text: str, most: int = 120) -> str:
    """Text that somebody wrote, made safe for a header or a sentence: one line, no controls, `most` characters."""
    line = " ".join(_INVISIBLE.sub(" ", text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def language_of(tag: str) -> str:
    """The language of the catalog for a language tag: its own, else English."""
    primary = tag.split("-")[0].lower()
    return primary if primary in CATALOG else "en"


def when(moment: datetime, zone: str, language: str) -> str:
    """A moment as a person in `zone` reads it, and in UTC: `Tuesday, 2 June 2026, 10:00 (Europe/Berlin, UTC+2)`."""
    texts = CATALOG[language]
    local = moment.astimezone(ZoneInfo(zone))
    universal = moment.astimezone(ZoneInfo("UTC"))
    shown = _format_moment(local, texts)
    if zone == "UTC":
        return f"{shown} (UTC)"
    return f"{shown} ({zone}, {_format_offset(local)}) = {universal:%Y-%m-%d %H:%M} UTC"


def compose(kind: MailKind, context: MailContext) -> MailText:
    """The text of a mail of this kind."""
    language = language_of(context.language)
    subject, keys = TEXTS[kind]
    return _fill(subject, keys, context, _values(context, language), language)


def compose_notice(notice: Notice, context: MailContext, *, leaves_at: datetime | None = None) -> MailText:
    """The text of a notice to the workspace about a mail to a participant. `leaves_at` is when a held mail is sent.

    It uses `context.language` and `context.timezone`, which are the reader's and may differ from the participant's.
    """
    language = language_of(context.language)
    subject, keys = NOTICES[notice]
    values = _values(context, language)
    values["leaves_at"] = when(leaves_at, context.timezone, language) if leaves_at else ""
    return _fill(subject, keys, context, values, language)


def compose_endpoint_disabled(
    workspace: str, url: str, since: datetime, language: str = "en", *, gone: bool = False
) -> MailText:
    """The text of the mail to a workspace when one of its webhook endpoints is disabled.

    `gone`: because its receiver answered 410, and not because nothing got through since `since`.
    """
    texts = CATALOG[language_of(language)]
    why = "gone" if gone else "given_up"
    values = {
        "workspace": one_line(workspace),
        "url": one_line(url, 200),
        "since": when(since, "UTC", language_of(language)),
    }
    first = texts[why].format_map(values)
    return MailText(
        one_line(texts["given_up_subject"].format_map(values), 180),
        language_of(language),
        (first, texts[f"{why}_next"]),
        one_line(first, 140),
    )


def _fill(
    subject: str, keys: tuple[str, ...], context: MailContext, values: dict[str, Any], language: str
) -> MailText:
    texts = CATALOG[language]
    paragraphs = tuple(part for key in keys if (part := _paragraph(key, context, texts, values)) is not None)
    # the preheader is the time, if there is one, because people look for it in a list of mails
    first = "when" if "when" in keys else next(key for key in keys if key != "hello")
    return MailText(
        one_line(texts[subject].format_map(values), 180),
        language,
        paragraphs,
        one_line(texts[first].format_map(values), 140),
    )


def _paragraph(
    key: str, context: MailContext, texts: dict[str, str], values: dict[str, Any]
) -> str | Link | None:
    """One paragraph. None when it needs a value that is missing."""
    if key == "join_link":
        return Link(texts["join_label"], context.join_url)
    if key == "result_link":
        return Link(texts["result_label"], context.result_url) if context.result_url else None
    if key == "contact" and not context.contact:
        return None
    if key == "human" and not (context.contact or context.replies_are_read):
        key = "human_by_link"  # nobody reads replies
    return texts[key].format_map(values)


def _values(context: MailContext, language: str) -> dict[str, Any]:
    return {
        "workspace": one_line(context.workspace),
        "name": one_line(context.participant),
        "role": one_line(context.role),
        "stage": one_line(context.stage),
        "minutes": context.duration_minutes,
        "when": when(context.scheduled_at, context.timezone, language),
        "contact": one_line(context.contact or ""),
        "outcome": one_line(context.outcome or ""),
    }


def _format_moment(local: datetime, texts: dict[str, str]) -> str:
    return texts["moment"].format(
        weekday=texts["weekdays"].split()[local.weekday()],
        day=local.day,
        month=texts["months"].split()[local.month - 1],
        year=local.year,
        time=f"{local:%H:%M}",
    )


def _format_offset(local: datetime) -> str:
    """`UTC+2`, `UTC+5:45`. It distinguishes the two hours with the same name at a clock change."""
    offset = local.utcoffset() or timedelta()
    hours, rest = divmod(round(abs(offset).total_seconds() / 60), 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours}" + (f":{rest:02d}" if rest else "")
