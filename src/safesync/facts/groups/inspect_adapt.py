"""A train after a planning interval: what Inspect and Adapt was followed by."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import MOMENT, as_texts
from safesync.facts.frame.landscape import Landscape
from safesync.facts.governance.investment import held
from safesync.model.item import Kind, Stage

_NONE_KNOWN = "map a type to improvement"
FACTS: tuple[Fact, ...] = (
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train."),
    Fact("interval", FactType.TEXT, Sort.GROUPED, "The planning interval that is over."),
    Fact("intervals_ago", FactType.NUMBER, Sort.GROUPED, "1 for the interval that ended last, 2 for the one before."),
    Fact("days_since_end", FactType.NUMBER, Sort.GROUPED, "Days since it ended.", unit="days"),
    Fact(
        "improvements",
        FactType.NUMBER,
        Sort.GROUPED,
        "Improvement items created from five days before its end to fifteen days after; unseen while none was ever read.",
        unit="items",
        remedy=_NONE_KNOWN,
    ),
    Fact("improvements_before", FactType.NUMBER, Sort.GROUPED, "Those of the interval before it.", unit="items", remedy=_NONE_KNOWN),
    Fact(
        "open_before",
        FactType.NUMBER,
        Sort.GROUPED,
        "Those of the interval before it that are still open.",
        unit="items",
        remedy=_NONE_KNOWN,
    ),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys of those that are still open, at most five."),
)
NEEDS: frozenset[str] = frozenset({"created_at"})
TITLE = "a train after a planning interval"
_SHOWN = 5
_BEFORE, _AFTER = timedelta(days=5), timedelta(days=15)


def rows(scene: Landscape) -> pl.DataFrame:
    """Every train after every interval that is over."""
    past = (
        scene.boxes.intervals.filter(pl.col("phase") == "past")
        .with_columns(intervals_ago=pl.col("ends_on").rank("dense", descending=True).cast(pl.Int32))
        .select("label", "ends_on", "intervals_ago")
    )
    frame = pl.DataFrame({"train": list(scene.trains)}, schema={"train": pl.String}).join(past, how="cross")
    items = scene.items.select("key", "kind", "stage", "open", "train", created=held(scene, "created_at", MOMENT).dt.date()).filter(
        (pl.col("kind") == Kind.IMPROVEMENT.value) & (pl.col("stage") != Stage.CANCELLED.value)
    )
    counted = _counted(frame, as_texts(items.filter(pl.col("train").is_not_null())))
    before = counted.select(
        "train",
        intervals_ago=pl.col("intervals_ago") - 1,
        improvements_before="improvements",
        open_before="still_open",
        contributors=pl.col("keys"),
    )
    unknown = items.height == 0
    return (
        counted.join(before, on=["train", "intervals_ago"], how="left")
        .with_columns(pl.col("improvements_before", "open_before").fill_null(0))
        .sort("train", "intervals_ago")
        .select(
            pl.concat_str("train", "label", separator="|").alias("group"),
            "train",
            pl.col("label").alias("interval"),
            "intervals_ago",
            (pl.lit(scene.now.date()) - pl.col("ends_on")).dt.total_days().cast(pl.Int32).alias("days_since_end"),
            "improvements",
            "improvements_before",
            "open_before",
            pl.col("contributors").list.join(", "),
            *(pl.lit(unknown).alias(f"unseen.{name}") for name in ("improvements", "improvements_before", "open_before")),
        )
    )


def _counted(frame: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    near = frame.join(items, on="train", how="inner").filter(
        (pl.col("created") >= pl.col("ends_on") - _BEFORE) & (pl.col("created") <= pl.col("ends_on") + _AFTER)
    )
    counted = near.group_by("train", "label").agg(
        improvements=pl.len().cast(pl.Int32),
        still_open=pl.col("open").sum().cast(pl.Int32),
        keys=pl.col("key").filter(pl.col("open")).sort().head(_SHOWN),
    )
    return frame.join(counted, on=["train", "label"], how="left").with_columns(pl.col("improvements", "still_open").fill_null(0))
