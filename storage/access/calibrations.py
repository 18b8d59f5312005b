"""Calibrations of models on this deployment. They are the server's, of no workspace, and no caller reads them."""

from collections.abc import Sequence

import sqlalchemy as sa

from storage.engine.records import Records, values_of
from storage.schema.records import ModelCalibrationRecord
from storage.schema.tables import ModelCalibration, table

_TABLE = table(ModelCalibration)
_CALIBRATIONS = Records(ModelCalibrationRecord, _TABLE.c)


def add(db: sa.Connection, calibration: ModelCalibrationRecord) -> None:
    db.execute(sa.insert(_TABLE), values_of(calibration))


def every(db: sa.Connection) -> Sequence[ModelCalibrationRecord]:
    """All calibrations, newest first."""
    return _CALIBRATIONS.all(
        db, _CALIBRATIONS.select().order_by(_TABLE.c.created_at.desc(), _TABLE.c.id.desc())
    )


def passed(db: sa.Connection, model: str, prompt_hash: str) -> bool:
    """Whether the newest calibration of this model under this prompt was passed; False without one."""
    statement = (
        sa.select(_TABLE.c.passed)
        .where(_TABLE.c.model == model, _TABLE.c.prompt_hash == prompt_hash)
        .order_by(_TABLE.c.created_at.desc(), _TABLE.c.id.desc())
        .limit(1)
    )
    return bool(db.execute(statement).scalar())
