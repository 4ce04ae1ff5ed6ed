"""How much of what a team does in an iteration is its own: below no feature."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.model.item import Kind, Stage

FACTS: tuple[Fact, ...] = (
    Fact(
        "local_share",
        FactType.NUMBER,
        Sort.LINKED,
        "Of a story below no feature: the share of its team's stories in its iteration of which that is surely so, cancelled ones left "
        "out; empty where no team or no iteration is known.",
        unit="percent",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The share of the team and iteration that a story belongs to; only stories that stand alone are given it, the others are many."""
    if "local_share" not in wanted:
        return ()
    hidden = scene.unseen.flags("has_feature_ancestor")
    alone = ~looked_up("node", scene.above["feature"]).fill_null(value=False)
    counts = (pl.col("kind") == Kind.STORY.value) & (pl.col("stage") != Stage.CANCELLED.value)
    planned = (
        scene.items.lazy()
        .filter(counts & pl.col("team").is_not_null() & pl.col("box").is_not_null())
        .select("row", "team", "box", local=alone if hidden is None else alone & ~pl.lit(hidden).gather("row"))
        .collect()
    )
    shares = planned.group_by("team", "box").agg(share=(pl.col("local").sum() / pl.len() * 100).round(1))
    told = planned.filter("local").join(shares, on=["team", "box"], how="left")
    return (scene.at(told["row"], told["share"]).alias("local_share"),)
