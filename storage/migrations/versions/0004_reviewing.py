"""reviewing"""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Json, Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coding_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_template_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("starter", Json, nullable=False),
        sa.Column("cases", Json, nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_template_id"],
            ["evaluation_templates.id"],
            name=op.f("fk_coding_tasks_evaluation_template_id_evaluation_templates"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["evaluation_stages.id"],
            name=op.f("fk_coding_tasks_interview_id_evaluation_stages"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_coding_tasks_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_tasks")),
    )
    with op.batch_alter_table("coding_tasks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_coding_tasks_page", ["workspace_id", "evaluation_template_id", "created_at"], unique=False
        )

    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_template_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("easier", sa.String(), nullable=False),
        sa.Column("harder", sa.String(), nullable=False),
        sa.Column("criteria", Json, nullable=False),
        sa.Column("probes", Json, nullable=False),
        sa.Column("anchors", Json, nullable=False),
        sa.Column("must_have", Json, nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_template_id"],
            ["evaluation_templates.id"],
            name=op.f("fk_questions_evaluation_template_id_evaluation_templates"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["evaluation_stages.id"],
            name=op.f("fk_questions_interview_id_evaluation_stages"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_questions_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_questions_page", ["workspace_id", "evaluation_template_id", "created_at"], unique=False
        )

    op.create_table(
        "session_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("recommendation", sa.String(), nullable=True),
        sa.Column("score", sa.String(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_session_reviews_session_id_sessions")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_session_reviews_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_reviews")),
    )
    with op.batch_alter_table("session_reviews", schema=None) as batch_op:
        batch_op.create_index("ix_session_reviews_session", ["session_id", "created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("session_reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_session_reviews_session")

    op.drop_table("session_reviews")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_page")

    op.drop_table("questions")
    with op.batch_alter_table("coding_tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_coding_tasks_page")

    op.drop_table("coding_tasks")
