"""Since when a webhook endpoint is enabled."""

import sqlalchemy as sa
from alembic import op

from storage.schema.columns import Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("enabled_at", Utc, nullable=True))
    op.execute("UPDATE webhook_endpoints SET enabled_at = created_at")


def downgrade() -> None:
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.drop_column("enabled_at")
