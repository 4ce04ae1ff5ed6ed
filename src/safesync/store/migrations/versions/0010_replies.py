"""On which items people speak to us, and which of them were answered with another look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty: what people said before is read with the next full read."""
    op.create_table("replied", sa.Column("uid", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("uid", name=op.f("pk_replied")))
    op.add_column("marks", sa.Column("asked", sa.Text()))
