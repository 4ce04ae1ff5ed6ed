"""A team and its iterations that are over: whether it gets less done than it used to."""

from __future__ import annotations

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.flow.history import ESTIMATED, UNITS, ended_iterations
from safesync.facts.frame.columns import as_texts
from safesync.facts.frame.landscape import Landscape

FACTS: tuple[Fact, ...] = (
    Fact("team", FactType.TEXT, Sort.GROUPED, "The team."),
    Fact("train", FactType.TEXT, Sort.GROUPED, "Its train."),
    Fact("unit", FactType.TEXT, Sort.GROUPED, "Points, or items where a fifth of them or more has no points.", phrases=UNITS),
    Fact("last_velocity", FactType.NUMBER, Sort.GROUPED, "What it got done in the last iteration that is over."),
    Fact("previous_velocity", FactType.NUMBER, Sort.GROUPED, "The same of the one before."),
    Fact("usual_velocity", FactType.NUMBER, Sort.GROUPED, "Mean of the iterations before these two, at most five."),
    Fact("usual_deviation", FactType.NUMBER, Sort.GROUPED, "Standard deviation of these."),
    Fact("usual_iterations", FactType.NUMBER, Sort.GROUPED, "How many these are.", unit="iterations"),
    Fact("history", FactType.TEXT, Sort.GROUPED, "Name and velocity of all of these iterations, oldest first."),
)
NEEDS: frozenset[str] = frozenset()
TITLE = "a team and its iterations that are over"
_USUAL, _LATE = 5, 2
_UNSEEN = ("last_velocity", "previous_velocity", "usual_velocity", "usual_deviation")


def rows(scene: Landscape) -> pl.DataFrame:
    """Every team that ever had something in an iteration that is over."""
    ended = ended_iterations(scene)
    recent = ended.group_by("team", maintain_order=True).tail(_USUAL + _LATE)
    estimated = (pl.col("sized").sum() >= ESTIMATED * pl.col("done").sum()).over("team")
    velocity = pl.when(estimated).then("points").otherwise(pl.col("done").cast(pl.Float64))
    recent = recent.with_columns(estimated=estimated, velocity=velocity)
    usual = pl.col("velocity").head(pl.max_horizontal(pl.len().cast(pl.Int64) - _LATE, 0))
    said = pl.format("{} {}", "name", pl.col("velocity").round(1).cast(pl.String).str.strip_suffix(".0"))
    trains = (
        scene.items.lazy().filter(pl.col("team").is_not_null()).group_by("team").agg(pl.col("train").drop_nulls().mode().sort().first())
    )
    return (
        recent.group_by("team", maintain_order=True)
        .agg(
            unit=pl.when(pl.col("estimated").first()).then(pl.lit(UNITS[0])).otherwise(pl.lit(UNITS[1])),
            last_velocity=pl.col("velocity").last(),
            previous_velocity=pl.col("velocity").shift(1).last(),
            usual_velocity=usual.mean().round(1),
            usual_deviation=usual.std().round(1),
            usual_iterations=usual.len().cast(pl.Int32),
            history=said.str.join(", "),
            doubtful=pl.col("doubtful").any(),
        )
        .join(as_texts(trains.collect()), on="team", how="left", maintain_order="left")
        .select(
            pl.col("team").alias("group"),
            *(fact.name for fact in FACTS),
            *(pl.col("doubtful").alias(f"unseen.{name}") for name in _UNSEEN),
        )
    )
