"""How many items stand in each stage of a Kanban system, and which have stood there longest."""

from __future__ import annotations

import polars as pl

from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.model.item import Kind, Stage

STATES = ("analysis", "ready", "in_progress", "validating", "active")
"""The stages in which work may pile up; ``active`` is being in progress or validating."""
_ACTIVE = ("in_progress", "validating")
_SHOWN = 5
_NEARLY = 0.9


def placed(scene: Landscape, kind: Kind) -> pl.DataFrame:
    """
    ``train, state, key, since, nearly_done, doubtful`` of every open item of a kind, in each state in which it stands.

    ``doubtful``: its stage was not seen. ``nearly_done``: nine in ten of its children, cancelled ones left out, are done.
    """
    doubtful = scene.unseen.flags("stage")
    done = _done_shares(scene)
    items = (
        scene.items.lazy()
        .with_columns(
            done=looked_up("self_node", done),
            doubtful=pl.lit(value=False) if doubtful is None else doubtful,
        )
        .filter((pl.col("kind") == kind.value) & ((pl.col("stage") < Stage.DONE.value) | pl.col("doubtful")))
        .select(
            pl.col("train").cast(pl.String),
            pl.col("key").cast(pl.String),
            state=pl.col("stage").cast(pl.String),
            since="stage_entered_at",
            nearly_done=(pl.col("done") >= _NEARLY).fill_null(value=False),
            doubtful="doubtful",
        )
        .collect()
    )
    active = items.filter(pl.col("state").is_in(_ACTIVE)).with_columns(state=pl.lit("active"))
    return pl.concat([items, active])


def counted(found: pl.DataFrame, *of: str) -> pl.DataFrame:
    """``wip, nearly_done, contributors`` of each place; those come first that have stood there longest."""
    sure = found.filter(~pl.col("doubtful")).sort("since", "key", nulls_last=True)
    return sure.group_by([*of, "state"], maintain_order=True).agg(
        wip=pl.len().cast(pl.Int32),
        nearly_done=pl.col("nearly_done").sum().cast(pl.Int32),
        contributors=pl.col("key").head(_SHOWN).str.join(", "),
    )


def _done_shares(scene: Landscape) -> pl.Series:
    """One value a node: which share of its children is done, cancelled ones left out."""
    below = scene.items.lazy().filter(pl.col("node").is_not_null() & (pl.col("stage") != Stage.CANCELLED.value))
    shares = below.group_by("node").agg(share=(pl.col("stage") == Stage.DONE.value).mean()).collect()
    nothing = pl.repeat(None, len(scene.family.node_rows), dtype=pl.Float64, eager=True)
    return nothing.scatter(shares["node"], shares["share"])
