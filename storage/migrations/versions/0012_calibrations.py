"""Which models passed calibration on this deployment."""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Json, Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_calibrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("prompt_hash", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_calibrations")),
    )
    op.create_index(
        "ix_model_calibrations_model", "model_calibrations", ["model", "prompt_hash", "created_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_model_calibrations_model", "model_calibrations")
    op.drop_table("model_calibrations")
