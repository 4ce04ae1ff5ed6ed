"""Links of all items at once; rows of one frame refer to each other by number."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from safesync.model.item import Relation

_RELATIONS = pl.Enum([relation.value for relation in Relation])
_AT_ONCE = 131_072
"""How many texts are looked up together; what that takes for a moment is of this size."""


MATTER = tuple(relation for relation in Relation if relation is not Relation.RELATES)
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
