"""What an item needs of others, and whether that comes in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.telling import phrase
from safesync.facts.frame.timeboxes import Timeboxes
from safesync.model.item import Relation

_LATE = "planned to end on {there}, this item on {here}"
_OVERLAP = "{key} is planned to end on {there}, this item to begin on {here}"
FACTS: tuple[Fact, ...] = (
    Fact(
        "late_dependency_days",
        FactType.NUMBER,
        Sort.LINKED,
        "By how many days the latest dependency whose end is still to come ends after this item ends; empty when none does.",
        unit="days",
        needs=("links",),
    ),
    Fact("late_dependency_key", FactType.TEXT, Sort.LINKED, "Key of that dependency.", needs=("links",)),
    Fact(
        "late_dependency_when",
        FactType.TEXT,
        Sort.LINKED,
        "When that dependency is planned to end, and when this item is.",
        needs=("links",),
        phrases=(_LATE,),
    ),
    Fact(
        "late_dependency_crosses",
        FactType.TRUTH,
        Sort.LINKED,
        "Whether that dependency is planned in a later planning interval.",
        needs=("links",),
    ),
    Fact(
        "overlapping_dependency_days",
        FactType.NUMBER,
        Sort.LINKED,
        "By how many days the latest dependency ends after this item begins, though not after it ends; empty when none does.",
        unit="days",
        needs=("links",),
    ),
    Fact(
        "overlapping_dependency", FactType.TEXT, Sort.LINKED, "Which one that is, and the two days.", needs=("links",), phrases=(_OVERLAP,)
    ),
)
_OVERLAPPING = frozenset({"overlapping_dependency_days", "overlapping_dependency"})
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(dict.fromkeys(_OVERLAPPING, frozenset({"target_start"})))


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The dependency that is planned to end latest after the item itself, or after it begins."""
    if wanted.isdisjoint(fact.name for fact in FACTS):
        return ()
    plans = _plans(scene.items, scene.boxes)
    late = late_dependencies(scene.links, plans, scene.now.date())
    place = scene.places(late["row"])
    found = tuple(looked_up(place, late[name]).alias(f"late_dependency_{name}") for name in ("days", "key", "when", "crosses"))
    if wanted.isdisjoint(_OVERLAPPING):
        return found
    overlapping = overlapping_dependencies(scene.links, plans)
    place = scene.places(overlapping["row"])
    return (
        *found,
        looked_up(place, overlapping["days"]).alias("overlapping_dependency_days"),
        looked_up(place, overlapping["said"]).alias("overlapping_dependency"),
    )


def late_dependencies(resolved_links: pl.DataFrame, plans: pl.DataFrame, today: date) -> pl.DataFrame:
    """
    ``row, days, key, when, crosses`` of the latest dependency of each item that ends after the item itself.

    ``plans`` has one row an item: ``key, open, ends_on, interval_starts_on``. Lenient: a supplier may end on the same day,
    and whoever has no end is not late but unplanned. So is one whose end is over while it is open. What cannot be seen is ignored.
    """
    to_come = pl.col("open_there") & (pl.col("ends_on_there") >= today)
    late = _pairs(resolved_links, plans).filter(to_come & (pl.col("ends_on_there") > pl.col("ends_on")))
    return (
        late.select(
            "row",
            days=(pl.col("ends_on_there") - pl.col("ends_on")).dt.total_days().cast(pl.Int32),
            key="key_there",
            when=phrase(_LATE, there="ends_on_there", here="ends_on"),
            crosses=(pl.col("interval_starts_on_there") > pl.col("interval_starts_on")).fill_null(value=False),
        )
        .sort("days", "key", descending=[True, False])
        .unique("row", keep="first", maintain_order=True)
    )


def overlapping_dependencies(resolved_links: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """``row, days, said`` of the latest dependency of each item that is in time by its end, and not by its beginning."""
    in_time = (pl.col("ends_on_there") <= pl.col("ends_on")).fill_null(value=True)
    overlaps = _pairs(resolved_links, plans).filter(pl.col("open_there") & in_time & (pl.col("ends_on_there") > pl.col("starts_on")))
    return (
        overlaps.select(
            "row",
            days=(pl.col("ends_on_there") - pl.col("starts_on")).dt.total_days().cast(pl.Int32),
            said=phrase(_OVERLAP, key="key_there", there="ends_on_there", here="starts_on"),
        )
        .sort("days", "said", descending=[True, False])
        .unique("row", keep="first", maintain_order=True)
    )


def _pairs(resolved_links: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """Who needs whom, each with its plan; that of whom is needed has names that end in ``_there``."""
    pairs = resolved_links.filter((pl.col("relation") == Relation.DEPENDS_ON.value) & pl.col("target_row").is_not_null())
    here, there = plans[pairs["row"]], plans[pairs["target_row"]]
    return pl.concat([pairs.select("row"), here, there.select(pl.all().name.suffix("_there"))], how="horizontal")


def _plans(items: pl.DataFrame, boxes: Timeboxes) -> pl.DataFrame:
    """When each item is planned to begin and to end: its own day, else its iteration's, else its interval's."""
    own_start = "target_start" if "target_start" in items.columns else pl.lit(None, dtype=pl.Date)
    return items.select(
        "key",
        "open",
        ends_on=pl.coalesce(
            "target_end", looked_up("box", boxes.iterations["ends_on"]), looked_up("interval_box", boxes.intervals["ends_on"])
        ),
        starts_on=pl.coalesce(
            own_start, looked_up("box", boxes.iterations["starts_on"]), looked_up("interval_box", boxes.intervals["starts_on"])
        ),
        interval_starts_on=looked_up("interval_box", boxes.intervals["starts_on"]),
    )
