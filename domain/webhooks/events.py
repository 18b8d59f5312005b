"""Webhooks: events, envelopes, signatures, when an attempt is repeated, and when an endpoint is disabled.

The form is Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), so receivers can verify a
webhook with any of its libraries. `server.adapters.webhooks` sends; `domain.webhooks.urls` says which URLs are allowed.
"""

import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Protocol
from uuid import UUID

from domain.frozen import Frozen
from domain.moments import Stamp

# Events ------------------------------------------------------------------------------------------------


class WebhookEvent(StrEnum):
    """The events that a workspace can subscribe to (contract 7)."""

    session_created = "session.created"
    session_started = "session.started"
    session_completed = "session.completed"
    session_scored = "session.scored"
    session_failed = "session.failed"
    session_cancelled = "session.cancelled"
    participant_created = "participant.created"
    application_approved = "application.approved"
    application_rejected = "application.rejected"


class EventEnvelope(Frozen):
    """The body of a webhook. It is the same for every attempt and every endpoint."""

    id: str
    event: WebhookEvent
    occurred_at: Stamp
    data: dict[str, Any]

    def body(self) -> bytes:
        """The bytes that are sent and signed. Equal envelopes give equal bytes."""
        return self.model_dump_json().encode()


def event_id(event: UUID) -> str:
    """The id that receivers see. It is the same in every attempt, so they can ignore repetitions."""
    return f"evt_{event.hex}"


# Secrets and signatures --------------------------------------------------------------------------------

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32
# After a rotation the old secret signs beside the new one for this long.
SECRET_OVERLAP = timedelta(days=1)


def new_secret(entropy: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A random signing secret in the form of Standard Webhooks."""
    return SECRET_PREFIX + b64encode(entropy(SECRET_BYTES)).decode()


def valid_secrets(
    secret: str, previous: str | None, previous_until: datetime | None, now: datetime
) -> tuple[str, ...]:
    """The secrets to sign with: the endpoint's own, and until `previous_until` the one before it."""
    if previous is None or previous_until is None or now >= previous_until:
        return (secret,)
    return (secret, previous)


def signed_headers(event: str, sent_at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The three headers: the event's id, the second it is sent, and one signature for each secret in `keys`."""
    second = int(sent_at.timestamp())
    message = b".".join((event.encode(), str(second).encode(), body))
    return {
        "webhook-id": event,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(f"v1,{_signature(key, message)}" for key in keys),
    }


def _signature(key: str, message: bytes) -> str:
    raw = b64decode(key.removeprefix(SECRET_PREFIX), validate=True)
    return b64encode(hmac.digest(raw, message, "sha256")).decode()


# Attempts ----------------------------------------------------------------------------------------------

# The delay of each attempt after the one before it; 24 h 12 min from the first to the last.
ATTEMPT_DELAYS = (
    timedelta(),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=12),
)
ATTEMPTS = len(ATTEMPT_DELAYS)
# Delays vary by up to a tenth, so that a receiver that was down does not get every webhook at once.
JITTER = 0.1
# An endpoint is disabled after this long without a success.
DISABLE_AFTER = timedelta(days=5)


class DisabledReason(StrEnum):
    """Why an endpoint was disabled, in the words that its workspace reads."""

    given_up = "nothing got through for five days"
    gone = "the receiver answered 410 Gone"


def delay_before(attempt: int, seed: str) -> timedelta | None:
    """The delay before this attempt, counted from 1. None when there is no such attempt.

    `seed` names the delivery. The same seed gives the same delays, so a job that runs again after a crash comes to
    the same moment.
    """
    if not 1 <= attempt <= ATTEMPTS:
        return None
    fraction = int.from_bytes(sha256(f"{seed}:{attempt}".encode()).digest()[:8], "big") / 2**64
    return ATTEMPT_DELAYS[attempt - 1] * (1 + JITTER * (2 * fraction - 1))


def failing_since(earlier: datetime | None, *, delivered: bool, now: datetime) -> datetime | None:
    """The moment since when every attempt at an endpoint failed, after one more attempt. None while it works."""
    return None if delivered else earlier or now


def says_gone(status: int | None) -> bool:
    """Whether a receiver answered that it is gone for good: 410. Such an endpoint is disabled at once."""
    return status == HTTPStatus.GONE


def must_disable(since: datetime | None, now: datetime, attempt: int) -> bool:
    """Whether to disable an endpoint that has just failed, because it had no success for `DISABLE_AFTER`.

    Only the last attempt at an event can disable it. Otherwise an endpoint that gets an event once a week would be
    disabled after two short failures.
    """
    return since is not None and now - since >= DISABLE_AFTER and attempt >= ATTEMPTS


class DeliveryStatus(StrEnum):
    """Where an attempt stands: queued → delivered | failed, or withdrawn if its endpoint is deleted or disabled."""

    queued = "queued"
    delivered = "delivered"
    failed = "failed"
    withdrawn = "withdrawn"


# Sending -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One attempt to send. `event` is the event's id."""

    url: str
    event: str
    body: bytes
    sent_at: datetime
    secrets: tuple[str, ...] = field(repr=False)


class DeliveryError(StrEnum):
    """Why an attempt has no HTTP answer. The messages are ours and never contain what a receiver wrote."""

    bad_url = "bad_url"
    name_unknown = "name_unknown"
    address_refused = "address_refused"
    not_connected = "not_connected"
    tls_failed = "tls_failed"
    timed_out = "timed_out"
    bad_answer = "bad_answer"

    @property
    def message(self) -> str:
        return _MESSAGES[self]


_MESSAGES = {
    DeliveryError.bad_url: "The endpoint's URL is no longer accepted by this server.",
    DeliveryError.name_unknown: "The host name of the URL could not be resolved.",
    DeliveryError.address_refused: "The host name leads to an address that webhooks are not sent to.",
    DeliveryError.not_connected: "No connection could be made.",
    DeliveryError.tls_failed: "The TLS handshake failed, or the receiver's certificate could not be verified.",
    DeliveryError.timed_out: "The receiver did not answer in time.",
    DeliveryError.bad_answer: "The receiver closed the connection or did not answer in HTTP.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an attempt: an HTTP status with the beginning of the answer, or an error."""

    duration: timedelta
    status: int | None = None
    snippet: str = ""
    error: DeliveryError | None = None

    @property
    def delivered(self) -> bool:
        """Whether the status is 2xx. Redirects are not followed, so they count as failures."""
        return self.status is not None and 200 <= self.status < 300


class WebhookSender(Protocol):
    """Makes one attempt and returns its outcome. Never raises for anything that a receiver or the network does."""

    def send(self, request: WebhookRequest) -> Outcome: ...


# What a receiver answered ------------------------------------------------------------------------------

SNIPPET_CHARACTERS = 500
# Bytes of an answer that are read for its snippet.
SNIPPET_BYTES = 4 * SNIPPET_CHARACTERS


def snippet(answer: bytes) -> str:
    """The beginning of an answer as one line of text, without control, format or private characters.

    A stranger wrote it: escape it in HTML, and never give it to a model as an instruction.
    """
    text = answer[:SNIPPET_BYTES].decode("utf-8", errors="replace")
    words = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text).split()
    line = " ".join(words)
    return line if len(line) <= SNIPPET_CHARACTERS else line[: SNIPPET_CHARACTERS - 1] + "…"
