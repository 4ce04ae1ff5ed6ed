"""What lines of descriptions and benefits are learned by, those of criteria in as short a form; unseen until an item is read again."""

from __future__ import annotations

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SNAPSHOTS = sa.table("snapshots", sa.column("day", sa.Date()), sa.column("around", sa.LargeBinary()))


def upgrade() -> None:
    """Two columns, and no cursor: everything is read again. Columns beside the rows are made anew by themselves."""
    op.add_column("facts", sa.Column("description_line_digests", sa.Text(), nullable=True))
    op.add_column("facts", sa.Column("benefit_line_digests", sa.Text(), nullable=True))
    op.execute("update facts set acceptance_line_digests = null where acceptance_line_digests is not null")
    # What already was unseen of the criteria is named once.
    op.execute("update unseen set names = trim(replace(' ' || names || ' ', ' acceptance_line_digests ', ' '))")
    op.execute("update unseen set names = trim(names || ' acceptance_line_digests benefit_line_digests description_line_digests')")
    op.execute("update trackers set cursor = null")
    _take_out_of_snapshots("acceptance_line_digests")


def _take_out_of_snapshots(fact: str) -> None:
    """A day that kept a fact in a form that nobody reads any more counts as one on which it was not measured yet."""
    connection = op.get_bind()
    for day, told in connection.execute(sa.select(_SNAPSHOTS).where(_SNAPSHOTS.c.around.is_not(None))).all():
        around = json.loads(zlib.decompress(told))
        around["facts"] = [name for name in around["facts"] if name != fact]
        smaller = zlib.compress(json.dumps(around).encode())
        connection.execute(sa.update(_SNAPSHOTS).where(_SNAPSHOTS.c.day == day).values(around=smaller))
