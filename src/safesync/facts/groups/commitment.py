"""What was planned for an interval once it had settled: what the plan is held against later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import polars as pl

from safesync.facts.flow.pace import SIZED_KINDS
from safesync.facts.frame.timeboxes import timeboxes
from safesync.model.item import Kind, Stage
from safesync.model.timebox import Iteration, PlanningInterval

SETTLING = timedelta(days=5)
"""Within these days after its beginning an interval is still being planned."""
READS = frozenset({"interval"})
COMMITTED = pl.Schema(
    {
        "label": pl.String,
        "uid": pl.String,
        "key": pl.String,
        "team": pl.String,
        "train": pl.String,
        "points": pl.Float64,
        "placed": pl.Boolean,
    }
)
"""A row an item that was planned; ``placed`` where it stood in an iteration of work."""


def settled(iterations: Sequence[Iteration], intervals: Sequence[PlanningInterval], today: date) -> dict[str, tuple[date, date]]:
    """Each current interval that is not being planned any more, with the days of which one shows its plan, the later the better."""
    current = timeboxes(iterations, intervals, (), today).intervals.filter(pl.col("phase") == "current")
    begins: list[tuple[str, date]] = current.select("label", "starts_on").rows()
    return {label: (first, first + SETTLING) for label, first in begins if today > first + SETTLING}


def plan_of(items: pl.LazyFrame, label: str, iterations: Collection[Iteration]) -> pl.DataFrame:
    """What these items, which know their ``interval``, tell of an interval's plan; bugs come when they come and are no part of it."""
    innovation = [one.uid for one in iterations if one.innovation]
    of_plan = [kind.value for kind in SIZED_KINDS if kind is not Kind.BUG]
    iteration = pl.col("iteration").cast(pl.String)
    return (
        items.filter(
            (pl.col("interval") == label)
            & pl.col("kind").is_in(of_plan)
            & (pl.col("stage") != Stage.CANCELLED.value)
            & ~iteration.is_in(innovation).fill_null(value=False)
        )
        .select(
            pl.lit(label).alias("label"),
            "uid",
            pl.col("key", "team", "train").cast(pl.String),
            pl.col("points").cast(pl.Float64),
            placed=pl.col("box").is_not_null(),
        )
        .collect()
    )
