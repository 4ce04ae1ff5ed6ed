"""Names of what was not seen stand once, and not with every item; SQLite keeps links without a second copy of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Facts lead to their names by a number. Documents of items stay as they are: whoever is read again gets a shorter one."""
    op.create_table(
        "unseen",
        sa.Column("unseen_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unseen_id", name=op.f("pk_unseen")),
    )
    op.execute("insert into unseen (names) select distinct unseen from facts")
    op.add_column("facts", sa.Column("unseen_id", sa.BigInteger(), nullable=True))
    op.execute("update facts set unseen_id = (select unseen_id from unseen where names = facts.unseen)")
    with op.batch_alter_table("facts") as facts:
        facts.alter_column("unseen_id", existing_type=sa.BigInteger(), nullable=False)
        facts.drop_column("unseen")
    op.add_column("items", sa.Column("unseen_id", sa.BigInteger(), nullable=True))
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("links", recreate="always", table_kwargs={"sqlite_with_rowid": False}):
            pass
