"""Columns of facts and links beside their rows, and which items changed since they were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, empty: the columns are made when a large backlog is read the next time."""
    op.create_table(
        "column_parts",
        sa.Column("first_uid", sa.Text(), nullable=False),
        sa.Column("made_for", sa.Text(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("links", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("first_uid", name=op.f("pk_column_parts")),
    )
    op.create_table("touched", sa.Column("uid", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("uid", name=op.f("pk_touched")))
