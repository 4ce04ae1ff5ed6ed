"""More measured facts; of what was measured before them they are unseen until an item is read again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FACTS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("test_result", sa.Text()),
    ("tested_on", sa.Date()),
    ("board_lane", sa.Text()),
    ("blocked_on", sa.Date()),
    ("criteria_editor", sa.Text()),
    ("mvp_budget", sa.Float()),
    ("business_case_attached", sa.Boolean()),
)


def upgrade() -> None:
    """A column for each, and no cursor: everything is read again. Columns beside the rows are made anew by themselves."""
    for name, kind in FACTS:
        op.add_column("facts", sa.Column(name, kind, nullable=True))
    unseen = " ".join(sorted(name for name, _ in FACTS))
    op.execute(sa.text("update unseen set names = trim(names || ' ' || :names)").bindparams(names=unseen))
    op.execute("update trackers set cursor = null")
