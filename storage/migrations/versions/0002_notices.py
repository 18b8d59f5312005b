"""notices"""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspace_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("endpoint_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_workspace_notices_endpoint_id_webhook_endpoints"),
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_workspace_notices_mail_id_mails")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_workspace_notices_workspace_id_workspaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_notices")),
    )
    with op.batch_alter_table("workspace_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workspace_notices_endpoint_id"), ["endpoint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workspace_notices_mail_id"), ["mail_id"], unique=False)
        batch_op.create_index("ix_workspace_notices_open", ["status", "created_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("workspace_notices", schema=None) as batch_op:
        batch_op.drop_index("ix_workspace_notices_open")
        batch_op.drop_index(batch_op.f("ix_workspace_notices_mail_id"))
        batch_op.drop_index(batch_op.f("ix_workspace_notices_endpoint_id"))

    op.drop_table("workspace_notices")
