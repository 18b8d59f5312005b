"""A real SMTP server that keeps what it is given."""

import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What arrived, in order; `wait` blocks until enough has."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._arrived = threading.Condition()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message: Any = message_from_bytes(content, policy=default)
        with self._arrived:
            self.mails.append(message)
            self._arrived.notify_all()
        return "250 kept"

    def wait(self, count: int, seconds: float = 30) -> list[EmailMessage]:
        """The mails once there are `count` of them."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails) >= count, seconds), len(self.mails)
            return list(self.mails)


class SmtpServer:
    """Listens on a free loopback port for as long as the block lasts."""

    def __init__(self, handler: Any | None = None, **options: Any) -> None:
        self.mailbox = Mailbox() if handler is None else handler
        self._controller = Controller(self.mailbox, hostname="127.0.0.1", port=0, **options)

    def __enter__(self) -> "SmtpServer":
        # the controller asks its own port 0 whether it is up; find the real one first
        from tests.support.postgres import free_port

        self._controller.port = free_port()
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    @property
    def settings(self) -> dict[str, str]:
        """What makes Viva use it."""
        return {
            "VIVA_MAIL": "smtp",
            "VIVA_SMTP_HOST": "127.0.0.1",
            "VIVA_SMTP_PORT": str(self.port),
            "VIVA_SMTP_SECURITY": "none",
        }
