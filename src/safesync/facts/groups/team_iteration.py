"""A team in an iteration that is not over: what it has planned, and what it usually gets done."""

from __future__ import annotations

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.flow.pace import SIZED_KINDS, velocities
from safesync.facts.frame.columns import as_texts
from safesync.facts.frame.landscape import Landscape
from safesync.facts.frame.telling import weighed
from safesync.model.item import Kind, Stage, WorkClass

FACTS: tuple[Fact, ...] = (
    Fact("team", FactType.TEXT, Sort.GROUPED, "The team."),
    Fact("train", FactType.TEXT, Sort.GROUPED, "Its train."),
    Fact("iteration", FactType.TEXT, Sort.GROUPED, "Name of the iteration."),
    Fact(
        "iteration_phase",
        FactType.TEXT,
        Sort.GROUPED,
        "Where the iteration stands.",
        vocabulary=("past", "current", "next", "later"),
        ordered=True,
    ),
    Fact("innovation", FactType.TRUTH, Sort.GROUPED, "It is an iteration for innovation and planning."),
    Fact(
        "planned_items",
        FactType.NUMBER,
        Sort.GROUPED,
        "Stories, spikes and bugs in it, done or not, cancelled ones left out.",
        unit="items",
    ),
    Fact("planned_points", FactType.NUMBER, Sort.GROUPED, "Sum of their points.", unit="story points"),
    Fact("unestimated_share", FactType.NUMBER, Sort.GROUPED, "How many of them have no points.", unit="percent"),
    Fact(
        "feature_points",
        FactType.NUMBER,
        Sort.GROUPED,
        "Points of its stories for features or obligations, or without a class.",
        unit="story points",
    ),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys and points of the heaviest of these items, at most five."),
    Fact(
        "velocity",
        FactType.NUMBER,
        Sort.GROUPED,
        "Points that the team got done on average in its last ended iterations, at most five, those of innovation left out.",
        unit="story points",
    ),
    Fact("ended_iterations", FactType.NUMBER, Sort.GROUPED, "How many iterations that average is of.", unit="iterations"),
    Fact("declared_velocity", FactType.NUMBER, Sort.GROUPED, "Velocity that tracker or configuration give the team.", unit="story points"),
)
NEEDS: frozenset[str] = frozenset()
TITLE = "a team in an iteration that is not over"
_SHOWN = 5
_FOR_FEATURES = (WorkClass.FEATURE, WorkClass.COMPLIANCE, WorkClass.UNKNOWN)


def rows(scene: Landscape) -> pl.DataFrame:
    """Every team in every iteration ahead of which it has planned something."""
    boxes = scene.boxes.iterations.with_row_index("box").filter(pl.col("phase").is_in(["current", "next", "later"]))
    planned = _planned(scene, boxes["box"])
    loads = as_texts(_loads(planned))
    return (
        loads.join(boxes, on="box", how="inner")
        .join(velocities(scene), on="team", how="left")
        .join(scene.declared_velocities, on="team", how="left")
        .sort("team", "ends_on", "uid")
        .select(
            pl.concat_str("team", "uid", separator="|").alias("group"),
            "team",
            "train",
            pl.col("name").alias("iteration"),
            pl.col("phase").alias("iteration_phase"),
            "innovation",
            "planned_items",
            "planned_points",
            "unestimated_share",
            "feature_points",
            "contributors",
            pl.col("team_velocity").alias("velocity"),
            pl.col("team_iterations").fill_null(0).alias("ended_iterations"),
            "declared_velocity",
            *(pl.col("doubtful").alias(f"unseen.{name}") for name in ("planned_points", "unestimated_share", "feature_points")),
        )
    )


def _planned(scene: Landscape, boxes: pl.Series) -> pl.DataFrame:
    doubtful = scene.unseen.flags("points", "stage")
    return (
        scene.items.lazy()
        .with_columns(doubtful=pl.lit(value=False) if doubtful is None else doubtful)
        .filter(
            pl.col("team").is_not_null()
            & pl.col("box").is_in(boxes.implode())
            & pl.col("kind").is_in([kind.value for kind in SIZED_KINDS])
            & (pl.col("stage") != Stage.CANCELLED.value).fill_null(value=True)
        )
        .select("key", "kind", "team", "train", "box", "work_class", "doubtful", pl.col("points").cast(pl.Float64))
        .collect()
    )


def _loads(planned: pl.DataFrame) -> pl.DataFrame:
    """``contributors`` as the boards show them: key and points, heaviest first."""
    classes = [each.value for each in _FOR_FEATURES]
    for_features = (pl.col("kind") == Kind.STORY.value) & pl.col("work_class").is_in(classes)
    heaviest = planned.filter(pl.col("points") > 0).sort("points", "key", descending=[True, False])
    return (
        planned.lazy()
        .group_by("team", "box")
        .agg(
            pl.col("train").drop_nulls().first(),
            planned_items=pl.len().cast(pl.Int32),
            planned_points=pl.col("points").sum(),
            unestimated_share=(pl.col("points").is_null().mean() * 100).round(0),
            feature_points=pl.col("points").filter(for_features).sum(),
            doubtful=pl.col("doubtful").any(),
        )
        .collect()
        .join(weighed(heaviest, ("team", "box"), _SHOWN), on=["team", "box"], how="left")
        .with_columns(contributors=pl.col("said").fill_null(""))
    )
