"""Mails about a session: their kinds and the statuses that one can have."""

from enum import StrEnum


class MailKind(StrEnum):
    invite = "invite"
    rescheduled = "rescheduled"
    cancelled = "cancelled"
    reminder = "reminder"
    result = "result"
    help = "help"


class MailStatus(StrEnum):
    """Where a mail stands.

    queued → sending → sent | unknown | failed. A mail that is `sending` is claimed and never sent again automatically.
    queued → withdrawn when the session is cancelled or rescheduled first.
    """

    queued = "queued"
    sending = "sending"
    sent = "sent"
    failed = "failed"
    unknown = "unknown"
    withdrawn = "withdrawn"


class InviteStatus(StrEnum):
    """What a session shows about its invitation. `none`: no mail is sent, because a person reviews by hand."""

    none = "none"
    queued = "queued"
    sent = "sent"
    failed = "failed"
    unknown = "unknown"
    withdrawn = "withdrawn"


# Mails that announce a session to the participant. After one of them is sent, a cancellation is mailed too.
INVITING: frozenset[MailKind] = frozenset({MailKind.invite, MailKind.rescheduled})

# Mails to the workspace. They stay valid whatever happens to the session.
TO_WORKSPACE: frozenset[MailKind] = frozenset({MailKind.result, MailKind.help})

# Statuses in which the participant may have received the mail.
MAY_HAVE_ARRIVED: frozenset[MailStatus] = frozenset({MailStatus.sending, MailStatus.sent, MailStatus.unknown})
