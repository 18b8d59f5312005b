"""Webhooks: envelope, secrets, signatures, repeated attempts and disabling an endpoint."""

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
    DISABLE_AFTER,
    JITTER,
    SECRET_OVERLAP,
    SNIPPET_CHARACTERS,
    DeliveryError,
    EventEnvelope,
    Outcome,
    WebhookEvent,
    delay_before,
    event_id,
    failing_since,
    must_disable,
    new_secret,
    signed_headers,
    snippet,
    valid_secrets,
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
    until = NOW + SECRET_OVERLAP
    assert timedelta(days=1) == SECRET_OVERLAP
    assert valid_secrets("new", None, None, NOW) == ("new",)
    assert valid_secrets("new", "old", until, NOW) == ("new", "old")
    assert valid_secrets("new", "old", until, until - timedelta(seconds=1)) == ("new", "old")
    assert valid_secrets("new", "old", until, until) == ("new",)


# Attempts -----------------------------------------------------------------------------------------------


def delays(seed: str) -> list[timedelta]:
    return [delay for attempt in range(1, ATTEMPTS + 1) if (delay := delay_before(attempt, seed)) is not None]


def test_there_are_eight_attempts_and_the_first_is_at_once() -> None:
    assert len(delays("d")) == ATTEMPTS == 8
    assert delays("d")[0] == timedelta()
    assert delay_before(0, "d") is delay_before(9, "d") is None


@given(st.text())
def test_the_attempts_span_about_a_day_with_growing_delays(seed: str) -> None:
    assert timedelta(hours=21) < sum(delays(seed), timedelta()) < timedelta(hours=27)
    assert delays(seed) == sorted(delays(seed))
    for delay, exact in zip(delays(seed), (0, 30, 120, 600, 3600, 10_800, 28_800, 43_200), strict=True):
        assert abs(delay.total_seconds() - exact) <= exact * JITTER


def test_delays_differ_between_deliveries_and_not_between_runs() -> None:
    assert delays("evt_1:endpoint_1") == delays("evt_1:endpoint_1")
    assert len({delay_before(5, f"evt_{n}") for n in range(100)}) == 100


@pytest.mark.parametrize(
    ("status", "delivered"), [(199, False), (200, True), (299, True), (300, False), (410, False)]
)
def test_success_is_any_2xx(status: int, delivered: bool) -> None:
    assert Outcome(timedelta(), status).delivered is delivered


def test_an_error_is_no_success_and_has_a_message() -> None:
    for error in DeliveryError:
        assert not Outcome(timedelta(), error=error).delivered
        assert error.message.endswith(".")


# Disabling ----------------------------------------------------------------------------------------------


def test_failing_begins_with_the_first_failure_and_ends_with_a_success() -> None:
    later = NOW + timedelta(hours=1)
    assert failing_since(None, delivered=True, now=NOW) is None
    assert failing_since(None, delivered=False, now=NOW) == NOW
    assert failing_since(NOW, delivered=False, now=later) == NOW
    assert failing_since(NOW, delivered=True, now=later) is None


def test_an_endpoint_is_disabled_after_five_days_at_the_last_attempt_at_an_event() -> None:
    due = NOW + timedelta(days=5)
    assert timedelta(days=5) == DISABLE_AFTER
    assert not must_disable(None, due, ATTEMPTS)
    assert not must_disable(NOW, due - timedelta(seconds=1), ATTEMPTS)
    assert not must_disable(NOW, due, 1)
    assert must_disable(NOW, due, ATTEMPTS)


# Snippets -----------------------------------------------------------------------------------------------


def test_a_snippet_is_one_line_of_the_answer() -> None:
    assert snippet(b"  <h1>No</h1>\r\n\tway\x00\x1b[31m  ") == "<h1>No</h1> way [31m"
    assert snippet("\u202egnp.exe\u200b\ufeff".encode()) == "gnp.exe"
    assert snippet(b"\xff\xfe") == "��"
    assert snippet(b"") == ""


def test_a_long_answer_is_cut() -> None:
    assert snippet(b"a" * SNIPPET_CHARACTERS) == "a" * SNIPPET_CHARACTERS
    assert snippet(b"a" * (SNIPPET_CHARACTERS + 1)) == "a" * (SNIPPET_CHARACTERS - 1) + "…"
    assert len(snippet("😀".encode() * 10_000)) <= SNIPPET_CHARACTERS


@given(st.binary(max_size=4000))
def test_a_snippet_is_always_printable_and_short(answer: bytes) -> None:
    text = snippet(answer)
    assert text.isprintable()
    assert len(text) <= SNIPPET_CHARACTERS
    assert "\x00" not in text
