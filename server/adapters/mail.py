"""Mails as MIME messages, and the two transports: files in an outbox, or SMTP."""

import os
import re
import smtplib
import ssl
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.mail.addresses import is_address, wire_form
from domain.mail.mailer import Envelope, SendResult
from domain.mail.text import Link, MailText, one_line
from domain.sessions.mail_status import MailStatus
from storage.engine.private_files import make_private_folder

_TEMPLATES = Environment(
    loader=PackageLoader("server.adapters", "templates"), autoescape=True, undefined=StrictUndefined
)
# Seven bits throughout, because not every server on the way accepts eight.
_DRAFT_IS_LEFT = timedelta(hours=1)
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """Sender, recipient and identity of a mail."""

    sender_name: str
    sender: str
    reply_to: str | None
    recipient_name: str
    recipient: str
    message_id: str
    date: datetime


def message_of(text: MailText, headers: MailHeaders, calendar: str | None) -> EmailMessage:
    """The message: text, HTML, and the calendar entry both as an invitation and as an attached file.

    A `reply_to` that is not an address is left out: a workspace's contact may also be a telephone number.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(headers.sender_name, headers.sender)
    message["To"] = _address(headers.recipient_name, headers.recipient)
    if headers.reply_to and is_address(headers.reply_to):
        message["Reply-To"] = _address("", headers.reply_to)
    message["Subject"] = text.subject
    message["Date"] = format_datetime(headers.date)
    message["Message-ID"] = headers.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = text.language
    message.set_content(text.plain())
    message.add_alternative(html_of(text), subtype="html")
    if calendar is not None:
        _attach_calendar(message, calendar)
    return message


def _attach_calendar(message: EmailMessage, calendar: str) -> None:
    method = "CANCEL" if "\r\nMETHOD:CANCEL\r\n" in calendar else "REQUEST"
    message.add_alternative(calendar, subtype="calendar", params={"method": method})
    message.add_attachment(
        calendar.encode(),
        maintype="text",
        subtype="calendar",
        filename="interview.ics",
        params={"method": method, "charset": "utf-8"},
    )


def html_of(text: MailText) -> str:
    """The text as HTML. Everything in it is escaped, and nothing is loaded from elsewhere."""
    parts = [{"link": part} if isinstance(part, Link) else {"text": part} for part in text.paragraphs]
    return _TEMPLATES.get_template("mail.html").render(
        subject=text.subject, language=text.language, preheader=text.preheader, parts=parts
    )


def _address(name: str, address: str) -> Address:
    # Given in two parts, because the library refuses a whole address with a non-ASCII local part.
    username, _, domain = wire_form(address).rpartition("@")
    return Address(one_line(name, 80), username, domain)


def bytes_of(envelope: Envelope) -> bytes:
    """The message as it is sent and stored, with CRLF line ends."""
    return envelope.message.as_bytes(policy=_POLICY.clone(utf8=_needs_smtputf8(envelope)))


def _needs_smtputf8(envelope: Envelope) -> bool:
    """Whether an address needs SMTPUTF8. A domain alone never does."""
    return not (wire_form(envelope.sender) + wire_form(envelope.recipient)).isascii()


class Outbox:
    """Writes mails as files into a folder, so that Viva can be tried without a mail server.

    Each Message-ID has one file, which is written atomically. Only the server's own user can read it, because it
    holds a join link.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> SendResult:
        try:
            draft = self._write_draft(bytes_of(envelope))
        except OSError as error:
            return SendResult(MailStatus.queued, f"the outbox cannot be written: {error.strerror}")
        try:
            if not claim():
                return SendResult(MailStatus.withdrawn)
            draft.replace(self._folder / _file_name(envelope.message["Message-ID"]))
        except OSError as error:
            return SendResult(MailStatus.failed, f"the outbox cannot be written: {error.strerror}")
        finally:
            draft.unlink(missing_ok=True)
        with suppress(OSError):  # some file systems do not support it
            _sync_folder(self._folder)
        return SendResult(MailStatus.sent)

    def remove(self, ids: str) -> None:
        """Delete the files of these mails, because their participant was erased. Ids are separated by spaces."""
        for each in ids.split():
            (self._folder / _file_name(each)).unlink(missing_ok=True)
        self.remove_drafts(older_than=_DRAFT_IS_LEFT)

    def remove_drafts(self, older_than: timedelta) -> None:
        """Delete drafts of mails that a killed process left. A draft in work is seconds old."""
        for draft in self._folder.glob(".*.part"):
            with suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime >= older_than.total_seconds():
                    draft.unlink()

    def _write_draft(self, content: bytes) -> Path:
        """Write the mail to disk under a temporary name, and return its path."""
        make_private_folder(self._folder)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._folder)
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        return draft


