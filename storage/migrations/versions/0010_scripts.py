"""Scripts of stages: what is asked, written before anybody is invited."""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Json, Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scripts",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["evaluation_stages.id"], name=op.f("fk_scripts_stage_id_evaluation_stages")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_scripts_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("stage_id", name=op.f("pk_scripts")),
    )


def downgrade() -> None:
    op.drop_table("scripts")
