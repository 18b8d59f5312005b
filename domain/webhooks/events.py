"""Webhooks: the events, their envelope and signature, when an attempt is repeated and when an endpoint is given up.

The form is Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), so that receivers can verify
with any of its libraries. Sending is in `server.adapters.webhooks`, what a URL may be in `domain.webhooks.urls`.
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
from typing import Any, Protocol
from uuid import UUID

from domain.frozen import Frozen
from domain.moments import Stamp

# Events ------------------------------------------------------------------------------------------------


class WebhookEvent(StrEnum):
    """What a workspace can be told of (contract 7)."""

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
    """What a receiver is sent: the same for every event, attempt and endpoint."""

    id: str
    event: WebhookEvent
    occurred_at: Stamp
    data: dict[str, Any]

    def body(self) -> bytes:
        """The bytes that are sent and signed; equal envelopes give equal bytes."""
        return self.model_dump_json().encode()


def event_id(event: UUID) -> str:
    """The id that receivers see and by which they recognise a repetition."""
    return f"evt_{event.hex}"


# Secrets and signatures --------------------------------------------------------------------------------

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32
# How long the replaced secret of an endpoint signs beside the new one.
OVERLAP = timedelta(days=1)


def new_secret(entropy: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A fresh signing secret in the form that Standard Webhooks libraries take."""
    return SECRET_PREFIX + b64encode(entropy(SECRET_BYTES)).decode()


def valid_secrets(
    secret: str, previous: str | None, previous_until: datetime | None, now: datetime
) -> tuple[str, ...]:
    """The secrets to sign with: the endpoint's own, and for a day after a rotation the one before it."""
    if previous is None or previous_until is None or now >= previous_until:
        return (secret,)
    return (secret, previous)


def signed_headers(event: str, sent_at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The three headers of a message: its id, the second it is sent, one signature for each secret."""
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

# How long after the attempt before it each attempt comes; 24 h 12 min from the first to the last.
WAITS = (
    timedelta(),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(hours=12),
)
ATTEMPTS = len(WAITS)
# Waits are longer or shorter by up to a tenth, so that a receiver that was down is not called by all at once.
JITTER = 0.1
# How long nothing may have got through to an endpoint before it is disabled.
PATIENCE = timedelta(days=5)


def wait_before(attempt: int, seed: str) -> timedelta | None:
    """How long after the last attempt this one comes, counting from 1; None when there are no more.

    The same `seed` (name what is delivered to whom) gives the same waits, so a job that runs again after a crash
    comes to the same moment.
    """
    if not 1 <= attempt <= ATTEMPTS:
        return None
    lot = int.from_bytes(sha256(f"{seed}:{attempt}".encode()).digest()[:8], "big") / 2**64
    return WAITS[attempt - 1] * (1 + JITTER * (2 * lot - 1))


def failing_since(earlier: datetime | None, *, delivered: bool, now: datetime) -> datetime | None:
    """Since when nothing has got through to an endpoint, after one more attempt; None while it works."""
    return None if delivered else earlier or now


def must_disable(since: datetime | None, now: datetime, attempt: int) -> bool:
    """Whether an endpoint that has just failed is given up: five days without one success.

    Only the last attempt at an event can decide it. Otherwise an endpoint that hears of something once a week would be
    disabled for two short failures in a row; so it has always had at least a whole event's day of attempts.
    """
    return since is not None and now - since >= PATIENCE and attempt >= ATTEMPTS


class DeliveryStatus(StrEnum):
    """The fate of one attempt: queued → delivered | failed; withdrawn when its endpoint went away or was disabled."""

    queued = "queued"
    delivered = "delivered"
    failed = "failed"
    withdrawn = "withdrawn"


# Sending -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Posting:
    """One attempt to make: where to, what, signed with which secrets, at what moment."""

    url: str
    event: str
    body: bytes
    sent_at: datetime
    secrets: tuple[str, ...] = field(repr=False)


class Trouble(StrEnum):
    """Why there is no answer to an attempt. Our words: nothing that a receiver wrote is among them."""

    bad_url = "bad_url"
    name_unknown = "name_unknown"
    address_refused = "address_refused"
    not_connected = "not_connected"
    tls_failed = "tls_failed"
    timed_out = "timed_out"
    bad_answer = "bad_answer"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Trouble.bad_url: "The endpoint's URL is no longer accepted by this server.",
    Trouble.name_unknown: "The host name of the URL could not be resolved.",
    Trouble.address_refused: "The host name leads to an address that webhooks are not sent to.",
    Trouble.not_connected: "No connection could be made.",
    Trouble.tls_failed: "The TLS handshake failed, or the receiver's certificate could not be verified.",
    Trouble.timed_out: "The receiver did not answer in time.",
    Trouble.bad_answer: "The receiver closed the connection or did not answer in HTTP.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: a status with the beginning of the answer, or a trouble."""

    duration: timedelta
    status: int | None = None
    snippet: str = ""
    trouble: Trouble | None = None

    @property
    def delivered(self) -> bool:
        """Any 2xx is a yes; a redirect is not followed and so a no."""
        return self.status is not None and 200 <= self.status < 300


class WebhookSender(Protocol):
    """Makes one attempt. Says what became of it and does not raise for anything a receiver or network does."""

    def send(self, posting: Posting) -> Outcome: ...


# What a receiver answered ------------------------------------------------------------------------------

SNIPPET = 500
# How much of an answer is read to make a snippet of it.
SNIPPET_BYTES = 4 * SNIPPET


def snippet(answer: bytes) -> str:
    """The beginning of an answer as one line of plain text: no control, format or private characters.

    It is a stranger's text all the same: escape it in HTML, and never hand it to a model as if it were ours.
    """
    text = answer[:SNIPPET_BYTES].decode("utf-8", errors="replace")
    words = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text).split()
    line = " ".join(words)
    return line if len(line) <= SNIPPET else line[: SNIPPET - 1] + "…"
