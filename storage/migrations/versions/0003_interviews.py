"""interviews"""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Json, Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interview_events",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_interview_events_session_id_sessions")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_interview_events_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("pk_interview_events")),
        sa.UniqueConstraint("session_id", "client_id", name=op.f("uq_interview_events_session_id_client_id")),
    )
    op.create_table(
        "interview_plans",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_interview_plans_session_id_sessions")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_interview_plans_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_interview_plans")),
    )
    op.create_table(
        "scorecards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("findings", Json, nullable=False),
        sa.Column("card", Json, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_scorecards_session_id_sessions")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_scorecards_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecards")),
        sa.UniqueConstraint("session_id", "version", name=op.f("uq_scorecards_session_id_version")),
    )


def downgrade() -> None:
    op.drop_table("scorecards")
    op.drop_table("interview_plans")
    op.drop_table("interview_events")
