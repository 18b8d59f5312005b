"""The audit log. Every query names a workspace; entries are only ever added."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.audit_chain import GENESIS, entry_hash
from storage.engine.ids import new_id
from storage.engine.paging import count_rows
from storage.engine.prepared import PreparedQuery, PreparedStatement
from storage.engine.records import Records
from storage.engine.store import heavy
from storage.engine.upsert import insert_or_ignore
from storage.schema.records import AuditEntryRecord, AuditHeadRecord
from storage.schema.tables import AuditEntry, AuditHead, table

TABLE = table(AuditEntry)
_HEADS = table(AuditHead)
_BATCH = 1_000

_ENTRIES = Records(AuditEntryRecord, TABLE.c)
_HEAD = PreparedQuery(
    sa.select(_HEADS).where(_HEADS.c.workspace_id == sa.bindparam("workspace")).with_for_update(),
    AuditHeadRecord,
)
_SET_HEAD = PreparedStatement(
    sa.update(_HEADS)
    .where(_HEADS.c.workspace_id == sa.bindparam("workspace"))
    .values(seq=sa.bindparam("number"), hash=sa.bindparam("digest"))
)
_ADD = PreparedStatement(sa.insert(TABLE))


def append(
    db: sa.Connection,
    workspace: UUID,
    *,
    at: dt.datetime,
    actor: str,
    client: str,
    face: str,
    operation: str,
    subject: str | None,
    fields: Sequence[str],
) -> None:
    """Add one entry at the end of the workspace's chain."""
    last = _lock_head(db, workspace)
    entry: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": workspace,
        "seq": last.seq + 1,
        "at": at.replace(microsecond=0),
        "actor": actor,
        "client": client,
        "face": face,
        "operation": operation,
        "subject": subject,
        "fields": list(fields),
        "previous": last.hash,
    }
    entry["hash"] = entry_hash(entry, last.hash)
    _ADD.run(db, **entry)
    _SET_HEAD.run(db, workspace=workspace, number=entry["seq"], digest=entry["hash"])


def head(db: sa.Connection, workspace: UUID) -> tuple[int, str]:
    """The number and hash of the last entry."""
    row = db.execute(
        sa.select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.workspace_id == workspace)
    ).one_or_none()
    return (row[0], row[1]) if row else (0, GENESIS)


def list_page(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[AuditEntryRecord], int]:
    """One page, newest first, and the total."""
    conditions = [TABLE.c[name] == value for name, value in filters.items()]
    total, _ = head(db, workspace)
    if conditions:
        heavy(db)
        total = count_rows(db, TABLE, TABLE.c.workspace_id == workspace, *conditions)
    statement = (
        _ENTRIES.select()
        .where(TABLE.c.workspace_id == workspace, *conditions)
        .order_by(TABLE.c.seq.desc())
        .limit(limit)
        .offset(offset)
    )
    return _ENTRIES.all(db, statement), total


def every(db: sa.Connection, workspace: UUID) -> Iterator[AuditEntryRecord]:
    """All entries in order, read in batches: for export and verification."""
    after = 0
    while True:
        batch = _ENTRIES.all(
            db,
            _ENTRIES.select()
            .where(TABLE.c.workspace_id == workspace, TABLE.c.seq > after)
            .order_by(TABLE.c.seq)
            .limit(_BATCH),
        )
        yield from batch
        if len(batch) < _BATCH:
            return
        after = batch[-1].seq


def _lock_head(db: sa.Connection, workspace: UUID) -> AuditHeadRecord:
    """The end of the chain, locked until the transaction ends so that entries follow one another."""
    row = _HEAD.one(db, workspace=workspace)
    if row is None:
        insert_or_ignore(db, AuditHead, {"workspace_id": workspace, "seq": 0, "hash": GENESIS})
        row = _HEAD.one(db, workspace=workspace)
    assert row is not None
    return row
