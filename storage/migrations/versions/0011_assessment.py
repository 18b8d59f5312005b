"""Whose word the outcome of a session is."""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("assessment", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "assessment")
