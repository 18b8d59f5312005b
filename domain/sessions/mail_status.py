"""Mails that were promised: what kinds there are and what can become of one."""

from enum import StrEnum


class MailKind(StrEnum):
    invite = "invite"
    rescheduled = "rescheduled"
    cancelled = "cancelled"
    reminder = "reminder"
    result = "result"
    help = "help"


class MailStatus(StrEnum):
    """The fate of a mail.

    queued → sending (claimed: from here on it is never sent again by itself) → sent | unknown | failed;
    queued → withdrawn when a cancel or reschedule came first.
    """

    queued = "queued"
    sending = "sending"
    sent = "sent"
    failed = "failed"
    unknown = "unknown"
    withdrawn = "withdrawn"


class InviteStatus(StrEnum):
    """What the session shows of its invitation; `none` where no mail is sent (a person reviews by hand)."""

    none = "none"
    queued = "queued"
    sent = "sent"
    failed = "failed"
    unknown = "unknown"
    withdrawn = "withdrawn"


# Mails that tell the participant of a session: after one of them has left, a cancel must be told too.
INVITING: frozenset[MailKind] = frozenset({MailKind.invite, MailKind.rescheduled})

# Mails to whoever asked for the interview: they hold whatever becomes of the session.
TO_WORKSPACE: frozenset[MailKind] = frozenset({MailKind.result, MailKind.help})

# Fates after which the participant may have read it.
MAY_HAVE_LEFT: frozenset[MailStatus] = frozenset({MailStatus.sending, MailStatus.sent, MailStatus.unknown})
