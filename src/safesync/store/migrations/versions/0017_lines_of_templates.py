"""What lines of descriptions and benefits are learned by, and all digests in a shorter form; unseen until an item is read again."""

from __future__ import annotations

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NEW = ("benefit_line_digests", "description_line_digests")
_SHORTER = ("acceptance_digest", "acceptance_line_digests", "description_digest")
_SNAPSHOTS = sa.table("snapshots", sa.column("day", sa.Date()), sa.column("around", sa.LargeBinary()))


def upgrade() -> None:
    """Two columns, and no cursor: everything is read again. Columns beside the rows are made anew by themselves."""
    for name in _NEW:
        op.add_column("facts", sa.Column(name, sa.Text(), nullable=True))
    for name in _SHORTER:
        op.execute(f"update facts set {name} = null where {name} is not null")
        # What already was unseen is named once.
        op.execute(f"update unseen set names = trim(replace(' ' || names || ' ', ' {name} ', ' '))")
    op.execute(f"update unseen set names = trim(names || ' {' '.join((*_SHORTER, *_NEW))}')")
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
