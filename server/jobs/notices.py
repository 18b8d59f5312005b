"""Notices to a workspace of what went wrong on its behalf: a mail that did not arrive, an endpoint given up.

They go to the workspace's contact, when that is an address. Claimed before they leave, and never about themselves.
"""

from uuid import UUID

import sqlalchemy as sa

from domain.mail.addresses import is_address
from domain.mail.catalog import EndpointNotice, Notice
from domain.mail.mailer import Envelope, Mailer, SendResult
from domain.sessions.mail_status import TO_WORKSPACE, MailStatus
from domain.webhooks.events import DisabledReason
from server.adapters.job_queue import RunAgain
from server.jobs.mail import BACKOFF
from server.jobs.mail_composer import Composer
from storage.access import workspaces
from storage.delivery import mail_context, notices
from storage.delivery.mail_context import MailContextRecord
from storage.delivery.notices import NoticeRecord
from storage.engine.ids import new_id
from storage.schema.records import WebhookEndpointRecord, WorkspaceNoticeRecord
from tools.kernel.unit import Unit, Units


class Notices:
    """Writes notices to the workspace, in the transaction in which what they are about becomes true."""

    def about_mail(self, unit: Unit, mail: MailContextRecord, status: MailStatus) -> None:
        """About a mail to a participant that failed or may not have arrived."""
        if mail.kind not in TO_WORKSPACE:
            _enqueue(unit, mail.workspace_id, Notice(status.value).value, mail=mail.mail_id)

    def about_endpoint(self, unit: Unit, endpoint: WebhookEndpointRecord) -> None:
        """About a webhook endpoint that was disabled."""
        gone = endpoint.disabled_reason == DisabledReason.gone
        kind = EndpointNotice.gone if gone else EndpointNotice.given_up
        _enqueue(unit, endpoint.workspace_id, kind.value, endpoint=endpoint.id)


def _enqueue(
    unit: Unit, workspace: UUID, kind: str, *, mail: UUID | None = None, endpoint: UUID | None = None
) -> None:
    row = workspaces.get(unit.db, workspace)
    contact = (row.contact or row.reply_to) if row else None
    if not contact or not is_address(contact):
        return  # The workspace has no address. Sessions and endpoints show the failure all the same.
    notice = WorkspaceNoticeRecord(
        id=new_id(),
        workspace_id=workspace,
        kind=kind,
        recipient=contact,
        status=MailStatus.queued.value,
        created_at=unit.now,
        updated_at=unit.now,
        mail_id=mail,
        endpoint_id=endpoint,
    )
    notices.add(unit.db, notice)
    unit.enqueue("notice", f"notice:{notice.id}", str(notice.id))


class NoticeJob:
    """Sends one notice: never twice. One whose fate a crash left open is not sent again."""

    def __init__(self, engine: sa.Engine, units: Units, composer: Composer, mailer: Mailer) -> None:
        self._engine = engine
        self._units = units
        self._composer = composer
        self._mailer = mailer

    def __call__(self, notice_id: str) -> RunAgain | None:
        with self._units.begin(self._engine) as unit:
            notice = notices.get(unit.db, UUID(notice_id))
            if notice is None or not _still_open(unit, notice):
                return None
            envelope = self._envelope(unit, notice)
        sent = self._mailer.send(envelope, lambda: self._claim(notice))
        with self._units.begin(self._engine) as unit:
            return _settle(unit, notice, sent)

    def _envelope(self, unit: Unit, notice: NoticeRecord) -> Envelope:
        if notice.endpoint_id is not None:
            return self._composer.compose_endpoint_notice(notice)
        assert notice.mail_id is not None, "every other notice is about a mail"
        mail = mail_context.get(unit.db, notice.mail_id)
        assert mail is not None, "a notice goes when its mail goes"
        return self._composer.notice(notice, mail)

    def _claim(self, notice: NoticeRecord) -> bool:
        with self._units.begin(self._engine) as unit:
            return notices.claim(unit.db, notice.id, unit.now)


def _still_open(unit: Unit, notice: NoticeRecord) -> bool:
    """Whether to send; a notice that a crash left half-sent is marked unknown here."""
    if notice.status == MailStatus.sending:
        notices.settle(unit.db, notice.id, MailStatus.unknown, unit.now, "the server stopped meanwhile")
    return notice.status == MailStatus.queued


def _settle(unit: Unit, notice: NoticeRecord, sent: SendResult) -> RunAgain | None:
    if sent.status is MailStatus.queued:
        tries = notices.count_try(unit.db, notice.id, unit.now)
        if tries <= len(BACKOFF):
            return RunAgain(BACKOFF[tries - 1])
        notices.settle(unit.db, notice.id, MailStatus.failed, unit.now, sent.detail)
    elif sent.status is not MailStatus.withdrawn:
        notices.settle(unit.db, notice.id, sent.status, unit.now, sent.detail)
    return None
