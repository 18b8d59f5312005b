"""The audit log's heads are sealed with a key; what is in the logs so far is sealed as it stands."""

import sqlalchemy as sa
from alembic import context, op

from domain.audit_chain import AuditKey

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_HEADS = sa.table(
    "audit_heads",
    sa.column("workspace_id", sa.Uuid()),
    sa.column("seq", sa.BigInteger()),
    sa.column("hash", sa.String()),
    sa.column("plain", sa.BigInteger()),
    sa.column("seal", sa.String()),
)
_KEY_ID = sa.table("audit_key", sa.column("id", sa.Integer()), sa.column("key_id", sa.String()))


def upgrade() -> None:
    with op.batch_alter_table("audit_heads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plain", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("seal", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "audit_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_key")),
    )
    _seal_heads()


def _seal_heads() -> None:
    db = op.get_bind()
    heads = db.execute(sa.select(_HEADS.c.workspace_id, _HEADS.c.seq, _HEADS.c.hash)).all()
    if not heads:
        return
    key: AuditKey | None = context.config.attributes.get("audit_key")
    if key is None:
        raise RuntimeError("this database has an audit log: migrate it by `viva`, which has the audit key")
    db.execute(sa.insert(_KEY_ID).values(id=1, key_id=key.id))
    for head in heads:
        seal = key.seal_head(head.workspace_id, head.seq, head.hash, head.seq)
        mine = sa.update(_HEADS).where(_HEADS.c.workspace_id == head.workspace_id)
        db.execute(mine.values(plain=head.seq, seal=seal))


def downgrade() -> None:
    op.drop_table("audit_key")
    with op.batch_alter_table("audit_heads", schema=None) as batch_op:
        batch_op.drop_column("seal")
        batch_op.drop_column("plain")
