"""The names of records in the form in which references are compared, with indexes."""

import sqlalchemy as sa
from alembic import op

from domain.text.folding import reference_key

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BATCH = 1_000
# table → the columns with names, each with the one that holds its form for comparing, and that one's index
_NAMES = {
    "agent_profiles": (("name", "name_key", "ix_agent_profiles_name"),),
    "evaluation_templates": (("template_name", "name_key", "ix_evaluation_templates_name"),),
    "evaluation_stages": (
        ("type", "type_key", "ix_evaluation_stages_type"),
        ("stage_name", "name_key", "ix_evaluation_stages_name"),
    ),
    "participants": (("name", "name_key", "ix_participants_name"),),
}


def upgrade() -> None:
    for table, columns in _NAMES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for _, key, _ in columns:
                # with a default, so that a process of the version before this one can still add records
                batch_op.add_column(sa.Column(key, sa.String(), nullable=False, server_default=""))
        for name, key, index in columns:
            _fill(table, name, key)
            op.create_index(index, table, ["workspace_id", key], unique=False)


def _fill(table: str, name: str, key: str) -> None:
    db = op.get_bind()
    rows_of = sa.table(
        table, sa.column("id", sa.Uuid()), sa.column(name, sa.String()), sa.column(key, sa.String())
    )
    following = sa.select(rows_of.c.id, rows_of.c[name]).order_by(rows_of.c.id).limit(_BATCH)
    fill = sa.update(rows_of).where(rows_of.c.id == sa.bindparam("row")).values({key: sa.bindparam("text")})
    rows = db.execute(following).all()
    while rows:
        db.execute(fill, [{"row": row[0], "text": reference_key(row[1] or "")} for row in rows])
        rows = db.execute(following.where(rows_of.c.id > rows[-1][0])).all()


def downgrade() -> None:
    for table, columns in _NAMES.items():
        for _, _, index in columns:
            op.drop_index(index, table)
        with op.batch_alter_table(table, schema=None) as batch_op:
            for _, key, _ in columns:
                batch_op.drop_column(key)
