"""The audit log. Every query names a workspace; entries are only ever added."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.audit_chain import GENESIS, UNSEALED, AuditKey, Head
from storage.engine.ids import new_id
from storage.engine.paging import count_rows
from storage.engine.prepared import PreparedQuery, PreparedStatement
from storage.engine.records import Records, values_of
from storage.engine.store import heavy
from storage.engine.upsert import insert_or_ignore
from storage.schema.records import AuditEntryRecord, AuditHeadRecord
from storage.schema.tables import AuditEntry, AuditHead, AuditKeyId, table

TABLE = table(AuditEntry)
_HEADS = table(AuditHead)
_KEY_IDS = table(AuditKeyId)
_BATCH = 1_000
_ONLY = 1  # the id of the only row of the table of the key

_ENTRIES = Records(AuditEntryRecord, TABLE.c)
_HEAD = PreparedQuery(
    sa.select(_HEADS).where(_HEADS.c.workspace_id == sa.bindparam("workspace")).with_for_update(),
    AuditHeadRecord,
)
_HEAD_READ = PreparedQuery(
    sa.select(_HEADS).where(_HEADS.c.workspace_id == sa.bindparam("workspace")), AuditHeadRecord
)
_EVERY_HEAD = Records(AuditHeadRecord, _HEADS.c)
_SET_HEAD = PreparedStatement(
    sa.update(_HEADS)
    .where(_HEADS.c.workspace_id == sa.bindparam("workspace"))
    .values(
        seq=sa.bindparam("number"),
        hash=sa.bindparam("digest"),
        plain=sa.bindparam("before_keys"),
        seal=sa.bindparam("by_key"),
    )
)
_ADD = PreparedStatement(sa.insert(TABLE))


def append(
    db: sa.Connection,
    workspace: UUID,
    key: AuditKey,
    *,
    at: dt.datetime,
    actor: str,
    client: str,
    face: str,
    operation: str,
    subject: str | None,
    fields: Sequence[str],
) -> None:
    """Add one entry at the end of the workspace's chain.

    A head whose seal does not fit is never sealed again here: the log goes on, and the damage stays visible.
    """
    last = _lock_head(db, workspace, key)
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
    entry["hash"] = key.seal_entry(workspace, entry, last.hash)
    _ADD.run(db, **entry)
    intact = key.fits(workspace, last)
    seal = key.seal_head(workspace, entry["seq"], entry["hash"], last.plain) if intact else UNSEALED
    _write_head(db, workspace, Head(entry["seq"], entry["hash"], last.plain, seal))


def head(db: sa.Connection, workspace: UUID) -> Head | None:
    """The end of the workspace's chain; None before the first entry."""
    row = _HEAD_READ.one(db, workspace=workspace)
    return None if row is None else _head(row)


def heads(db: sa.Connection) -> Mapping[UUID, Head]:
    """The ends of all chains of this server, for the operator only."""
    return {row.workspace_id: _head(row) for row in _EVERY_HEAD.all(db, _EVERY_HEAD.select())}


def pin_key(db: sa.Connection, key: AuditKey) -> bool:
    """Whether this is the key of this database's logs. The first key that is asked about becomes it."""
    return insert_or_ignore(db, AuditKeyId, {"id": _ONLY, "key_id": key.id}) or key_id(db) == key.id


def key_id(db: sa.Connection) -> str | None:
    """The id of the key of this database's logs."""
    return db.execute(sa.select(_KEY_IDS.c.key_id)).scalar_one_or_none()


def reseal(db: sa.Connection, workspace: UUID, key: AuditKey) -> Head:
    """Seal the workspace's log as it stands, entry by entry, and make the key that of this database.

    For the operator only, who has verified the log or takes it as it is. Every seal and so every anchor from before
    is void.
    """
    _lock_head(db, workspace, key)
    previous, number = GENESIS, 0
    for entry in every(db, workspace):
        number += 1
        content = values_of(entry) | {"seq": number}
        seal = key.seal_entry(workspace, content, previous)
        db.execute(
            sa.update(TABLE)
            .where(TABLE.c.workspace_id == workspace, TABLE.c.id == entry.id)
            .values(seq=number, previous=previous, hash=seal)
        )
        previous = seal
    sealed = Head(number, previous, 0, key.seal_head(workspace, number, previous, 0))
    _write_head(db, workspace, sealed)
    db.execute(sa.update(_KEY_IDS).values(key_id=key.id))
    return sealed


def list_page(
    db: sa.Connection, workspace: UUID, filters: Mapping[str, Any], limit: int, offset: int
) -> tuple[Sequence[AuditEntryRecord], int]:
    """One page, newest first, and the total."""
    conditions = [TABLE.c[name] == value for name, value in filters.items()]
    end = head(db, workspace)
    total = end.seq if end else 0
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


def _lock_head(db: sa.Connection, workspace: UUID, key: AuditKey) -> Head:
    """The end of the chain, locked until the transaction ends so that entries follow one another."""
    row = _HEAD.one(db, workspace=workspace)
    if row is None:
        insert_or_ignore(db, AuditHead, {"workspace_id": workspace, **_first_head(db, workspace, key)})
        row = _HEAD.one(db, workspace=workspace)
    assert row is not None
    return _head(row)


def _first_head(db: sa.Connection, workspace: UUID, key: AuditKey) -> dict[str, Any]:
    """The head of a chain that has none. When there are entries, somebody removed it, so it gets no seal."""
    newest = sa.select(TABLE.c.seq, TABLE.c.hash).where(TABLE.c.workspace_id == workspace)
    last = db.execute(newest.order_by(TABLE.c.seq.desc()).limit(1)).one_or_none()
    if last is not None:
        return {"seq": last.seq, "hash": last.hash, "plain": 0, "seal": UNSEALED}
    return {"seq": 0, "hash": GENESIS, "plain": 0, "seal": key.seal_head(workspace, 0, GENESIS, 0)}


def _write_head(db: sa.Connection, workspace: UUID, new: Head) -> None:
    _SET_HEAD.run(
        db, workspace=workspace, number=new.seq, digest=new.hash, before_keys=new.plain, by_key=new.seal
    )


def _head(row: AuditHeadRecord) -> Head:
    return Head(row.seq, row.hash, row.plain, row.seal)
