"""The request behind an idempotency key, and what a search for participants looks into."""

import sqlalchemy as sa
from alembic import op

from domain.text.folding import search_text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 1_000
_PEOPLE = sa.table(
    "participants",
    sa.column("id", sa.Uuid()),
    sa.column("name", sa.String()),
    sa.column("email", sa.String()),
    sa.column("external_id", sa.String()),
    sa.column("search_text", sa.String()),
)


def upgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_digest", sa.String(), nullable=True))

    with op.batch_alter_table("participants", schema=None) as batch_op:
        # with a default, so that a process of the version before this one can still add people
        batch_op.add_column(sa.Column("search_text", sa.String(), nullable=False, server_default=""))
    _fill_search_text()


def _fill_search_text() -> None:
    db = op.get_bind()
    columns = (_PEOPLE.c.id, _PEOPLE.c.name, _PEOPLE.c.email, _PEOPLE.c.external_id)
    following = sa.select(*columns).order_by(_PEOPLE.c.id).limit(_BATCH)
    fill = sa.update(_PEOPLE).where(_PEOPLE.c.id == sa.bindparam("person"))
    rows = db.execute(following).all()
    while rows:
        texts = [
            {"person": row.id, "text": search_text(row.name, row.email, row.external_id)} for row in rows
        ]
        db.execute(fill.values(search_text=sa.bindparam("text")), texts)
        rows = db.execute(following.where(_PEOPLE.c.id > rows[-1].id)).all()


def downgrade() -> None:
    with op.batch_alter_table("participants", schema=None) as batch_op:
        batch_op.drop_column("search_text")

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("request_digest")
