"""What teams and trains get done: the measure of how much they can take on, and of how large a story usually is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import as_texts, mapped
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.model.item import Kind, Stage

FACTS: tuple[Fact, ...] = (
    Fact(
        "team_velocity",
        FactType.NUMBER,
        Sort.LINKED,
        "Points that its team got done on average in its last ended iterations, at most five, those of innovation left out.",
        unit="story points",
    ),
    Fact("team_iterations", FactType.NUMBER, Sort.LINKED, "How many iterations that average is of.", unit="iterations"),
    Fact("team_sized_done", FactType.NUMBER, Sort.LINKED, "Done stories and bugs of its team with points.", unit="items"),
    Fact(
        "team_large_points",
        FactType.NUMBER,
        Sort.LINKED,
        "Points that 95 % of them do not exceed.",
        unit="story points",
    ),
    Fact(
        "train_velocity",
        FactType.NUMBER,
        Sort.LINKED,
        "Points that its train got done on average in its last ended planning intervals, at most three.",
        unit="story points",
    ),
    Fact("train_intervals", FactType.NUMBER, Sort.LINKED, "How many intervals that average is of.", unit="intervals"),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})
SIZED_KINDS = (Kind.STORY, Kind.BUG, Kind.SPIKE)
"""Kinds whose points are load and velocity; sub-tasks are parts of them and never counted again."""
_ITERATIONS = 5
_INTERVALS = 3
_LARGE = 0.95
_OF_TEAM = ("team_velocity", "team_iterations", "team_sized_done", "team_large_points")
_OF_TRAIN = ("train_velocity", "train_intervals")


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The averages of an item's team and train."""
    found: list[pl.Expr] = []
    if not wanted.isdisjoint(_OF_TEAM):
        found += _of_each(scene, "team", sizes(scene).join(velocities(scene), on="team", how="full", coalesce=True), _OF_TEAM)
    if not wanted.isdisjoint(_OF_TRAIN):
        found += _of_each(scene, "train", train_velocities(scene), _OF_TRAIN)
    return tuple(found)


def _of_each(scene: Landscape, name: str, rows: pl.DataFrame, facts: tuple[str, ...]) -> list[pl.Expr]:
    """What is known of a team or train, for each of its items."""
    number = scene.of_all(mapped(scene.items[name], {who: row for row, who in enumerate(rows[name])}, pl.UInt32()))
    return [looked_up(number, rows[fact]).alias(fact) for fact in facts]


def _finished(scene: Landscape) -> pl.LazyFrame:
    """Every done item that counts; ``doubtful`` where its points were not seen."""
    doubtful = scene.unseen.flags("points")
    return (
        scene.items.lazy()
        .with_columns(doubtful=pl.lit(value=False) if doubtful is None else doubtful, points=pl.col("points").cast(pl.Float64))
        .filter(pl.col("kind").is_in([kind.value for kind in SIZED_KINDS]) & (pl.col("stage") == Stage.DONE.value))
    )


def sizes(scene: Landscape) -> pl.DataFrame:
    """``team, team_sized_done, team_large_points``."""
    sized = _finished(scene).filter(pl.col("team").is_not_null() & (pl.col("points") > 0))
    counted = sized.group_by("team").agg(
        team_sized_done=pl.len().cast(pl.Int32),
        # The size above, where the share falls between two: nobody is flagged for rounding.
        team_large_points=pl.col("points").quantile(_LARGE, "higher"),
    )
    return as_texts(counted.collect())


def velocities(scene: Landscape) -> pl.DataFrame:
    """
    ``team, team_velocity, team_iterations`` of the newest ended iterations.

    One in which nothing with points was done tells nothing about a team's pace: it was not used, or nobody estimated. One
    with points that were not seen would tell too little.
    """
    boxes = scene.boxes.iterations.with_row_index("box").filter((pl.col("phase") == "past") & ~pl.col("innovation"))
    return _averages(scene, boxes.select("box", "ends_on"), "team", "box", _ITERATIONS).rename(
        {"average": "team_velocity", "of": "team_iterations"}
    )


def train_velocities(scene: Landscape) -> pl.DataFrame:
    """``train, train_velocity, train_intervals``."""
    boxes = scene.boxes.intervals.with_row_index("interval_box").filter(pl.col("phase") == "past")
    return _averages(scene, boxes.select("interval_box", "ends_on"), "train", "interval_box", _INTERVALS).rename(
        {"average": "train_velocity", "of": "train_intervals"}
    )


def _averages(scene: Landscape, boxes: pl.DataFrame, who: str, where: str, most: int) -> pl.DataFrame:
    sums = (
        _finished(scene)
        .filter(pl.col(who).is_not_null() & pl.col(where).is_not_null())
        .group_by(who, where)
        .agg(pl.col("points").sum(), pl.col("doubtful").any())
        .filter(~pl.col("doubtful") & (pl.col("points") > 0))
        .collect()
    )
    sums = as_texts(sums).with_columns(pl.col(where).cast(pl.UInt32)).join(boxes, on=where, how="inner").sort("ends_on", where)
    return sums.group_by(who).agg(
        average=pl.col("points").tail(most).mean().round(1),
        of=pl.col("points").tail(most).len().cast(pl.Int32),
    )