def _file_name(message_id: str) -> str:
    """The file of a mail. Our ids start with the kind and end in a UUIDv7, so mails of a kind sort by age."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", message_id.strip("<>").partition("@")[0]) + ".eml"


def _sync_folder(folder: Path) -> None:
    """Make the names of new files safe on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The SMTP server and how to log in. `security` is starttls, tls or none."""

    host: str
    port: int
    security: str = "starttls"
    username: str = ""
    password: str = ""
    timeout: float = 30.0
    trust: ssl.SSLContext | None = None


# Answers to MAIL and RCPT about our own login, not about this mail. An operator can fix them, so mails wait.
_LOGIN_ERRORS = frozenset({530, 534, 535, 538})


class Smtp:
    """Sends mails through an SMTP server, each at most once."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> SendResult:
        text = bytes_of(envelope)
        try:
            smtp = self._open()
        except OSError as error:  # smtplib's errors are OSErrors
            return SendResult(MailStatus.queued, _error_text(error))
        with closing(smtp):
            return _transmit(smtp, envelope, text, claim)

    def _open(self) -> smtplib.SMTP:
        smtp = self._connect()
        try:
            smtp.local_hostname = _helo_name(smtp)
            if self._server.security == "starttls":
                smtp.starttls(context=self._tls_context())
            smtp.ehlo_or_helo_if_needed()
            if self._server.username:
                smtp.login(self._server.username, self._server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        # With a name given here, the library does not ask the DNS for one.
        name = "[127.0.0.1]"
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.timeout, context=self._tls_context()
            )
        return smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)

    def _tls_context(self) -> ssl.SSLContext:
        return self._server.trust or ssl.create_default_context()


def _helo_name(smtp: smtplib.SMTP) -> str:
    """The name for EHLO: our own address on this connection, as an address ip_literal."""
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    address = str(smtp.sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _transmit(smtp: smtplib.SMTP, envelope: Envelope, text: bytes, claim: Callable[[], bool]) -> SendResult:
    """Talk to the server up to its 354, then claim the mail, then send the text.

    A connection that closes before the final dot makes the server discard the mail.
    """
    try:
        refusal = _request_transmission(smtp, envelope)
    except OSError as error:
        return SendResult(MailStatus.queued, _error_text(error))
    if refusal is not None:
        _quit(smtp)
        return refusal
    if not claim():
        return SendResult(MailStatus.withdrawn)
    try:
        smtp.send(_dot_stuffed(text))
        code, _ = smtp.getreply()
    except OSError as error:
        return SendResult(MailStatus.unknown, _error_text(error))
    _quit(smtp)
    if code // 100 == 2:
        return SendResult(MailStatus.sent)
    # The server has the text and refused it. A temporary refusal is not retried either, because some servers
    # deliver and then answer 4xx.
    return SendResult(
        MailStatus.failed if code // 100 == 5 else MailStatus.unknown, f"the mail server said {code}"
    )


def _request_transmission(smtp: smtplib.SMTP, envelope: Envelope) -> SendResult | None:
    """Send MAIL, RCPT and DATA. Returns the refusal, or None when the server waits for the text."""
    options = []
    if _needs_smtputf8(envelope):
        if not smtp.has_extn("smtputf8"):
            return SendResult(MailStatus.failed, "the mail server takes no address with letters beyond ASCII")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    code, _ = smtp.mail(wire_form(envelope.sender), options)
    if code != 250:
        return _refusal(code)
    code, _ = smtp.rcpt(wire_form(envelope.recipient))
    if code not in (250, 251):
        return _refusal(code)
    code, _ = smtp.docmd("DATA")
    return None if code == 354 else _refusal(code)


def _refusal(code: int) -> SendResult:
    """The outcome of a refusal before the text was sent. Only a permanent one fails; others may be retried."""
    permanent = code // 100 == 5 and code not in _LOGIN_ERRORS
    return SendResult(MailStatus.failed if permanent else MailStatus.queued, f"the mail server said {code}")


def _dot_stuffed(text: bytes) -> bytes:
    """The text as DATA requires it: dots at line starts doubled, and a line with a single dot at the end."""
    ended = text if text.endswith(b"\r\n") else text + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _quit(smtp: smtplib.SMTP) -> None:
    """Send QUIT. Its outcome does not matter."""
    with suppress(OSError):
        smtp.quit()


def _error_text(error: Exception) -> str:
    """What went wrong, in our own words: a server's text may hold anything."""
    return f"the mail server could not be used ({type(error).__name__})"
