"""What waits in a team's backlog, and how much of it nobody has touched for long."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import MOMENT, as_texts
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.plan.standing import plan_phase
from safesync.model.item import Kind

STALE_DAYS, FEATURE_STALE_DAYS, PARKED = 180, 365, "parked"
FACTS: tuple[Fact, ...] = (
    Fact("team", FactType.TEXT, Sort.GROUPED, "The team."),
    Fact("train", FactType.TEXT, Sort.GROUPED, "Its train."),
    Fact(
        "waiting",
        FactType.NUMBER,
        Sort.GROUPED,
        f"Open stories, bugs and features that nobody works on and that are in no present or later plan; without the label {PARKED}.",
        unit="items",
    ),
    Fact(
        "stale",
        FactType.NUMBER,
        Sort.GROUPED,
        f"Those of them that no person has changed for more than {STALE_DAYS} days, features {FEATURE_STALE_DAYS}.",
        unit="items",
    ),
    Fact("stale_share", FactType.NUMBER, Sort.GROUPED, "That share.", unit="percent"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "The longest untouched, with their days, at most five."),
)
NEEDS: frozenset[str] = frozenset({"human_change_at", "labels"})
TITLE = "the backlog of a team"
_KINDS = (Kind.STORY.value, Kind.BUG.value, Kind.FEATURE.value)
_SHOWN = 5


def rows(scene: Landscape) -> pl.DataFrame:
    """Every team with something in its backlog, however fresh."""
    waiting = _waiting(scene).sort("days", "key", descending=[True, False])
    told = pl.format("{} ({})", "key", "days")
    return (
        waiting.group_by("team", maintain_order=True)
        .agg(
            train=pl.col("train").drop_nulls().first(),
            waiting=pl.len().cast(pl.Int32),
            stale=pl.col("stale").sum().cast(pl.Int32),
            contributors=told.filter(pl.col("stale")).head(_SHOWN).str.join(", "),
            doubtful=pl.col("doubtful").any(),
        )
        .sort("team")
        .select(
            pl.col("team").alias("group"),
            "team",
            "train",
            "waiting",
            "stale",
            (pl.col("stale") / pl.col("waiting") * 100).round(1).alias("stale_share"),
            pl.when(pl.col("contributors") != "").then("contributors"),
            *(pl.col("doubtful").alias(f"unseen.{name}") for name in ("waiting", "stale", "stale_share")),
        )
    )


def _waiting(scene: Landscape) -> pl.DataFrame:
    unseen = scene.unseen.flags("human_change_at", "labels", "iteration", "interval")
    boxes = scene.boxes
    phase = plan_phase(looked_up("box", boxes.iterations["phase"]), looked_up("interval_box", boxes.intervals["phase"]))
    held = [name for name in ("human_change_at", "labels") if name in scene.items.columns]
    items = scene.items.lazy().with_columns(phase=phase.cast(pl.String), doubtful=pl.lit(value=False) if unseen is None else pl.lit(unseen))
    lies = pl.col("team").is_not_null() & pl.col("open") & ~pl.col("active") & pl.col("kind").is_in(_KINDS)
    few = items.filter(lies & (pl.col("phase") == "past").fill_null(value=True)).select("key", "kind", "team", "train", "doubtful", *held)
    waiting = as_texts(few.collect())
    if "labels" in held:
        parked = pl.col("labels").list.eval(pl.element().cast(pl.String).str.to_lowercase() == PARKED).list.any()
        waiting = waiting.filter(~parked.fill_null(value=False)).drop("labels")
    changed = pl.col("human_change_at") if "human_change_at" in held else pl.lit(None, dtype=MOMENT)
    age = pl.lit(scene.now, dtype=MOMENT) - changed
    limit = (
        pl.when(pl.col("kind") == Kind.FEATURE.value).then(timedelta(days=FEATURE_STALE_DAYS + 1)).otherwise(timedelta(days=STALE_DAYS + 1))
    )
    return waiting.with_columns(days=age.dt.total_days(), stale=(age >= limit).fill_null(value=False))
