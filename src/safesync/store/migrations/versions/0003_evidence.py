"""Facts of tests, requirements and evidence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Five columns; what they hold is known of no item yet, so every tracker is read again as a whole."""
    for name in ("test_links", "requirement_links", "constraint_links", "evidence_links"):
        op.add_column("facts", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("facts", sa.Column("evidence_kinds", sa.Text(), nullable=True))
    op.execute("update trackers set cursor = null")
