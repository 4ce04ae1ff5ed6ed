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
        "Of the stories of its team in its iteration, cancelled ones left out, how many surely stand below no feature; empty where no team "
        "or no iteration is known.",
        unit="percent",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The share of the team and iteration that a story belongs to."""
    if "local_share" not in wanted:
        return ()
    hidden = scene.unseen.flags("has_feature_ancestor")
    planned = scene.items.select(
        "row",
        "team",
        "box",
        counts=(pl.col("kind") == Kind.STORY.value) & (pl.col("stage") != Stage.CANCELLED.value),
        local=~looked_up("node", scene.above["feature"]).fill_null(value=False)
        & (pl.lit(value=True) if hidden is None else ~pl.lit(hidden)),
    ).filter(pl.col("counts") & pl.col("team").is_not_null() & pl.col("box").is_not_null())
    share = (pl.col("local").sum() / pl.len() * 100).over("team", "box").round(1)
    told = planned.select("row", share=share)
    return (scene.at(told["row"], told["share"]).alias("local_share"),)
