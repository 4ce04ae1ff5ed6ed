"""The order of a train's features, as the tracker ranks them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Gate, Kind

FACTS: tuple[Fact, ...] = (
    Fact(
        "rank_in_train",
        FactType.NUMBER,
        Sort.LINKED,
        "Its place among the ranked features of its train that are not committed yet: neither begun nor planned for the running interval. "
        "Empty for all others.",
        unit="place",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({"rank_in_train": frozenset({"rank"})})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The place of each feature, the first being 1."""
    if "rank_in_train" not in wanted:
        return ()
    scene.unseen.note("rank_in_train", _hidden(scene))
    ranked = ranks(scene)
    return (scene.at(ranked["row"], ranked["place"]).alias("rank_in_train"),)


def ranks(scene: Landscape) -> pl.DataFrame:
    """
    ``row, train, tracker, place`` of the features whose order is still open, in it.

    Ranks are compared within one tracker: a number (Azure DevOps) as a number, a rank of letters (Jira) as a text.
    """
    if "rank" not in scene.items.columns:
        return pl.DataFrame(schema={"row": pl.UInt32, "train": pl.String, "tracker": pl.String, "place": pl.Int32})
    rank = pl.col("rank").cast(pl.String)
    return (
        scene.items.lazy()
        .filter(_open_features() & pl.col("rank").is_not_null())
        .select("row", pl.col("train", "tracker").cast(pl.String), number=rank.cast(pl.Float64, strict=False), text=rank)
        .sort("train", "tracker", "number", "text", "row", nulls_last=True)
        .with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("train", "tracker"))
        .select("row", "train", "tracker", "place")
        .collect()
    )


def _open_features() -> pl.Expr:
    return (pl.col("kind") == Kind.FEATURE.value) & (pl.col("gate") < Gate.CURRENT.value) & pl.col("train").is_not_null()


def _hidden(scene: Landscape) -> pl.Series | None:
    flags = scene.unseen.flags("rank", "train")
    return None if flags is None else scene.items.select((pl.col("kind") == Kind.FEATURE.value).fill_null(value=False) & flags).to_series()
