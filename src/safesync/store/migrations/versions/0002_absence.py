"""Which items a census missed, and under which accounts we wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column and a table; the account that was known is one that wrote."""
    op.add_column("items", sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "accounts",
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tracker", "account_id", name=op.f("pk_accounts")),
    )
    op.execute("insert into accounts (tracker, account_id) select name, account_id from trackers where account_id is not null")
