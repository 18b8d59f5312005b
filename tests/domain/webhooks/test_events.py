"""Envelope, secrets, signatures, repetition and giving up: the rules of webhooks."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from domain.webhooks.events import (
    ATTEMPTS,
    JITTER,
    OVERLAP,
    PATIENCE,
    SNIPPET,
    EventEnvelope,
    Outcome,
    Trouble,
    WebhookEvent,
    event_id,
    failing_since,
    must_disable,
    new_secret,
    signed_headers,
    snippet,
    valid_secrets,
    wait_before,
)

NOW = datetime(2026, 6, 2, 8, 21, 47, 900_000, tzinfo=UTC)


# Envelope -----------------------------------------------------------------------------------------------


def test_the_events_are_the_nine_of_the_contract() -> None:
    assert sorted(WebhookEvent) == [
        "application.approved",
        "application.rejected",
        "participant.created",
        "session.cancelled",
        "session.completed",
        "session.created",
        "session.failed",
        "session.scored",
        "session.started",
    ]


def test_the_envelope_has_four_members_and_a_time_in_whole_utc_seconds() -> None:
    envelope = EventEnvelope(
        id=event_id(UUID("019709a0-0000-7000-8000-000000000001")),
        event=WebhookEvent.session_scored,
        occurred_at=NOW.astimezone(timezone(timedelta(hours=2))),
        data={"session": {"score": "8.2", "external_id": None, "name": "Zoë"}},
    )
    assert json.loads(envelope.body()) == {
        "id": "evt_019709a0000070008000000000000001",
        "event": "session.scored",
        "occurred_at": "2026-06-02T08:21:47Z",
        "data": {"session": {"score": "8.2", "external_id": None, "name": "Zoë"}},
    }


# Signatures ---------------------------------------------------------------------------------------------


def test_a_secret_is_32_random_bytes_in_the_standard_form() -> None:
    secret = new_secret(lambda count: bytes(range(count)))
    assert secret == "whsec_" + base64.b64encode(bytes(range(32))).decode()
    assert new_secret() != new_secret()


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    text=st.text(),
    keys=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=2),
)
def test_signatures_are_those_of_the_public_package(
    moment: datetime, text: str, keys: Sequence[bytes]
) -> None:
    secrets = [new_secret(lambda _, key=key: key) for key in keys]  # type: ignore[misc]
    body = json.dumps(text).encode()
    headers = signed_headers("evt_1", moment, body, secrets)
    assert headers["webhook-id"] == "evt_1"
    assert headers["webhook-timestamp"] == str(int(moment.timestamp()))
    assert headers["webhook-signature"].split() == [
        Webhook(secret).sign("evt_1", moment, body.decode()) for secret in secrets
    ]


def test_a_replaced_secret_signs_for_a_day_more() -> None:
    until = NOW + OVERLAP
    assert timedelta(days=1) == OVERLAP
    assert valid_secrets("new", None, None, NOW) == ("new",)
    assert valid_secrets("new", "old", until, NOW) == ("new", "old")
    assert valid_secrets("new", "old", until, until - timedelta(seconds=1)) == ("new", "old")
    assert valid_secrets("new", "old", until, until) == ("new",)


# Attempts -----------------------------------------------------------------------------------------------


def waits(seed: str) -> list[timedelta]:
    return [wait for attempt in range(1, ATTEMPTS + 1) if (wait := wait_before(attempt, seed)) is not None]


def test_there_are_eight_attempts_and_the_first_is_at_once() -> None:
    assert len(waits("d")) == ATTEMPTS == 8
    assert waits("d")[0] == timedelta()
    assert wait_before(0, "d") is wait_before(9, "d") is None


@given(st.text())
def test_the_attempts_span_about_a_day_with_growing_waits(seed: str) -> None:
    assert timedelta(hours=21) < sum(waits(seed), timedelta()) < timedelta(hours=27)
    assert waits(seed) == sorted(waits(seed))
    for wait, exact in zip(waits(seed), (0, 30, 120, 600, 3600, 10_800, 28_800, 43_200), strict=True):
        assert abs(wait.total_seconds() - exact) <= exact * JITTER


def test_waits_differ_between_deliveries_and_not_between_runs() -> None:
    assert waits("evt_1:endpoint_1") == waits("evt_1:endpoint_1")
    assert len({wait_before(5, f"evt_{n}") for n in range(100)}) == 100


@pytest.mark.parametrize(
    ("status", "delivered"), [(199, False), (200, True), (299, True), (300, False), (410, False)]
)
def test_success_is_any_2xx(status: int, delivered: bool) -> None:
    assert Outcome(timedelta(), status).delivered is delivered


def test_no_answer_is_no_success_and_every_trouble_has_a_sentence() -> None:
    for trouble in Trouble:
        assert not Outcome(timedelta(), trouble=trouble).delivered
        assert trouble.sentence.endswith(".")


# Giving up ----------------------------------------------------------------------------------------------


def test_failing_begins_with_the_first_failure_and_ends_with_a_success() -> None:
    later = NOW + timedelta(hours=1)
    assert failing_since(None, delivered=True, now=NOW) is None
    assert failing_since(None, delivered=False, now=NOW) == NOW
    assert failing_since(NOW, delivered=False, now=later) == NOW
    assert failing_since(NOW, delivered=True, now=later) is None


def test_an_endpoint_is_given_up_after_five_days_at_the_end_of_an_events_attempts() -> None:
    due = NOW + timedelta(days=5)
    assert timedelta(days=5) == PATIENCE
    assert not must_disable(None, due, ATTEMPTS)
    assert not must_disable(NOW, due - timedelta(seconds=1), ATTEMPTS)
    assert not must_disable(NOW, due, 1)
    assert must_disable(NOW, due, ATTEMPTS)


# Snippets -----------------------------------------------------------------------------------------------


def test_a_snippet_is_one_line_of_what_was_said() -> None:
    assert snippet(b"  <h1>No</h1>\r\n\tway\x00\x1b[31m  ") == "<h1>No</h1> way [31m"
    assert snippet("\u202egnp.exe\u200b\ufeff".encode()) == "gnp.exe"
    assert snippet(b"\xff\xfe") == "��"
    assert snippet(b"") == ""


def test_a_long_answer_is_cut() -> None:
    assert snippet(b"a" * SNIPPET) == "a" * SNIPPET
    assert snippet(b"a" * (SNIPPET + 1)) == "a" * (SNIPPET - 1) + "…"
    assert len(snippet("😀".encode() * 10_000)) <= SNIPPET


@given(st.binary(max_size=4000))
def test_a_snippet_is_always_printable_and_short(answer: bytes) -> None:
    text = snippet(answer)
    assert text.isprintable()
    assert len(text) <= SNIPPET
    assert "\x00" not in text
