"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every table."""
    op.create_table(
        "findings",
        sa.Column("finding_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_subject"), "findings", ["subject"], unique=False)
    op.create_index(
        "uq_findings_open",
        "findings",
        ["code", "subject"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "intents",
        sa.Column("intent_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("intent_id", name=op.f("pk_intents")),
    )
    op.create_index(op.f("ix_intents_tracker_settled"), "intents", ["tracker", "settled"], unique=False)
    op.create_table(
        "items",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_items")),
    )
    op.create_index(op.f("ix_items_key"), "items", ["key"], unique=False)
    op.create_index(op.f("ix_items_tracker_gone_at"), "items", ["tracker", "gone_at"], unique=False)
    op.create_table(
        "marks",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("silenced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_marks")),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_table(
        "surroundings",
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tracker", name=op.f("pk_surroundings")),
    )
    op.create_table(
        "trackers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_trackers")),
    )
    op.create_table(
        "facts",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("tracker", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("native_type", sa.Text(), nullable=True),
        sa.Column("native_state", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("own_work_class", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("own_train", sa.Text(), nullable=True),
        sa.Column("iteration", sa.Text(), nullable=True),
        sa.Column("own_interval", sa.Text(), nullable=True),
        sa.Column("board_column", sa.Text(), nullable=True),
        sa.Column("points", sa.Float(), nullable=True),
        sa.Column("job_size", sa.Float(), nullable=True),
        sa.Column("business_value", sa.Float(), nullable=True),
        sa.Column("time_criticality", sa.Float(), nullable=True),
        sa.Column("risk_reduction", sa.Float(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=True),
        sa.Column("labels", sa.Text(), nullable=True),
        sa.Column("own_themes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stage_entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("human_change_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("target_start", sa.Date(), nullable=True),
        sa.Column("target_end", sa.Date(), nullable=True),
        sa.Column("acceptance_verdict", sa.Text(), nullable=True),
        sa.Column("acceptance_count", sa.Float(), nullable=True),
        sa.Column("acceptance_vague_share", sa.Float(), nullable=True),
        sa.Column("acceptance_words", sa.Float(), nullable=True),
        sa.Column("acceptance_places", sa.Text(), nullable=True),
        sa.Column("benefit_verdict", sa.Text(), nullable=True),
        sa.Column("benefit_places", sa.Text(), nullable=True),
        sa.Column("description_words", sa.Float(), nullable=True),
        sa.Column("unseen", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["items.uid"], name=op.f("fk_facts_uid")),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_facts")),
    )
    op.create_table(
        "links",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["items.uid"], name=op.f("fk_links_uid")),
        sa.PrimaryKeyConstraint("uid", "relation", "target", name=op.f("pk_links")),
    )
