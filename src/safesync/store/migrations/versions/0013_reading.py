"""How the last reading of a tracker ended, and what was said in a run that was taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table, empty until the next reading ends, and a column."""
    op.create_table(
        "readings",
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("lost", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tracker", name=op.f("pk_readings")),
    )
    op.add_column("marks", sa.Column("undone", sa.Text(), nullable=True))
