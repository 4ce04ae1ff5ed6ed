"""A train and the time that its finished features took: how much of it was waiting."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Kind, Stage

_STAGES = ("analysis", "ready", "in_progress", "validating")
FACTS: tuple[Fact, ...] = (
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train."),
    Fact("finished_features", FactType.NUMBER, Sort.GROUPED, "Features that were done in the last 180 days.", unit="features"),
    *(
        Fact(f"{stage}_days", FactType.NUMBER, Sort.GROUPED, f"Days that they spent on average in the stage {stage}.", unit="days")
        for stage in _STAGES
    ),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys of those that took longest, at most five, with their days."),
)
NEEDS: frozenset[str] = frozenset({"stage_entered_at", *(f"days_spent_{stage}" for stage in _STAGES)})
TITLE = "a train and the time that its finished features took"
_WINDOW = timedelta(days=180)
_SHOWN = 5


def rows(scene: Landscape) -> pl.DataFrame:
    """Every train; a feature of which nobody knows when it came into which stage is left out."""
    spent = [f"days_spent_{stage}" for stage in _STAGES]
    unknown = scene.unseen.flags("stage_entered_at", *spent)
    features = (
        scene.items.lazy()
        .with_columns(unknown=pl.lit(value=False) if unknown is None else unknown)
        .filter((pl.col("kind") == Kind.FEATURE.value) & (pl.col("stage") == Stage.DONE.value) & ~pl.col("unknown"))
        .filter(pl.col("train").is_not_null() & (pl.col("stage_entered_at") >= pl.lit(scene.now - _WINDOW)))
        .select(pl.col("train", "key").cast(pl.String), *(pl.col(name).cast(pl.Float64) for name in spent))
        .with_columns(total=pl.sum_horizontal(spent))
        .sort("total", "key", descending=[True, False])
        .collect()
    )
    said = pl.format("{} ({})", "key", pl.col("total").round(0).cast(pl.Int64))
    found = features.group_by("train", maintain_order=True).agg(
        finished_features=pl.len().cast(pl.Int32),
        **{f"{stage}_days": pl.col(f"days_spent_{stage}").mean().round(1) for stage in _STAGES},
        contributors=said.head(_SHOWN).str.join(", "),
    )
    every = pl.DataFrame({"train": scene.trains}, schema={"train": pl.String})
    return every.join(found, on="train", how="left", maintain_order="left").select(
        pl.col("train").alias("group"), "train", pl.col("finished_features").fill_null(0), *(fact.name for fact in FACTS[2:])
    )
