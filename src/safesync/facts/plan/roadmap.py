"""Whether the days that are promised above and below fit together."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.unseen import where

FACTS: tuple[Fact, ...] = (
    Fact(
        "planned_end",
        FactType.DATE,
        Sort.LINKED,
        "When it is planned to end: its own day, else its iteration's last, else its planning interval's.",
        needs=("target_end", "iteration", "interval"),
    ),
    Fact("parent_end", FactType.DATE, Sort.LINKED, "The planned last day that its parent itself carries.", needs=("links",)),
    Fact(
        "days_after_parent",
        FactType.NUMBER,
        Sort.LINKED,
        "By how many days it is planned to end after its parent; negative before, empty without one of the two.",
        unit="days",
        needs=("links",),
    ),
    Fact(
        "dated_siblings",
        FactType.NUMBER,
        Sort.LINKED,
        "Other open children of its parent, of its own kind, that are planned to end on some day.",
        unit="items",
        needs=("links",),
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """Those of these facts that somebody reads."""
    asked = [fact.name for fact in FACTS if fact.name in wanted]
    if not asked:
        return ()
    items, unseen = scene.items, scene.unseen
    ends = pl.coalesce(
        "target_end",
        looked_up("box", scene.boxes.iterations["ends_on"]),
        looked_up("interval_box", scene.boxes.intervals["ends_on"]),
    )
    plan = unseen.flags("target_end", "iteration", "interval")
    open_end = None if plan is None else where(items.select(end=ends.is_null())["end"], plan)
    hidden = items["hidden"] if items["hidden"].any() else None
    of_parent = unseen.flags("target_end")
    promised = None if of_parent is None else items.select(scene.of_parent(of_parent).fill_null(value=False)).to_series()
    above = _either(hidden, promised)
    unseen.note("planned_end", open_end)
    unseen.note("parent_end", above)
    unseen.note("days_after_parent", _either(open_end, above))
    unseen.note("dated_siblings", hidden)
    parent_end = scene.of_parent(items["target_end"])
    found = {
        "planned_end": ends,
        "parent_end": parent_end,
        "days_after_parent": (ends - parent_end).dt.total_days().cast(pl.Int32),
        "dated_siblings": _dated_siblings(scene, ends) if "dated_siblings" in wanted else pl.lit(None),
    }
    return tuple(found[name].alias(name) for name in asked)


def _either(one: pl.Series | None, other: pl.Series | None) -> pl.Series | None:
    return other if one is None else one if other is None else one | other


def _dated_siblings(scene: Landscape, ends: pl.Expr) -> pl.Expr:
    """Counted once for each parent and kind, and looked up there; an item that is dated itself is one of these."""
    dated = pl.col("open").fill_null(value=False) & ends.is_not_null()
    counts = (
        scene.items.lazy()
        .filter(pl.col("node").is_not_null() & dated)
        .group_by("node", "kind")
        .agg(dated=pl.len().cast(pl.Int32))
        .collect()
    )
    of_kinds = [
        pl.when(pl.col("kind") == kind).then(scene.of_parents(some["node"], some["dated"]).fill_null(0))
        for (kind,), some in counts.group_by("kind", maintain_order=True)
    ]
    return pl.coalesce(*of_kinds, pl.lit(0)).cast(pl.Int32) - (dated & pl.col("node").is_not_null()).cast(pl.Int32)
