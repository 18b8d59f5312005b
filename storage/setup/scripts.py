"""Queries about the scripts of stages. Every one of them names a workspace."""

from uuid import UUID

import sqlalchemy as sa

from storage.engine.prepared import PreparedQuery
from storage.engine.records import values_of
from storage.schema.records import StageScriptRecord
from storage.schema.tables import StageScript, table

TABLE = table(StageScript)
# asked at every booking
_GET = PreparedQuery(
    sa.select(TABLE).where(
        TABLE.c.workspace_id == sa.bindparam("workspace"), TABLE.c.stage_id == sa.bindparam("stage")
    ),
    StageScriptRecord,
)


def get(db: sa.Connection, workspace: UUID, stage: UUID) -> StageScriptRecord | None:
    """The script of a stage, or None while none is written."""
    return _GET.one(db, workspace=workspace, stage=stage)


def add(db: sa.Connection, script: StageScriptRecord) -> None:
    """Store the first script of a stage; `IntegrityError` when there is one already."""
    db.execute(sa.insert(TABLE), values_of(script))


def rewrite(db: sa.Connection, script: StageScriptRecord) -> bool:
    """Store the next version in place of the one before it; False when another call was faster."""
    earlier = (
        TABLE.c.workspace_id == script.workspace_id,
        TABLE.c.stage_id == script.stage_id,
        TABLE.c.version == script.version - 1,
    )
    values = values_of(script)
    kept = {name: values[name] for name in ("language", "body", "version", "written_by", "updated_at")}
    return db.execute(sa.update(TABLE).where(*earlier).values(**kept)).rowcount == 1
