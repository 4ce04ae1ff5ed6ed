"""What is read out of texts: titles, story voice, epic hypotheses, controls, digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXTS = (
    *("title_verdict", "story_voice", "story_voice_parts", "invest_hints", "epic_hypothesis_verdict", "epic_hypothesis_missing"),
    *("control_ids", "description_digest", "acceptance_digest"),
)
_NUMBERS = ("title_words", "epic_hypothesis_parts", "mvp_words", "business_case_words")
_TRUTHS = ("nfr_named", "measure_named")


def upgrade() -> None:
    """Empty columns; another version reads everything again, which fills them."""
    for names, kind in ((_TEXTS, sa.Text), (_NUMBERS, sa.Float), (_TRUTHS, sa.Boolean)):
        for name in names:
            op.add_column("facts", sa.Column(name, kind(), nullable=True))
