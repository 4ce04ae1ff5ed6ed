"""Whose owner has left; unseen until an item is read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column, and no cursor: everything is read again. Columns beside the rows are made anew by themselves."""
    op.add_column("facts", sa.Column("departed_owner", sa.Text(), nullable=True))
    op.execute("update unseen set names = trim(names || ' departed_owner')")
    op.execute("update trackers set cursor = null")
