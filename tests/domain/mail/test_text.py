"""Texts of mails: complete in each language, and what people wrote stays data."""

from datetime import UTC, datetime
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mail.catalog import CATALOG, NOTICES, TEXTS, Notice
from domain.mail.text import Link, MailContext, MailText, compose, compose_notice, language_of, one_line, when
from domain.sessions.mail_status import MailKind

NOON = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
TO_PARTICIPANT = (MailKind.invite, MailKind.rescheduled, MailKind.reminder)


def context(**changes: Any) -> MailContext:
    values: dict[str, Any] = {
        "workspace": "Acme",
        "participant": "Ada",
        "role": "Backend",
        "stage": "Screen",
        "duration_minutes": 30,
        "scheduled_at": NOON,
        "timezone": "Europe/Berlin",
        "language": "en",
        "join_url": "https://viva.example/join/s3cret",
        "contact": "people@acme.example",
        "result_url": "https://viva.example/sessions/1",
        "outcome": "8.2 / 10",
    }
    return MailContext(**values | changes)


def every_text(**changes: Any) -> list[MailText]:
    about = context(**changes)
    return [
        *(compose(kind, about) for kind in MailKind),
        *(compose_notice(notice, about, leaves_at=NOON) for notice in Notice),
    ]


# The catalog ----------------------------------------------------------------------------------------------


def test_each_kind_of_mail_and_notice_has_a_text() -> None:
    assert set(TEXTS) == set(MailKind)
    assert set(NOTICES) == set(Notice)


@pytest.mark.parametrize("language", sorted(set(CATALOG) - {"en"}))
def test_each_language_says_what_english_says_with_the_same_values(language: str) -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert {key: values(text) for key, text in CATALOG[language].items()} == {
        key: values(text) for key, text in CATALOG["en"].items()
    }


@pytest.mark.parametrize(
    ("tag", "language"), [("de-AT", "de"), ("DE", "de"), ("en-GB", "en"), ("ja", "en"), ("", "en")]
)
def test_a_language_without_texts_of_its_own_reads_english(tag: str, language: str) -> None:
    assert language_of(tag) == language
    assert all(text.language == language for text in every_text(language=tag))


@pytest.mark.parametrize("language", sorted(CATALOG))
def test_no_placeholder_is_left_in_any_text(language: str) -> None:
    for text in every_text(language=language):
        assert "{" not in text.subject + text.preheader + text.plain()
        assert text.subject
        assert text.preheader


# Mails to a participant ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            [
                "Acme invites you",
                "“Backend”",
                "“Screen”",
                "30 minutes",
                "Tuesday, 1 June 2027, 14:00 (Europe/Berlin, UTC+2) = 2027-06-01 12:00 UTC",
                "works at any time before that",
                "https://viva.example/join/s3cret",
                "An AI conducts this interview",
                "a person decides",
                "are stored and assessed",
                "what is recorded and are asked for your consent",
                "rather be interviewed by a person, or need an adjustment",
                "people@acme.example",
            ],
        ),
        (
            "de",
            [
                "Acme lädt Sie",
                "„Backend“",
                "„Screen“",
                "30 Minuten",
                "Dienstag, 1. Juni 2027, 14:00 Uhr (Europe/Berlin, UTC+2) = 2027-06-01 12:00 UTC",
                "auch jederzeit vorher",
                "https://viva.example/join/s3cret",
                "Eine KI führt dieses Interview",
                "entscheidet ein Mensch",
                "werden gespeichert und bewertet",
                "was aufgezeichnet wird",
                "lieber mit einem Menschen sprechen möchten oder eine Anpassung",
                "people@acme.example",
            ],
        ),
    ],
)
def test_the_invitation_says_all_that_a_person_must_know(language: str, parts: list[str]) -> None:
    said = " ".join(compose(MailKind.invite, context(language=language)).plain().split())
    assert [part for part in parts if part not in said] == []


@pytest.mark.parametrize("kind", TO_PARTICIPANT)
def test_the_time_is_what_a_list_of_mails_shows(kind: MailKind) -> None:
    assert "14:00 (Europe/Berlin, UTC+2)" in compose(kind, context()).preheader


