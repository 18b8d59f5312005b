"""Enqueueing mails: a row that can be withdrawn and the job that will send it, in one transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from domain.mail.addresses import is_address
from domain.sessions.mail_status import MailKind, MailStatus
from storage.access import workspaces
from storage.delivery import mails
from storage.engine.ids import new_id
from storage.schema.records import MailRecord, SessionRecord
from tools.kernel.unit import Unit


def enqueue_mail(
    unit: Unit,
    row: SessionRecord,
    kind: MailKind,
    *,
    attempt: int = 0,
    message_id: str | None = None,
) -> None:
    """Enqueue one mail about a session; it leaves after the actor's hold window.

    `attempt` tells mails of one kind apart: how often a person asked for it again. The same mail twice for one
    generation of the session is one mail. `message_id` is that of the mail it repeats.
    """
    enqueue_mail_at(
        unit,
        row.workspace_id,
        row.id,
        row.generation,
        kind,
        unit.now + unit.hold,
        attempt=attempt,
        message_id=message_id,
    )


def enqueue_mail_at(
    unit: Unit,
    workspace: UUID,
    session: UUID,
    generation: int,
    kind: MailKind,
    due: datetime,
    *,
    attempt: int = 0,
    message_id: str | None = None,
) -> None:
    """The same for a mail that is due at a time of its own, such as a reminder."""
    mail = MailRecord(
        id=new_id(),
        workspace_id=workspace,
        session_id=session,
        kind=kind.value,
        generation=generation,
        attempt=attempt,
        message_id=message_id,
        status=MailStatus.queued.value,
        due_at=due,
        created_at=unit.now,
        updated_at=unit.now,
    )
    if mails.add_once(unit.db, mail):
        wait = max(timedelta(), due - unit.now)
        unit.enqueue("mail", f"mail:{mail.id}", str(mail.id), delay=wait)


def enqueue_contact_mail(unit: Unit, row: SessionRecord, kind: MailKind, *, attempt: int = 0) -> None:
    """Write to the workspace's contact about a session, once for each attempt; to nobody where there is none."""
    workspace = workspaces.get(unit.db, row.workspace_id)
    if workspace is not None and is_address(workspace.contact or ""):
        enqueue_mail(unit, row, kind, attempt=attempt)
