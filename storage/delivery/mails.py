"""Mails that were promised, and the claim that keeps one from leaving twice."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.sessions.mail_status import INVITING, MAY_HAVE_LEFT, MailStatus
from storage.engine.prepared import PreparedStatement
from storage.engine.upsert import insert_or_ignore
from storage.schema.tables import Mail, Session, WorkspaceNotice

TABLE: sa.Table = Mail.__table__  # type: ignore[attr-defined]
_SESSIONS: sa.Table = Session.__table__  # type: ignore[attr-defined]
_NOTICES: sa.Table = WorkspaceNotice.__table__  # type: ignore[attr-defined]

_ADD = PreparedStatement(sa.insert(TABLE))
_CLAIM = (
    sa.update(TABLE)
    .where(TABLE.c.id == sa.bindparam("mail"), TABLE.c.status == MailStatus.queued.value)
    .values(
        status=MailStatus.sending.value,
        message_id=sa.bindparam("known_as"),
        updated_at=sa.bindparam("now"),
    )
)


def add(db: sa.Connection, mail: Mail) -> None:
    """Write the promise down."""
    _ADD.run(db, **mail.model_dump())


def add_once(db: sa.Connection, mail: Mail) -> bool:
    """The same, unless there is one like it for this generation of the session; whether it was added."""
    return insert_or_ignore(db, Mail, mail.model_dump())


def last_invitation(db: sa.Connection, workspace: UUID, session: UUID) -> dict[str, Any] | None:
    """The newest mail that tells the participant of the session."""
    rows = db.execute(
        sa.select(TABLE)
        .where(
            TABLE.c.workspace_id == workspace,
            TABLE.c.session_id == session,
            TABLE.c.kind.in_(sorted(INVITING)),
        )
        .order_by(TABLE.c.generation.desc(), TABLE.c.attempt.desc())
        .limit(1)
    )
    row = rows.mappings().one_or_none()
    return dict(row) if row else None


def get(db: sa.Connection, mail: UUID) -> dict[str, Any] | None:
    """A mail by its id; for the job that sends it, which was given the id by the workspace's own call."""
    row = db.execute(sa.select(TABLE).where(TABLE.c.id == mail)).mappings().one_or_none()
    return dict(row) if row else None


def withdraw(db: sa.Connection, workspace: UUID, session: UUID, now: dt.datetime) -> int:
    """Take back every mail of the session that has not been claimed; how many that were."""
    done = db.execute(
        sa.update(TABLE)
        .where(
            TABLE.c.workspace_id == workspace,
            TABLE.c.session_id == session,
            TABLE.c.status == MailStatus.queued.value,
        )
        .values(status=MailStatus.withdrawn.value, updated_at=now)
    )
    return done.rowcount


def was_invited(db: sa.Connection, workspace: UUID, session: UUID) -> bool:
    """Whether the participant may have read of this session."""
    return bool(
        db.execute(
            sa.select(
                sa.exists().where(
                    TABLE.c.workspace_id == workspace,
                    TABLE.c.session_id == session,
                    TABLE.c.kind.in_(sorted(INVITING)),
                    TABLE.c.status.in_(sorted(MAY_HAVE_LEFT)),
                )
            )
        ).scalar_one()
    )


def claim(db: sa.Connection, mail: UUID, message_id: str, now: dt.datetime) -> bool:
    """Take the mail for sending; False when it was withdrawn or taken before."""
    return db.execute(_CLAIM, {"mail": mail, "known_as": message_id, "now": now}).rowcount == 1


def settle(db: sa.Connection, mail: UUID, status: MailStatus, now: dt.datetime, detail: str | None) -> None:
    """Write down what became of it."""
    sent_at = now if status is MailStatus.sent else None
    db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == mail)
        .values(status=status.value, updated_at=now, detail=detail, sent_at=sent_at)
    )


def of_session(db: sa.Connection, workspace: UUID, session: UUID) -> Sequence[dict[str, Any]]:
    """Every mail of a session, oldest first."""
    rows = db.execute(
        sa.select(TABLE)
        .where(TABLE.c.workspace_id == workspace, TABLE.c.session_id == session)
        .order_by(TABLE.c.created_at, TABLE.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def written_about(db: sa.Connection, workspace: UUID, participant: UUID) -> Sequence[str]:
    """The first part of the Message-ID of every mail to or about a person: `kind-id`."""
    ours = (_SESSIONS.c.workspace_id == workspace, _SESSIONS.c.candidate_id == participant)
    to_them = sa.select(TABLE.c.id, TABLE.c.kind).join(_SESSIONS, _SESSIONS.c.id == TABLE.c.session_id)
    found = list(db.execute(to_them.where(*ours)))
    about = sa.select(_NOTICES.c.id).where(
        _NOTICES.c.workspace_id == workspace, _NOTICES.c.mail_id.in_([mail for mail, _ in found])
    )
    return [f"{kind}-{mail}" for mail, kind in found] + [f"notice-{id}" for (id,) in db.execute(about)]


def overdue(db: sa.Connection, before: dt.datetime, limit: int) -> Sequence[dict[str, Any]]:
    """Mails of any workspace that should have left before then, claimed or not: for the reconcile job."""
    rows = db.execute(
        sa.select(TABLE)
        .where(
            TABLE.c.status.in_([MailStatus.queued.value, MailStatus.sending.value]),
            TABLE.c.due_at < before,
        )
        .order_by(TABLE.c.due_at)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def put_off(db: sa.Connection, mail: UUID, until: dt.datetime) -> None:
    """The next attempt comes then: before that nobody needs to look for it."""
    db.execute(sa.update(TABLE).where(TABLE.c.id == mail).values(due_at=until))


def tried(db: sa.Connection, mail: UUID, detail: str | None, now: dt.datetime) -> int:
    """Count an attempt that did not get as far as the claim; how many there were."""
    done = db.execute(
        sa.update(TABLE)
        .where(TABLE.c.id == mail)
        .values(tries=TABLE.c.tries + 1, detail=detail, updated_at=now)
        .returning(TABLE.c.tries)
    )
    return int(done.scalar_one())
