"""Mails that are queued or sent, and the claim that prevents sending one twice."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from domain.sessions.mail_status import INVITING, MAY_HAVE_ARRIVED, MailStatus
from storage.engine.records import Records, values_of
from storage.engine.upsert import insert_or_ignore
from storage.schema.records import MailRecord
from storage.schema.tables import Mail, Session, WorkspaceNotice, table

TABLE = table(Mail)
_SESSIONS = table(Session)
_NOTICES = table(WorkspaceNotice)

_MAILS = Records(MailRecord, TABLE.c)
_CLAIM = (
    sa.update(TABLE)
    .where(TABLE.c.id == sa.bindparam("mail"), TABLE.c.status == MailStatus.queued.value)
    .values(
        status=MailStatus.sending.value,
        message_id=sa.bindparam("message"),
        updated_at=sa.bindparam("now"),
    )
)


def add_once(db: sa.Connection, mail: MailRecord) -> bool:
    """Insert a mail unless the same one exists for this generation of the session; whether it was inserted."""
    return insert_or_ignore(db, Mail, values_of(mail))


def last_invitation(db: sa.Connection, workspace: UUID, session: UUID) -> MailRecord | None:
    """The newest mail that invites the participant to the session."""
    invitations = _MAILS.select().where(
        TABLE.c.workspace_id == workspace,
        TABLE.c.session_id == session,
        TABLE.c.kind.in_(sorted(INVITING)),
    )
    newest = invitations.order_by(TABLE.c.generation.desc(), TABLE.c.attempt.desc()).limit(1)
    return _MAILS.one(db, newest)


def get(db: sa.Connection, mail: UUID) -> MailRecord | None:
    """A mail by its id; for the job that sends it, which was given the id by the workspace's own call."""
    return _MAILS.one(db, _MAILS.select().where(TABLE.c.id == mail))


def withdraw(db: sa.Connection, workspace: UUID, session: UUID, now: dt.datetime) -> int:
    """Withdraw every mail of the session that is not claimed yet; how many there were."""
    result = db.execute(
        sa.update(TABLE)
        .where(
            TABLE.c.workspace_id == workspace,
            TABLE.c.session_id == session,
            TABLE.c.status == MailStatus.queued.value,
        )
        .values(status=MailStatus.withdrawn.value, updated_at=now)
    )
    return result.rowcount


def was_invited(db: sa.Connection, workspace: UUID, session: UUID) -> bool:
    """Whether an invitation to this session may have reached the participant."""
    return bool(
        db.execute(
            sa.select(
                sa.exists().where(
                    TABLE.c.workspace_id == workspace,
                    TABLE.c.session_id == session,
                    TABLE.c.kind.in_(sorted(INVITING)),
                    TABLE.c.status.in_(sorted(MAY_HAVE_ARRIVED)),
                )
            )
        ).scalar_one()
    )


def claim(db: sa.Connection, mail: UUID, message_id: str, now: dt.datetime) -> bool:
    """Claim the mail for sending; False when it was withdrawn or claimed before."""
    return db.execute(_CLAIM, {"mail": mail, "message": message_id, "now": now}).rowcount == 1


def settle(db: sa.Connection, mail: UUID, status: MailStatus, now: dt.datetime, detail: str | None) -> None:
    """Write the result of sending it."""
    sent_at = now if status is MailStatus.sent else None
    db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == mail)
        .values(status=status.value, updated_at=now, detail=detail, sent_at=sent_at)
    )


def of_session(db: sa.Connection, workspace: UUID, session: UUID) -> Sequence[MailRecord]:
    """Every mail of a session, oldest first."""
    statement = _MAILS.select().where(TABLE.c.workspace_id == workspace, TABLE.c.session_id == session)
    return _MAILS.all(db, statement.order_by(TABLE.c.created_at, TABLE.c.id))


def message_id_prefixes(db: sa.Connection, workspace: UUID, participant: UUID) -> Sequence[str]:
    """The first part of the Message-ID of every mail to or about a person: `kind-id`."""
    ours = (_SESSIONS.c.workspace_id == workspace, _SESSIONS.c.candidate_id == participant)
    joined = sa.select(TABLE.c.id, TABLE.c.kind).join(_SESSIONS, _SESSIONS.c.id == TABLE.c.session_id)
    mails = list(db.execute(joined.where(*ours)))
    notices = sa.select(_NOTICES.c.id).where(
        _NOTICES.c.workspace_id == workspace, _NOTICES.c.mail_id.in_([mail for mail, _ in mails])
    )
    return [f"{kind}-{mail}" for mail, kind in mails] + [f"notice-{id}" for (id,) in db.execute(notices)]


def overdue(db: sa.Connection, before: dt.datetime, limit: int) -> Sequence[UUID]:
    """Mails of every workspace that were due before then and are not settled: for the reconcile job."""
    statement = (
        sa.select(TABLE.c.id)
        .where(
            TABLE.c.status.in_([MailStatus.queued.value, MailStatus.sending.value]),
            TABLE.c.due_at < before,
        )
        .order_by(TABLE.c.due_at)
        .limit(limit)
    )
    return db.execute(statement).scalars().all()


def postpone(db: sa.Connection, mail: UUID, until: dt.datetime) -> None:
    """Set when the next attempt is due: the reconcile job leaves the mail alone until then."""
    db.execute(sa.update(TABLE).where(TABLE.c.id == mail).values(due_at=until))


def count_try(db: sa.Connection, mail: UUID, detail: str | None, now: dt.datetime) -> int:
    """Count an attempt that failed before the claim; how many there were."""
    result = db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == mail)
        .values(tries=TABLE.c.tries + 1, detail=detail, updated_at=now)
        .returning(TABLE.c.tries)
    )
    return int(result.scalar_one())
