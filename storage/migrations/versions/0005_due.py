"""Indexes by which housekeeping finds interviews that are overdue or unscored; the card a review was about."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("session_reviews", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=True))

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sessions_due",
            ["scheduled_at"],
            unique=False,
            sqlite_where=sa.text("status = 'scheduled'"),
            postgresql_where=sa.text("status = 'scheduled'"),
        )
        batch_op.create_index(
            "ix_sessions_running",
            ["started_at"],
            unique=False,
            sqlite_where=sa.text("status = 'in_progress'"),
            postgresql_where=sa.text("status = 'in_progress'"),
        )
        batch_op.create_index(
            "ix_sessions_unscored",
            ["ended_at"],
            unique=False,
            sqlite_where=sa.text("status = 'completed' AND summary IS NULL"),
            postgresql_where=sa.text("status = 'completed' AND summary IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_sessions_unscored",
            sqlite_where=sa.text("status = 'completed' AND summary IS NULL"),
            postgresql_where=sa.text("status = 'completed' AND summary IS NULL"),
        )
        batch_op.drop_index(
            "ix_sessions_running",
            sqlite_where=sa.text("status = 'in_progress'"),
            postgresql_where=sa.text("status = 'in_progress'"),
        )
        batch_op.drop_index(
            "ix_sessions_due",
            sqlite_where=sa.text("status = 'scheduled'"),
            postgresql_where=sa.text("status = 'scheduled'"),
        )

    with op.batch_alter_table("session_reviews", schema=None) as batch_op:
        batch_op.drop_column("version")
