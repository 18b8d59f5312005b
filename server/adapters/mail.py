"""Mails as messages, and the two ways they leave: files in an outbox, or SMTP."""

import os
import re
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.mail.addresses import is_address, wire_form
from domain.mail.mailer import Envelope, Sent
from domain.mail.text import Link, MailText, one_line
from domain.sessions.mail_status import MailStatus

_TEMPLATES = Environment(
    loader=PackageLoader("server.adapters", "templates"), autoescape=True, undefined=StrictUndefined
)
# Seven bits throughout: not every server on the way takes eight.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Addressed:
    """From whom and to whom a text goes."""

    sender_name: str
    sender: str
    reply_to: str | None
    recipient_name: str
    recipient: str
    message_id: str
    date: datetime


def message_of(text: MailText, addressed: Addressed, calendar: str | None) -> EmailMessage:
    """One message: text, HTML, and the calendar entry both as an invitation and as a file.

    A `reply_to` that is no address is left out: a way to reach a person may be a telephone number too.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(addressed.sender_name, addressed.sender)
    message["To"] = _address(addressed.recipient_name, addressed.recipient)
    if addressed.reply_to and is_address(addressed.reply_to):
        message["Reply-To"] = _address("", addressed.reply_to)
    message["Subject"] = text.subject
    message["Date"] = format_datetime(addressed.date)
    message["Message-ID"] = addressed.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = text.language
    message.set_content(text.plain())
    message.add_alternative(html_of(text), subtype="html")
    if calendar is not None:
        _enclose(message, calendar)
    return message


def _enclose(message: EmailMessage, calendar: str) -> None:
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
    """The same text for a reader with HTML; everything in it is escaped, nothing is loaded from elsewhere."""
    parts = [{"link": part} if isinstance(part, Link) else {"text": part} for part in text.paragraphs]
    return _TEMPLATES.get_template("mail.html").render(
        subject=text.subject, language=text.language, preheader=text.preheader, parts=parts
    )


def _address(name: str, address: str) -> Address:
    # in its two parts: given whole, an address with a letter beyond ASCII before the @ is refused
    username, _, domain = wire_form(address).rpartition("@")
    return Address(one_line(name, 80), username, domain)


def bytes_of(envelope: Envelope) -> bytes:
    """The message as it travels and is kept, lines ended by CRLF."""
    return envelope.message.as_bytes(policy=_POLICY.clone(utf8=_beyond_ascii(envelope)))


def _beyond_ascii(envelope: Envelope) -> bool:
    """Whether an address needs SMTPUTF8; a domain alone never does."""
    return not (wire_form(envelope.sender) + wire_form(envelope.recipient)).isascii()


class Outbox:
    """Writes mails into a folder: nothing is needed to try Viva, and nothing leaves the machine.

    One file for each Message-ID, there as a whole or not at all, readable by the server's own user only: it holds
    a join link.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> Sent:
        try:
            draft = self._draft(bytes_of(envelope))
        except OSError as error:
            return Sent(MailStatus.queued, f"the outbox cannot be written: {error.strerror}")
        try:
            if not claim():
                return Sent(MailStatus.withdrawn)
            draft.replace(self._folder / _file_name(envelope.message["Message-ID"]))
        except OSError as error:
            return Sent(MailStatus.failed, f"the outbox cannot be written: {error.strerror}")
        finally:
            draft.unlink(missing_ok=True)
        with suppress(OSError):  # some file systems keep names without being asked and refuse to be
            _keep_names(self._folder)
        return Sent(MailStatus.sent)

    def remove(self, ids: str) -> None:
        """Delete the files of these mails, ids with spaces between: whoever they are about was erased."""
        for each in ids.split():
            (self._folder / _file_name(each)).unlink(missing_ok=True)

    def _draft(self, content: bytes) -> Path:
        """The whole mail, safe on disk, under a name that nobody reads yet."""
        self._folder.mkdir(parents=True, exist_ok=True)
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
    """Our ids start with the kind and end in a UUIDv7, so that mails of a kind sort by age."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", message_id.strip("<>").partition("@")[0]) + ".eml"


def _keep_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed over. `security` is starttls, tls or none."""

    host: str
    port: int
    security: str = "starttls"
    username: str = ""
    password: str = ""
    timeout: float = 30.0
    trust: ssl.SSLContext | None = None


