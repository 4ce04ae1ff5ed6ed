"""What holds an item up: the items it depends on, open or done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.model.item import Relation, Stage

FACTS: tuple[Fact, ...] = (
    Fact(
        "awaited",
        FactType.NUMBER,
        Sort.LINKED,
        "Items it depends on that are open, or that SafeSync cannot see.",
        unit="items",
        needs=("links",),
    ),
    Fact("arrived", FactType.NUMBER, Sort.LINKED, "Items it depends on that are done or cancelled.", unit="items", needs=("links",)),
    Fact("arrived_keys", FactType.TEXT, Sort.LINKED, "Their keys, at most five.", needs=("links",)),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})
_SHOWN = 5


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What an item waits for, and what it need not wait for any more."""
    names = wanted.intersection(fact.name for fact in FACTS)
    if not names:
        return ()
    needed = scene.links.filter(pl.col("relation") == Relation.DEPENDS_ON.value).select("row", "target_row")
    there = scene.items.select("key", ended=pl.col("stage") >= Stage.DONE.value)
    ended = pl.lit(there["ended"]).gather(pl.col("target_row")).fill_null(value=False)
    rows = (
        needed.with_columns(ended=ended, key=pl.lit(there["key"]).gather(pl.col("target_row")))
        .group_by("row", maintain_order=True)
        .agg(
            awaited=(~pl.col("ended")).sum().cast(pl.Int32),
            arrived=pl.col("ended").sum().cast(pl.Int32),
            arrived_keys=pl.col("key").filter("ended").sort().head(_SHOWN).str.join(", "),
        )
        if scene.items.height
        else pl.DataFrame(schema={"row": pl.UInt32, "awaited": pl.Int32, "arrived": pl.Int32, "arrived_keys": pl.String})
    )
    place = scene.places(rows["row"])
    found = {name: looked_up(place, rows[name]) for name in names}
    return tuple((column if name == "arrived_keys" else column.fill_null(0)).alias(name) for name, column in found.items())
