"""Facts from the clock: how near an item is to being worked on, and for how long it has stood where it stands."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.columns import MOMENT, words
from safesync.model.item import Gate, Kind, Stage

_A_MONDAY = -3
"""29 December 1969, in days since 1970."""
BY_ITERATION = (Kind.STORY, Kind.BUG, Kind.SPIKE, Kind.TASK, Kind.TEST)
"""Kinds that teams plan by iterations; all others are planned by intervals."""


def gate(iteration_phase: pl.Expr, interval_phase: pl.Expr) -> pl.Expr:
    """
    How near an item is to being worked on.

    A story counts by its iteration, and by its interval when it has none or only one that is over; features and above
    count by the interval. Whatever the plan says, work that has begun is active.
    """
    stage, planned = pl.col("stage"), plan_phase(iteration_phase, interval_phase)
    literal = {each: pl.lit(each.value, dtype=words(ITEM_FACTS["gate"])) for each in Gate}
    return (
        pl.when(stage >= Stage.DONE.value)
        .then(literal[Gate.DONE])
        .when(stage >= Stage.IN_PROGRESS.value)
        .then(literal[Gate.ACTIVE])
        .when(planned == "current")
        .then(literal[Gate.CURRENT])
        .when(planned == "next")
        .then(literal[Gate.NEXT])
        .when(stage == Stage.READY.value)
        .then(literal[Gate.READY])
        .otherwise(literal[Gate.BACKLOG])
    )


def plan_phase(iteration_phase: pl.Expr, interval_phase: pl.Expr) -> pl.Expr:
    """Where the timebox that an item is planned in stands."""
    counts = by_iteration() & iteration_phase.is_not_null() & (iteration_phase != "past")
    return pl.when(counts).then(iteration_phase).otherwise(interval_phase)


def by_iteration() -> pl.Expr:
    """Whether an item is of a kind that is planned by iterations."""
    return pl.col("kind").is_in([kind.value for kind in BY_ITERATION])


def clock_facts(now: datetime, iteration_ends_on: pl.Expr) -> list[pl.Expr]:
    """Whole days since something happened; never below zero, except until the end of an iteration."""
    today = now.date()
    return [
        _days_since("stage_entered_at", now).alias("days_in_stage"),
        _days_since("active_since", now).alias("days_active"),
        _days_since("created_at", now).alias("days_since_created"),
        _working_days_since("human_change_at", today).alias("working_days_since_human_change"),
        (pl.lit(today) - iteration_ends_on).dt.total_days().cast(pl.Int32).alias("days_since_iteration_end"),
    ]


def _working_days_since(name: str, today: date) -> pl.Expr:
    """
    Mondays to Fridays from the day of a moment until yesterday.

    Whole weeks count five days each, a broken one its days up to Friday: on a million items a third of the time
    that a calendar function takes.
    """
    then = pl.col(name).dt.date().to_physical() - _A_MONDAY
    now = (today - date(1970, 1, 1)).days - _A_MONDAY
    return (now // 7 * 5 + min(now % 7, 5) - then // 7 * 5 - (then % 7).clip(upper_bound=5)).clip(0)


def _days_since(name: str, now: datetime) -> pl.Expr:
    return (pl.lit(now, dtype=MOMENT) - pl.col(name)).dt.total_days().cast(pl.Int32).clip(0)