# Answers to MAIL and RCPT that are about our own login, not about this mail: somebody will mend it.
_ABOUT_US = frozenset({530, 534, 535, 538})


class Smtp:
    """Hands mails to an SMTP server, at most once each."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> Sent:
        text = bytes_of(envelope)
        try:
            smtp = self._opened()
        except OSError as error:  # smtplib's errors are OSErrors
            return Sent(MailStatus.queued, _said(error))
        with closing(smtp):
            return _handed_over(smtp, envelope, text, claim)

    def _opened(self) -> smtplib.SMTP:
        smtp = self._connected()
        try:
            smtp.local_hostname = _own_name(smtp)
            if self._server.security == "starttls":
                smtp.starttls(context=self._trust())
            smtp.ehlo_or_helo_if_needed()
            if self._server.username:
                smtp.login(self._server.username, self._server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        # a name is given at once, or the library would ask the DNS for one
        name = "[127.0.0.1]"
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.timeout, context=self._trust()
            )
        return smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)

    def _trust(self) -> ssl.SSLContext:
        return self._server.trust or ssl.create_default_context()


def _own_name(smtp: smtplib.SMTP) -> str:
    """How we introduce ourselves: by the address that the server sees or, behind a NAT, would see."""
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    address = str(smtp.sock.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _handed_over(smtp: smtplib.SMTP, envelope: Envelope, text: bytes, claim: Callable[[], bool]) -> Sent:
    """Up to the server's 354, then the claim, then the text and its dot.

    Whoever leaves without the dot just closes the connection: the server then forgets the mail.
    """
    try:
        refused = _asked(smtp, envelope)
    except OSError as error:
        return Sent(MailStatus.queued, _said(error))
    if refused is not None:
        _part(smtp)
        return refused
    if not claim():
        return Sent(MailStatus.withdrawn)
    try:
        smtp.send(_stuffed(text))
        code, _ = smtp.getreply()
    except OSError as error:
        return Sent(MailStatus.unknown, _said(error))
    _part(smtp)
    if code // 100 == 2:
        return Sent(MailStatus.sent)
    # the text was given away and refused: a temporary refusal is not tried again by itself either, since
    # servers exist that deliver and then answer 4xx
    return Sent(MailStatus.failed if code // 100 == 5 else MailStatus.unknown, f"the mail server said {code}")


def _asked(smtp: smtplib.SMTP, envelope: Envelope) -> Sent | None:
    """MAIL, RCPT and DATA; the refusal, or None when the server waits for the text."""
    options = []
    if _beyond_ascii(envelope):
        if not smtp.has_extn("smtputf8"):
            return Sent(MailStatus.failed, "the mail server takes no address with letters beyond ASCII")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    code, _ = smtp.mail(wire_form(envelope.sender), options)
    if code != 250:
        return _refused(code)
    code, _ = smtp.rcpt(wire_form(envelope.recipient))
    if code not in (250, 251):
        return _refused(code)
    code, _ = smtp.docmd("DATA")
    return None if code == 354 else _refused(code)


def _refused(code: int) -> Sent:
    """Before the text was given away. Anything that is no plain "never" may be tried again."""
    for_good = code // 100 == 5 and code not in _ABOUT_US
    return Sent(MailStatus.failed if for_good else MailStatus.queued, f"the mail server said {code}")


def _stuffed(text: bytes) -> bytes:
    """The text as DATA wants it: a dot in front of each line that starts with one, and one alone at the end."""
    whole = text if text.endswith(b"\r\n") else text + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole) + b".\r\n"


def _part(smtp: smtplib.SMTP) -> None:
    """Say goodbye; what becomes of that changes nothing."""
    with suppress(OSError):
        smtp.quit()


def _said(error: Exception) -> str:
    """What went wrong, in our words: a server's own text may hold anything."""
    return f"the mail server could not be used ({type(error).__name__})"
