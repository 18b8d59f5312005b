"""Handing a mail over: what a mailer takes and what it may say. The real ones are in `server.adapters.mail`."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from domain.sessions.mail_status import MailStatus


@dataclass(frozen=True, slots=True)
class Envelope:
    """A finished message and the addresses it travels between."""

    sender: str
    recipient: str
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt.

    `sent` it was accepted; `failed` it was refused for good; `queued` it got nowhere and may be tried again;
    `unknown` it was handed over and the answer was lost; `withdrawn` the claim was refused.
    """

    status: MailStatus
    detail: str | None = None


class Mailer(Protocol):
    """Sends one mail, at most once."""

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> Sent:
        """Get as far as possible, then `claim`; only when that is True give the text away. Never raises."""
        ...
