"""Why something is blocked and until when, and where a business case lies; unseen until an item is read again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FACTS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("blocked_until", sa.Date()),
    ("commented_on", sa.Date()),
    ("business_case_host", sa.Text()),
)


def upgrade() -> None:
    """A column for each, and no cursor: everything is read again. Columns beside the rows are made anew by themselves."""
    for name, kind in FACTS:
        op.add_column("facts", sa.Column(name, kind, nullable=True))
    unseen = " ".join(sorted(name for name, _ in FACTS))
    op.execute(sa.text("update unseen set names = trim(names || ' ' || :names)").bindparams(names=unseen))
    op.execute("update trackers set cursor = null")
