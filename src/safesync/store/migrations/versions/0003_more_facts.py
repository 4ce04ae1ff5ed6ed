"""More measured facts; of what was measured before them they are unseen until an item is read again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FACTS: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("blocked_reason", sa.Text()),
    ("rank", sa.Text()),
    ("wsjf_score", sa.Float()),
    ("boxes", sa.Float()),
    ("description_links", sa.Float()),
    ("description_code", sa.Boolean()),
    ("open_boxes", sa.Float()),
    ("resolution", sa.Text()),
    ("enabler_kind", sa.Text()),
    ("cost_estimate", sa.Float()),
    ("cost_approved", sa.Float()),
    ("cost_forecast", sa.Float()),
    ("cost_actual", sa.Float()),
    ("horizon", sa.Text()),
    ("own_value_stream", sa.Text()),
    ("decision", sa.Text()),
    ("outcome", sa.Text()),
    ("approval", sa.Text()),
    ("approver", sa.Text()),
    ("approved_on", sa.Date()),
    ("approved_text_change", sa.Float()),
    ("own_controls", sa.Text()),
    ("roam", sa.Text()),
    ("committed", sa.Boolean()),
    ("planned_value", sa.Float()),
    ("actual_value", sa.Float()),
    ("baseline", sa.Float()),
    ("target", sa.Float()),
    ("progress", sa.Float()),
    ("business_case_words", sa.Float()),
    ("mvp_words", sa.Float()),
    ("test_links", sa.Float()),
    ("requirement_links", sa.Float()),
    ("constraint_links", sa.Float()),
    ("evidence_links", sa.Float()),
    ("evidence_kinds", sa.Text()),
    ("title_verdict", sa.Text()),
    ("story_voice", sa.Text()),
    ("story_voice_parts", sa.Text()),
    ("invest_hints", sa.Text()),
    ("epic_hypothesis_verdict", sa.Text()),
    ("epic_hypothesis_missing", sa.Text()),
    ("control_ids", sa.Text()),
    ("description_digest", sa.Text()),
    ("acceptance_digest", sa.Text()),
    ("title_words", sa.Float()),
    ("epic_hypothesis_parts", sa.Float()),
    ("nfr_named", sa.Boolean()),
    ("measure_named", sa.Boolean()),
)


def upgrade() -> None:
    """A column for each, and no cursor: everything is read again."""
    for name, kind in FACTS:
        op.add_column("facts", sa.Column(name, kind, nullable=True))
    unseen = " ".join(sorted(name for name, _ in FACTS))
    op.execute(sa.text("update facts set unseen = trim(unseen || ' ' || :names)").bindparams(names=unseen))
    op.execute("update trackers set cursor = null")
