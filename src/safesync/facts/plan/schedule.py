"""How far the planning interval of an item has come, and when the next one begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.timeboxes import Timeboxes
from safesync.facts.plan.standing import plan_phase

FACTS: tuple[Fact, ...] = (
    Fact(
        "interval_phase",
        FactType.TEXT,
        Sort.FLOWING,
        "Where its planning interval stands; empty without one, or when it has no days.",
        vocabulary=("past", "current", "next", "later"),
        ordered=True,
        needs=("interval", "iteration"),
    ),
    Fact(
        "days_to_interval",
        FactType.NUMBER,
        Sort.FLOWING,
        "Days until its planning interval begins; negative once it has begun.",
        unit="days",
        needs=("interval", "iteration"),
    ),
    Fact(
        "interval_elapsed",
        FactType.NUMBER,
        Sort.FLOWING,
        "How much of its planning interval is over: of its days for development, the IP iteration left out.",
        unit="percent",
        needs=("interval", "iteration"),
    ),
    Fact(
        "days_to_next_interval",
        FactType.NUMBER,
        Sort.FLOWING,
        "Days until the next planning interval of the organisation begins, for an open item; unseen when none is known.",
        unit="days",
    ),
    Fact(
        "planned_ahead",
        FactType.TRUTH,
        Sort.FLOWING,
        "It is planned in an iteration or planning interval that is not over.",
        needs=("interval", "iteration"),
    ),
    Fact("days_late", FactType.NUMBER, Sort.FLOWING, "Days since its planned last day; empty before.", unit="days", needs=("target_end",)),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What follows from the days of timeboxes."""
    today, boxes, unseen = scene.now.date(), scene.boxes, scene.unseen
    _note(scene)
    intervals = boxes.intervals
    phases = looked_up("box", boxes.iterations["phase"]), looked_up("interval_box", intervals["phase"])
    to_next = _days_to_next(intervals, today)
    if to_next is None:
        unseen.note("days_to_next_interval", pl.repeat(value=True, n=scene.items.height, eager=True))
    found = {
        "interval_phase": phases[1],
        "days_to_interval": (looked_up("interval_box", intervals["starts_on"]) - pl.lit(today)).dt.total_days(),
        "interval_elapsed": looked_up("interval_box", elapsed(boxes, today)),
        "days_to_next_interval": pl.when("open").then(pl.lit(to_next, dtype=pl.Int64)),
        "planned_ahead": (plan_phase(*phases) != "past").fill_null(value=False),
        "days_late": pl.when(pl.col("target_end") < pl.lit(today)).then((pl.lit(today) - pl.col("target_end")).dt.total_days()),
    }
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def elapsed(boxes: Timeboxes, today: date) -> pl.Series:
    """For each interval how much of its days for development is over, in percent; today counts as not over yet."""
    ends = boxes.iterations.filter(~pl.col("innovation")).group_by(row="interval").agg(development=pl.col("ends_on").max())
    last = pl.coalesce("development", "ends_on")
    days = (last - pl.col("starts_on")).dt.total_days() + 1
    gone = (pl.lit(today) - pl.col("starts_on")).dt.total_days()
    share = (gone / pl.when(days > 0).then(days) * 100).clip(0, 100).round(0)
    rows = boxes.intervals.with_row_index("row").join(ends, on="row", how="left", maintain_order="left")
    return rows.select(elapsed=share)["elapsed"]


def _days_to_next(intervals: pl.DataFrame, today: date) -> int | None:
    starts_on = intervals.filter(pl.col("phase") == "next")["starts_on"].min()
    return (starts_on - today).days if isinstance(starts_on, date) else None


def _note(scene: Landscape) -> None:
    unseen = scene.unseen
    for name in ("interval_phase", "days_to_interval", "interval_elapsed"):
        unseen.note(name, unseen.flags("interval"))
    unseen.note("planned_ahead", unseen.flags("interval", "iteration"))
    unseen.note("days_late", unseen.flags("target_end"))
