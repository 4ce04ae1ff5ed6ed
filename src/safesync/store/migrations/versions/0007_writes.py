"""What each write said and whether it happened, so that it can be shown and taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four columns; of writes before them nobody knows what they said."""
    op.add_column("runs", sa.Column("written_by", sa.Text(), nullable=True))
    op.add_column("intents", sa.Column("uid", sa.Text(), nullable=True))
    op.add_column("intents", sa.Column("happened", sa.Boolean(), nullable=True))
    op.add_column("intents", sa.Column("message", sa.Text(), nullable=True))
    op.create_index(op.f("ix_intents_run_id"), "intents", ["run_id"])
