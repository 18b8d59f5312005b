"""Chooses the mail transport from the settings."""

from domain.mail.mailer import Mailer
from server.adapters.mail import Outbox, Smtp, SmtpServer
from server.settings import Settings


def mailer_for(settings: Settings) -> Mailer:
    """The outbox by default, SMTP when the settings say so."""
    if settings.mail == "outbox":
        return Outbox(settings.outbox)
    return Smtp(
        SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value(),
        )
    )
