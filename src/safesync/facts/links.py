"""Parents, ancestors, children and dependencies of all items at once; rows of one frame refer to each other by number."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from safesync.model.item import Kind, Relation, Stage, WorkClass

CHILD_KINDS = MappingProxyType(
    {
        "open_capabilities": (Kind.CAPABILITY,),
        "open_features": (Kind.FEATURE,),
        "open_stories": (Kind.STORY, Kind.SPIKE),
        "open_bugs": (Kind.BUG,),
        "open_tasks": (Kind.TASK,),
    }
)
"""Which open children are counted apart."""
_KEYS_SHOWN = 5
_RELATIONS = pl.Enum([relation.value for relation in Relation])
_AT_ONCE = 131_072
"""How many texts are looked up together; what that takes for a moment is of this size."""


MATTER = (Relation.PARENT, Relation.DEPENDS_ON)
"""The relations that facts are made of."""


class Addresses:
    """
    Where each item stands in a frame, by its uid and by ``tracker:KEY``.

    Links may be resolved portion by portion: what is kept of one is three numbers, a tenth of its texts.
    """

    def __init__(self, items: pl.DataFrame) -> None:
        self._items = items.select("uid", "tracker", "key")
        self._by_uid = _Names.of(self._items, pl.col("uid"))
        self._by_key: _Names | None = None

    def resolved(self, links: pl.DataFrame) -> pl.DataFrame:
        """
        ``row, relation, target_row`` for the links that matter; ``target_row`` is empty for an item SafeSync never saw.

        A target is looked for as a uid and as ``tracker:KEY``.
        """
        links = links.filter(pl.col("relation").is_in([relation.value for relation in MATTER]))
        row, target_row = self._by_uid.rows_of(links["uid"]), self._by_uid.rows_of(links["target"])
        left = target_row.is_null().arg_true()
        if len(left):
            if self._by_key is None:
                self._by_key = _Names.of(self._items, pl.concat_str("tracker", pl.lit(":"), "key"))
            target_row = target_row.scatter(left, self._by_key.rows_of(links["target"].gather(left)))
        found = pl.DataFrame([row.alias("row"), links["relation"].cast(_RELATIONS), target_row.alias("target_row")])
        return found.filter(pl.col("row").is_not_null())


def resolved(items: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """All links at once; those that are resolved already stay as they are."""
    if "target_row" in links.columns:
        return links
    addresses = Addresses(items)
    parts = [addresses.resolved(part) for part in links.iter_slices(_AT_ONCE)]
    return pl.concat(parts).rechunk() if parts else addresses.resolved(links)


def of_rows(resolved_links: pl.DataFrame, kept: pl.Series) -> pl.DataFrame:
    """Resolved links as they are when only the rows that are ``kept`` remain."""
    rows = pl.select(pl.when(kept).then(kept.cum_sum().cast(pl.UInt32) - 1)).to_series()
    return resolved_links.with_columns(row=rows.gather(resolved_links["row"]), target_row=rows.gather(resolved_links["target_row"])).filter(
        pl.col("row").is_not_null()
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """
    At which row of a frame a text stands.

    Hashes are sorted and looked up, and what they find is compared: no table of the texts is made, which would be the
    largest thing in the memory of a whole check.
    """

    frame: pl.DataFrame
    text: pl.Expr
    hashes: pl.Series
    """Sorted."""
    rows: pl.Series
    """Where the text of each hash stands."""

    @classmethod
    def of(cls, frame: pl.DataFrame, text: pl.Expr) -> _Names:
        """The texts that an expression makes of the frame."""
        frame = frame.select(text.meta.root_names())
        parts = [part.select(hash=text.hash())["hash"] for part in frame.iter_slices(_AT_ONCE)]
        hashes = pl.concat(parts) if parts else pl.Series(dtype=pl.UInt64)
        rows = hashes.arg_sort()
        return cls(frame, text, hashes.gather(rows), rows)

    def rows_of(self, wanted: pl.Series) -> pl.Series:
        """For each wanted text the first row at which it stands, empty where it does not."""
        hashes = wanted.hash()
        place = self.hashes.search_sorted(hashes)
        found = pl.repeat(None, len(wanted), dtype=pl.UInt32, eager=True)
        # Nearly always one round: more are for texts that stand twice, and for two that only share a hash.
        while len(at := self._here(place, hashes).arg_true()):
            rows = self.rows.gather(place.gather(at))
            equal = self.frame[rows].select(self.text).to_series() == wanted.gather(at)
            at, rows = at.filter(equal), rows.filter(equal)
            nearest = pl.select(pl.min_horizontal(found.gather(at), rows)).to_series()
            found, place = found.scatter(at, nearest), place + 1
        return found

    def _here(self, place: pl.Series, hashes: pl.Series) -> pl.Series:
        """Where the hash at a place is the wanted one; no place is after the last."""
        last = len(self.hashes) - 1
        return (
            pl.Series([False]).new_from_index(0, len(place))
            if last < 0
            else (place <= last) & (self.hashes.gather(place.clip(0, last)) == hashes)
        )


@dataclass(frozen=True, slots=True)
class Parents:
    """Who stands above whom. ``nodes`` are the items that have children; every other column refers to their numbers."""

    of_item: pl.Series
    """For each item the node of its parent, empty without one."""
    self_node: pl.Series
    """For each item its own node, empty when it has no children."""
    lost: pl.Series | None
    """For each item whether it has a parent that SafeSync cannot see; ``None`` when no item has."""
    node_rows: pl.Series
    """For each node the row of its item."""


def parents(rows: int, resolved_links: pl.DataFrame) -> Parents:
    """The one parent of each item: of several, the first that can be seen."""
    found = resolved_links.filter(pl.col("relation") == Relation.PARENT.value).select("row", "target_row")
    if found["row"].n_unique() < found.height:
        found = found.sort(pl.col("target_row").is_null(), maintain_order=True).unique("row", keep="first")
    seen = found.filter(pl.col("target_row").is_not_null())
    node_rows = seen["target_row"].unique().sort()
    self_node = _scattered(rows, node_rows, pl.arange(len(node_rows), dtype=pl.UInt32, eager=True))
    of_item = self_node.gather(_scattered(rows, seen["row"], seen["target_row"]))
    hidden = found.filter(pl.col("target_row").is_null())["row"]
    lost = pl.repeat(value=False, n=rows, eager=True).scatter(hidden, values=True) if len(hidden) else None
    return Parents(of_item, self_node, lost, node_rows)


def _scattered(rows: int, at: pl.Series, values: pl.Series) -> pl.Series:
    return pl.repeat(None, rows, dtype=pl.UInt32, eager=True).scatter(at, values.cast(pl.UInt32))


def ancestors(items: pl.DataFrame, family: Parents) -> pl.DataFrame:
    """
    One row a node: what the node and all that stands above it have together.

    ``feature`` and ``epic``: whether there is one; ``work_class``: the nearest; ``themes``: all; ``hidden``: whether
    something above cannot be seen. Each round doubles how far a node looks, so a cycle ends with the count of nodes.
    ``items`` has ``kind, own_work_class, known_themes, hidden``.
    """
    nodes = items.select("kind", "own_work_class", "known_themes", "hidden")[family.node_rows]
    up = family.of_item.gather(family.node_rows)
    above = nodes.select(
        feature=pl.col("kind").is_in([Kind.FEATURE.value, Kind.CAPABILITY.value]).fill_null(value=False),
        epic=pl.col("kind").is_in([Kind.EPIC.value, Kind.CAPABILITY.value]).fill_null(value=False),
        work_class=pl.when(pl.col("own_work_class") != WorkClass.UNKNOWN.value).then("own_work_class"),
        themes=pl.col("known_themes").cast(pl.String).str.split("; "),
        hidden=pl.col("hidden"),
    )
    for _ in range(len(up).bit_length() + 1):
        if up.null_count() == len(up):
            break
        above = _one_round(above, above[up.fill_null(0)], up.is_not_null())
        up = up.gather(up)
    return above.with_columns(themes=pl.col("themes").list.join("; "))


def _one_round(near: pl.DataFrame, far: pl.DataFrame, reached: pl.Series) -> pl.DataFrame:
    both = pl.concat([near, far.select(pl.all().name.suffix("_far")), reached.alias("reached").to_frame()], how="horizontal")
    either = {name: pl.col(name) | (pl.col(f"{name}_far") & pl.col("reached")) for name in ("feature", "epic", "hidden")}
    far_themes = pl.when("reached").then("themes_far")
    return both.select(
        **either,
        work_class=pl.coalesce("work_class", pl.when("reached").then("work_class_far")),
        themes=pl.when(pl.col("themes").is_null() | far_themes.is_null())
        .then(pl.coalesce("themes", far_themes))
        .otherwise(pl.col("themes").list.set_union(far_themes).list.sort())
        if near["themes"].null_count() < near.height
        else pl.col("themes"),
    ).select(near.columns)


def children(items: pl.DataFrame, family: Parents) -> pl.DataFrame:
    """One row a node: ``children, open_children, open_<kind>..., open_children_keys``. ``items`` has ``kind, stage, key``."""
    below = items.select("kind", "stage", "key", node=family.of_item)
    open_ones = below.filter(pl.col("node").is_not_null() & (pl.col("stage") < Stage.DONE.value)).sort(
        pl.col("kind") == Kind.BUG.value, maintain_order=True
    )
    shown = pl.when(pl.col("kind") == Kind.BUG.value).then(pl.col("key") + " (bug)").otherwise("key")
    counts = [pl.col("kind").is_in([kind.value for kind in kinds]).sum().cast(pl.Int32).alias(name) for name, kinds in CHILD_KINDS.items()]
    opened = (
        open_ones.with_columns(shown.alias("key"))
        .group_by("node")
        .agg(pl.len().cast(pl.Int32).alias("open_children"), *counts, pl.col("key").head(_KEYS_SHOWN).alias("open_children_keys"))
    )
    totals = below.select("node").drop_nulls().group_by("node").agg(pl.len().cast(pl.Int32).alias("children"))
    nodes = pl.DataFrame({"node": pl.arange(len(family.node_rows), dtype=pl.UInt32, eager=True)})
    return (
        nodes.join(totals, on="node", how="left", maintain_order="left")
        .join(opened, on="node", how="left", maintain_order="left")
        .with_columns(
            pl.col("open_children_keys").list.join(", "),
            pl.col("children", "open_children", *CHILD_KINDS).fill_null(0),
        )
    )


def late_dependencies(resolved_links: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """
    ``row, days, key, when, crosses`` of the latest dependency of each item that ends after the item itself.

    ``plans`` has one row an item: ``key, open, ends_on, interval_starts_on``. Lenient: a supplier may end on the same day,
    and whoever has no end is not late but unplanned. What cannot be seen is ignored.
    """
    pairs = resolved_links.filter((pl.col("relation") == Relation.DEPENDS_ON.value) & pl.col("target_row").is_not_null())
    here, there = plans[pairs["row"]], plans[pairs["target_row"]]
    both = pl.concat([pairs.select("row"), here, there.select(pl.all().name.suffix("_there"))], how="horizontal")
    late = both.filter(pl.col("open_there") & (pl.col("ends_on_there") > pl.col("ends_on")))
    return (
        late.select(
            "row",
            days=(pl.col("ends_on_there") - pl.col("ends_on")).dt.total_days().cast(pl.Int32),
            key="key_there",
            when=pl.format("planned to end on {}, this item on {}", "ends_on_there", "ends_on"),
            crosses=(pl.col("interval_starts_on_there") > pl.col("interval_starts_on")).fill_null(value=False),
        )
        .sort("days", "key", descending=[True, False])
        .unique("row", keep="first", maintain_order=True)
    )
