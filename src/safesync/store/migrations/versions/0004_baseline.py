"""What was there before SafeSync first spoke, and since when it speaks in each tracker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables; where a run has written already, SafeSync is no stranger."""
    op.create_table(
        "met",
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tracker", name=op.f("pk_met")),
    )
    op.create_table(
        "old_findings",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("train", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", "subject", name=op.f("pk_old_findings")),
    )
    first = "select min(started_at) from runs where outcome in ('done', 'partial')"
    op.execute(f"insert into met (tracker, since) select name, ({first}) from trackers where ({first}) is not null")
