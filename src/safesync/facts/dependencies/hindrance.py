"""What holds an item up: the items it depends on, open or done."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.telling import keys
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
    over = scene.items.select(ended=pl.col("stage") >= Stage.DONE.value)["ended"]
    needed = needed.with_columns(ended=over.gather(needed["target_row"]).fill_null(value=False))
    rows = needed.group_by("row").agg(awaited=(~pl.col("ended")).sum().cast(pl.Int32), arrived=pl.col("ended").sum().cast(pl.Int32))
    place, counts = scene.sorted_out(rows["row"], rows["awaited"], rows["arrived"])
    found = {name: looked_up(place, count).fill_null(0) for name, count in zip(("awaited", "arrived"), counts, strict=True)}
    ended = needed.filter("ended").select(number="row", row="target_row")
    said = keys("row", ended, scene.items["key"], _SHOWN)
    found["arrived_keys"] = pl.when(place.is_not_null()).then(said.fill_null(""))
    return tuple(found[name].alias(name) for name in names)
