"""Facts about groups of items: a train in an interval, a column of a team's board."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from safesync.model.item import Kind, Stage, WorkClass
from safesync.model.organisation import BoardColumn

SIZED_KINDS = (Kind.STORY, Kind.BUG)
_SHOWN = 5
_CLASSES = tuple(each.value for each in WorkClass)
_SHARES = {name: f"{name}_share" for name in _CLASSES}
_MOMENTARY = ("current", "next")
"""Phases for which it is still shown which items weigh most."""


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
        .select("train", "interval", points, "key")
        .collect()
        .group_by("train", row="interval")
        .agg(contributors=pl.col("key").top_k_by("points", _SHOWN))
    )
    keys = ["train", "row"]
    return _shares(frame.join(_texts(summed), on=keys, how="left").join(_texts(heavy), on=keys, how="left"))


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
        *(pl.col("doubtful").fill_null(value=False).alias(f"unseen.{share}") for share in _SHARES.values()),
    )


def team_columns(items: pl.DataFrame, columns: Sequence[BoardColumn]) -> pl.DataFrame:
    """
    One row for every column of every team's board, with or without a limit.

    ``items`` has ``tracker, key, kind, stage, team, train, board_column`` and ``doubtful``: whether its column was not seen.
    Tasks are parts of stories and not counted. One item whose column is unseen leaves its team's counts unseen.
    """
    limits = pl.DataFrame(
        [(each.tracker, each.team, each.name, each.limit) for each in columns],
        schema={"tracker": pl.String, "team": pl.String, "board_column": pl.String, "wip_limit": pl.Int32},
        orient="row",
    ).unique(["tracker", "team", "board_column"], keep="first", maintain_order=True)
    open_ones = pl.col("team").is_not_null() & (pl.col("stage") < Stage.DONE.value) & (pl.col("kind") != Kind.TASK.value)
    at_work = items.lazy().filter(open_ones).drop("kind", "stage", "train").collect()
    on_board = at_work.filter(pl.col("board_column").is_not_null())
    keys = ["tracker", "team", "board_column"]
    counted = _texts(
        on_board.group_by(keys).agg(pl.len().cast(pl.Int32).alias("wip"), pl.col("key").sort().head(_SHOWN).alias("contributors"))
    )
    doubtful = _texts(at_work.filter("doubtful").select("tracker", "team").unique()).with_columns(pl.lit(value=True).alias("unseen.wip"))
    with_team = items.select("team", "train").filter(pl.col("team").is_not_null())
    trains = _texts(with_team.group_by("team").agg(pl.col("train").drop_nulls().first()))
    frame = pl.concat([limits.select(keys), counted.select(keys)]).unique(keys, maintain_order=True)
    return (
        frame.join(limits, on=keys, how="left")
        .join(counted, on=keys, how="left")
        .join(doubtful, on=["tracker", "team"], how="left")
        .join(trains, on="team", how="left")
        .sort(keys)
        .select(
            pl.concat_str(keys, separator="|").alias("group"),
            "team",
            "train",
            "board_column",
            pl.col("wip").fill_null(0),
            "wip_limit",
            pl.col("contributors").list.join(", "),
            pl.col("unseen.wip").fill_null(value=False),
        )
    )


def _texts(few: pl.DataFrame) -> pl.DataFrame:
    """Names that items may hold as numbers, as the texts that the boards have."""
    return few.with_columns(pl.col(pl.Categorical).cast(pl.String))
