"""A train in a planning interval: what its capacity goes into."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import as_texts
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Kind, Stage, WorkClass

FACTS: tuple[Fact, ...] = (
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train."),
    Fact("interval", FactType.TEXT, Sort.GROUPED, "The planning interval."),
    Fact(
        "interval_phase",
        FactType.TEXT,
        Sort.GROUPED,
        "Where the interval stands.",
        vocabulary=("past", "current", "next", "later"),
        ordered=True,
    ),
    Fact("sized_items", FactType.NUMBER, Sort.GROUPED, "Planned stories and bugs with an estimate.", unit="items"),
    Fact("sized_points", FactType.NUMBER, Sort.GROUPED, "Sum of their points.", unit="story points"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys of the items with the most points, at most five."),
    Fact("unclassed", FactType.TEXT, Sort.GROUPED, "Keys of the items without a work class with the most points, at most five."),
    Fact("unknown_share", FactType.NUMBER, Sort.GROUPED, "Share of points without a work class.", unit="percent"),
    *(
        Fact(f"{name}_share", FactType.NUMBER, Sort.GROUPED, f"Share of points of class {name}.", unit="percent")
        for name in ("feature", "enabler", "tech_debt", "maintenance", "compliance")
    ),
)
NEEDS: frozenset[str] = frozenset()
TITLE = "a train in a planning interval"
SIZED_KINDS = (Kind.STORY, Kind.BUG)
_SHOWN = 5
_CLASSES = tuple(each.value for each in WorkClass)
_SHARES = {name: f"{name}_share" for name in _CLASSES}
_MOMENTARY = ("current", "next")
"""Phases for which it is still shown which items weigh most."""


def rows(scene: Landscape) -> pl.DataFrame:
    """Every train in every interval."""
    doubtful = scene.unseen.flags("points", "work_class")
    sized = scene.items.select(
        "key",
        "kind",
        "stage",
        "points",
        "work_class",
        "train",
        interval="interval_box",
        doubtful=pl.lit(value=False) if doubtful is None else doubtful,
    )
    return train_intervals(sized, scene.boxes.intervals, [train.name for train in scene.organisation.trains])


def train_intervals(items: pl.DataFrame, intervals: pl.DataFrame, trains: Sequence[str]) -> pl.DataFrame:
    """
    One row for every train and every interval, also where nothing is planned, so that a finding about it can end.

    ``items`` has ``key, kind, stage, points, work_class, train, interval`` (row of ``intervals``) and ``doubtful``: whether its
    points or its class were not seen. A share is of the points that are planned, cancelled items left out; it is unseen
    where one of them is doubtful, and empty where there are no points at all.
    """
    counts = (
        pl.col("train").is_not_null()
        & pl.col("interval").is_not_null()
        & pl.col("kind").is_in([kind.value for kind in SIZED_KINDS])
        & (pl.col("stage") != Stage.CANCELLED.value)
        & (pl.col("points").is_not_null() | pl.col("doubtful"))
    )
    points = pl.col("points").cast(pl.Float64).fill_null(0)
    planned = items.lazy().filter(counts).select("train", "interval", points, "work_class", "doubtful").collect()
    every = sorted({*trains, *planned["train"].unique().to_list()})
    frame = pl.DataFrame({"train": every}, schema={"train": pl.String}).join(intervals.with_row_index("row"), how="cross")
    summed = planned.group_by("train", row="interval").agg(
        pl.col("points").gt(0).sum().alias("sized_items"),
        pl.col("points").sum().alias("sized_points"),
        pl.col("doubtful").any(),
        *(pl.col("points").filter(pl.col("work_class") == name).sum().alias(share) for name, share in _SHARES.items()),
    )
    now = intervals.with_row_index("row").filter(pl.col("phase").is_in(_MOMENTARY))["row"]
    heavy = (
        items.lazy()
        .filter(pl.col("interval").is_in(now.implode()))
        .filter(counts)
        .select("train", "interval", points, "key", unclassed=pl.col("work_class") == WorkClass.UNKNOWN.value)
        .collect()
        .group_by("train", row="interval")
        .agg(
            contributors=pl.col("key").top_k_by("points", _SHOWN),
            unclassed=pl.col("key").filter("unclassed").top_k_by(pl.col("points").filter("unclassed"), _SHOWN),
        )
    )
    keys = ["train", "row"]
    return _shares(frame.join(as_texts(summed), on=keys, how="left").join(as_texts(heavy), on=keys, how="left"))


def _shares(frame: pl.DataFrame) -> pl.DataFrame:
    total = pl.col("sized_points")
    return frame.with_columns(pl.col("sized_items", "sized_points", *_SHARES.values()).fill_null(0)).select(
        pl.concat_str("train", pl.lit("|"), "label").alias("group"),
        "train",
        pl.col("label").alias("interval"),
        pl.col("phase").alias("interval_phase"),
        pl.col("sized_items").cast(pl.Int32),
        "sized_points",
        *(pl.when(total > 0).then((pl.col(share) / total * 100).round(1)).alias(share) for share in _SHARES.values()),
        pl.col("contributors").list.join(", "),
        pl.col("unclassed").list.join(", "),
        *(pl.col("doubtful").fill_null(value=False).alias(f"unseen.{share}") for share in _SHARES.values()),
    )
