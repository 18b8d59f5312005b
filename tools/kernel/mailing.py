"""Promising a mail: the row that can be withdrawn and the work that will send it, in one transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain.sessions.mail_status import MailKind, MailStatus
from storage.delivery import mails
from storage.engine.ids import new_id
from storage.schema.tables import Mail
from tools.kernel.operation import Call


def enqueue_mail(
    call: Call,
    session: Mapping[str, Any],
    kind: MailKind,
    *,
    attempt: int = 0,
    message_id: str | None = None,
) -> None:
    """Promise one mail about a session; it leaves after this door's hold window.

    `attempt` counts how often a person asked for this mail again; `message_id` is that of the mail it repeats.
    """
    hold = call.services.policy.hold.get(call.via, timedelta())
    # constructed, not validated: every value is our own, and a table's own constructor takes four times as long
    mail = Mail.model_construct(
        id=new_id(),
        workspace_id=call.workspace,
        session_id=session["id"],
        kind=kind.value,
        generation=session["generation"],
        attempt=attempt,
        message_id=message_id,
        status=MailStatus.queued.value,
        due_at=call.now + hold,
        created_at=call.now,
        updated_at=call.now,
    )
    mails.add(call.db, mail)
    call.enqueue("mail", f"mail:{mail.id}", str(mail.id), delay=hold)
