"""A finding that was in the baseline, left it and was taken into it again is two entries: what the burn-down showed stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("code", sa.Text(), False),
    ("subject", sa.Text(), False),
    ("train", sa.Text(), True),
    ("since", sa.DateTime(timezone=True), False),
    ("revision", sa.Text(), False),
    ("left_at", sa.DateTime(timezone=True), True),
    ("left", sa.Text(), True),
)


def upgrade() -> None:
    """Another table, whose key has the day too, with all that the one before holds."""
    made = op.create_table(
        "baseline",
        *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in _COLUMNS),
        sa.PrimaryKeyConstraint("code", "subject", "since", name=op.f("pk_baseline")),
    )
    names = [name for name, _, _ in _COLUMNS]
    before = sa.table("old_findings", *(sa.column(name, kind) for name, kind, _ in _COLUMNS))
    op.execute(made.insert().from_select(names, sa.select(*(before.c[name] for name in names))))
    op.drop_table("old_findings")
