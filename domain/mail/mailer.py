"""The interface of a mailer: what it sends and what it returns. `server.adapters.mail` has the implementations."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from domain.sessions.mail_status import MailStatus


@dataclass(frozen=True, slots=True)
class Envelope:
    """A finished message with its sender's and recipient's address."""

    sender: str
    recipient: str
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class SendResult:
    """The result of one attempt.

    `sent`: the mail server accepted it. `failed`: it was refused permanently. `queued`: it was not handed over and
    may be tried again. `unknown`: it was handed over and the answer was lost. `withdrawn`: `claim` returned False.
    """

    status: MailStatus
    detail: str | None = None


class Mailer(Protocol):
    """Sends one mail, at most once."""

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> SendResult:
        """Prepare everything, then call `claim`, and hand the text over only if it returns True. Never raises."""
        ...
