"""What the lines of criteria are learned by; of what was measured before it is unseen until an item is read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column, and no cursor: everything is read again. Columns beside the rows are made anew by themselves."""
    op.add_column("facts", sa.Column("acceptance_line_digests", sa.Text(), nullable=True))
    op.execute(sa.text("update unseen set names = trim(names || ' acceptance_line_digests')"))
    op.execute(sa.text("update trackers set cursor = null"))