@pytest.mark.parametrize("kind", TO_PARTICIPANT)
def test_a_reply_is_suggested_only_where_somebody_reads_it(kind: MailKind) -> None:
    assert "replying to this mail" in compose(kind, context()).plain()
    assert "replying to this mail" in compose(kind, context(contact=None, replies_are_read=True)).plain()
    alone = compose(kind, context(contact=None)).plain()
    assert "replying" not in alone
    assert "Write to" not in alone
    assert "interviewed by a person" in alone


def test_a_cancellation_holds_no_link() -> None:
    text = compose(MailKind.cancelled, context())
    assert not any(isinstance(part, Link) for part in text.paragraphs)
    assert "s3cret" not in text.plain()


@pytest.mark.parametrize("text", [*map(str, MailKind), *map(str, Notice)])
def test_only_participants_read_the_join_link(text: str) -> None:
    said = (
        compose(MailKind(text), context())
        if text in set(MailKind)
        else compose_notice(Notice(text), context())
    )
    assert ("s3cret" in said.plain()) is (text in TO_PARTICIPANT)


# Mails to the workspace -----------------------------------------------------------------------------------


def test_a_result_without_an_address_to_see_it_at_has_no_empty_link() -> None:
    text = compose(MailKind.result, context(result_url=None))
    assert not any(isinstance(part, Link) for part in text.paragraphs)
    assert "8.2 / 10" in text.plain()


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (Notice.held, "leaves on Tuesday, 1 June 2027, 14:00"),
        (Notice.failed, "was not delivered"),
        (Notice.unknown, "It is not sent again by itself"),
    ],
)
def test_a_notice_says_what_happened_and_links_to_the_session(notice: Notice, said: str) -> None:
    text = compose_notice(notice, context(), leaves_at=NOON)
    assert said in text.plain()
    assert Link("Open the session", "https://viva.example/sessions/1") in text.paragraphs


# What people wrote ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada\r\nBcc: eve@example.com", "Ada Bcc: eve@example.com"),
        ("A\x00d\x1ba\x7f", "A d a"),
        ("\u202eadA\u2066 \u2028Love\u2029lace\u200f", "adA Love lace"),
        ("\ufeffAda\u200b\u2060", "Ada"),
        ("Ada\ud800", "Ada"),
        ("Ada\U000e0041\U000e007f", "Ada"),
        ("می‌خواهم 👩‍💻", "می‌خواهم 👩‍💻"),
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("x" * 200, "x" * 119 + "…"),
    ],
)
def test_a_line_is_one_line_without_invisible_characters(written: str, shown: str) -> None:
    assert one_line(written) == shown


@given(st.text(alphabet=st.characters(), max_size=300))
def test_every_mail_can_be_composed_whatever_a_name_contains(name: str) -> None:
    for text in every_text(
        participant=name, workspace=name, role=name, stage=name, contact=name, outcome=name
    ):
        assert "\n" not in text.subject + text.preheader
        assert "\r" not in text.plain()
        (text.subject + text.preheader + text.plain()).encode()


def test_braces_in_a_name_stay_as_they_are() -> None:
    said = compose(
        MailKind.invite, context(participant="{contact} {0} {", workspace="{name.__class__}")
    ).plain()
    assert "Hello {contact} {0} {," in said
    assert "{name.__class__} invites you" in said


# When -------------------------------------------------------------------------------------------------------------


def test_utc_appears_once() -> None:
    assert when(NOON, "UTC", "en") == "Tuesday, 1 June 2027, 12:00 (UTC)"


def test_the_day_is_the_participants_and_utc_has_its_own() -> None:
    late = datetime(2027, 12, 31, 23, 30, tzinfo=UTC)
    said = when(late, "Asia/Kathmandu", "de")
    assert said == "Samstag, 1. Januar 2028, 05:15 Uhr (Asia/Kathmandu, UTC+5:45) = 2027-12-31 23:30 UTC"


def test_the_two_readings_of_a_repeated_hour_differ() -> None:
    first = when(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "Europe/Berlin", "en")
    second = when(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "Europe/Berlin", "en")
    assert "02:30 (Europe/Berlin, UTC+2)" in first
    assert "02:30 (Europe/Berlin, UTC+1)" in second
