"""Mails as messages, and the two ways they leave: files in an outbox, or SMTP."""

import os
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.mail import Envelope, Sent
from domain.messages import Link, MailText, one_line
from domain.outgoing import MailStatus

_TEMPLATES = Environment(
    loader=PackageLoader("server.adapters", "templates"), autoescape=True, undefined=StrictUndefined
)


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
    """One message: text, HTML, and the calendar entry both as an invitation and as a file."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(addressed.sender_name, addressed.sender)
    message["To"] = _address(addressed.recipient_name, addressed.recipient)
    if addressed.reply_to:
        message["Reply-To"] = addressed.reply_to
    message["Subject"] = text.subject
    message["Date"] = format_datetime(addressed.date)
    message["Message-ID"] = addressed.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = text.language
    message.set_content(text.plain())
    message.add_alternative(html_of(text), subtype="html")
    if calendar is not None:
        method = "CANCEL" if "METHOD:CANCEL" in calendar else "REQUEST"
        message.add_alternative(calendar, subtype="calendar", params={"method": method})
        message.add_attachment(
            calendar.encode(), maintype="text", subtype="calendar", filename="interview.ics"
        )
    return message


def html_of(text: MailText) -> str:
    """The same text for a reader with HTML; everything in it is escaped, nothing is loaded from elsewhere."""
    parts = [{"link": part} if isinstance(part, Link) else {"text": part} for part in text.paragraphs]
    return _TEMPLATES.get_template("mail.html").render(
        subject=text.subject, language=text.language, parts=parts
    )


def _address(name: str, address: str) -> Address:
    return Address(display_name=one_line(name, 80), addr_spec=address)


class Outbox:
    """Writes mails into a folder: nothing is needed to try Viva, and nothing leaves the machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> Sent:
        name = envelope.message["Message-ID"].strip("<>").partition("@")[0]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return Sent(MailStatus.queued, f"the outbox cannot be written: {error.strerror}")
        if not claim():
            return Sent(MailStatus.withdrawn)
        draft = self._folder / f".{name}.part"
        try:
            with draft.open("wb") as file:
                file.write(envelope.message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self._folder / f"{name}.eml")
        except OSError as error:
            return Sent(MailStatus.failed, f"the outbox cannot be written: {error.strerror}")
        return Sent(MailStatus.sent)


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


class Smtp:
    """Hands mails to an SMTP server, at most once each."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, envelope: Envelope, claim: Callable[[], bool]) -> Sent:
        try:
            smtp = self._opened()
        except (OSError, smtplib.SMTPException) as error:
            return Sent(MailStatus.queued, _said(error))
        try:
            return _handed_over(smtp, envelope, claim)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    def _opened(self) -> smtplib.SMTP:
        server = self._server
        trust = server.trust or ssl.create_default_context()
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=trust
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.security == "starttls":
                smtp.starttls(context=trust)
            smtp.ehlo_or_helo_if_needed()
            if server.username:
                smtp.login(server.username, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _handed_over(smtp: smtplib.SMTP, envelope: Envelope, claim: Callable[[], bool]) -> Sent:
    """Up to the server's 354, then the claim, then the text and its dot."""
    try:
        for code, reply in _asked(smtp, envelope):
            if code >= 400:
                return _refused(code, reply)
    except (OSError, smtplib.SMTPException) as error:
        return Sent(MailStatus.queued, _said(error))
    if not claim():
        smtp.close()
        return Sent(MailStatus.withdrawn)
    try:
        smtp.send(smtplib._quote_periods(envelope.message.as_bytes()) + b".\r\n")  # type: ignore[attr-defined]
        code, reply = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Sent(MailStatus.unknown, _said(error))
    if code == 250:
        return Sent(MailStatus.sent)
    # the text was given away and refused: a temporary refusal is not tried again by itself either, since
    # servers exist that deliver and then answer 4xx
    return Sent(MailStatus.failed if code >= 500 else MailStatus.unknown, f"the mail server said {code}")


def _asked(smtp: smtplib.SMTP, envelope: Envelope) -> "list[tuple[int, bytes]]":
    """MAIL, RCPT and DATA, as far as the server goes along."""
    options = ["SMTPUTF8"] if _needs_utf8(envelope) and smtp.has_extn("smtputf8") else []
    answers = [smtp.mail(envelope.sender, options)]
    if answers[-1][0] < 400:
        answers.append(smtp.rcpt(envelope.recipient))
    if answers[-1][0] < 400:
        answers.append(smtp.docmd("DATA"))
    return answers


def _needs_utf8(envelope: Envelope) -> bool:
    return not (envelope.sender.isascii() and envelope.recipient.isascii())


def _refused(code: int, reply: bytes) -> Sent:
    return Sent(MailStatus.failed if code >= 500 else MailStatus.queued, f"the mail server said {code}")


def _said(error: Exception) -> str:
    """What went wrong, in our words: a server's own text may hold anything."""
    return f"the mail server could not be used ({type(error).__name__})"
