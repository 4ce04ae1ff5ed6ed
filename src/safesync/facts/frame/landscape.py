"""Everything that facts about more than one item are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from safesync.facts.frame.columns import shortened
from safesync.facts.frame.links import Parents
from safesync.facts.frame.timeboxes import Timeboxes
from safesync.facts.frame.unseen import Unseen
from safesync.model.organisation import BoardColumn, Organisation, Team

AT_ONCE = 131_072
"""How many items are worked on together, where what that takes for a moment would be large for all."""


@dataclass(frozen=True)
class Landscape:
    """
    All items, and what stands around them.

    ``items`` has one row an item: ``row``, the measured facts that were loaded, the facts of ``standing`` and ``family``, and
    numbers by which other rows are found: ``box`` (of its iteration in ``boxes``), ``interval_box``, ``node`` (its parent's
    place in ``family``) and ``self_node`` (its own, where it has children).
    """

    items: pl.DataFrame
    links: pl.DataFrame
    """As ``links.resolved`` gives them: ``row, relation, target_row``."""
    family: Parents
    above: pl.DataFrame
    """One row a node, as ``family.ancestors`` gives them."""
    boxes: Timeboxes
    columns: Sequence[BoardColumn]
    teams: Sequence[Team]
    organisation: Organisation
    now: datetime
    unseen: Unseen
    committed: pl.DataFrame | None = None
    """What was planned for the current intervals when they had settled, as ``groups.commitment`` tells it; ``None`` where nobody knows."""

    @cached_property
    def trains(self) -> tuple[str, ...]:
        """The trains of the organisation and of its items, in order."""
        of_items = self.items["train"].unique().cast(pl.String).drop_nulls()
        return tuple(sorted({train.name for train in self.organisation.trains}.union(of_items)))

    @cached_property
    def declared_velocities(self) -> pl.DataFrame:
        """``team, declared_velocity`` where a tracker or the configuration gives one; the configuration's word counts."""
        given = {team.name: team.velocity for team in (*self.teams, *self.organisation.teams) if team.velocity}
        return pl.DataFrame(list(given.items()), schema={"team": pl.String, "declared_velocity": pl.Float64}, orient="row")

    def at(self, rows: pl.Series, values: pl.Series) -> pl.Expr:
        """A fact that some rows alone have; empty elsewhere."""
        place, (of_place,) = self.sorted_out(rows, values)
        return looked_up(place, of_place)

    def sorted_out(self, rows: pl.Series, *values: pl.Series) -> tuple[pl.Expr, tuple[pl.Series, ...]]:
        """
        For each item its place among the different values that some rows have, and these values.

        They are few where they are counts or words that many items share, and the fewer there are, the shorter is each item's number.
        """
        each = pl.DataFrame([column.alias(str(number)) for number, column in enumerate(values)])
        different = each.unique(maintain_order=True)
        place = different.with_row_index("place")
        number = pl.repeat(None, self.items.height, dtype=pl.UInt32, eager=True)
        places = each.join(place, on=each.columns, how="left", nulls_equal=True, maintain_order="left")["place"]
        return self.of_all(number.scatter(rows, places)), tuple(different)

    def places(self, rows: pl.Series) -> pl.Expr:
        """For each item its place among some rows; for several facts that the same rows have."""
        number = pl.repeat(None, self.items.height, dtype=pl.UInt32, eager=True)
        return self.of_all(number.scatter(rows, pl.arange(len(rows), dtype=pl.UInt32, eager=True)))

    def of_nodes(self, nodes: pl.Series, values: pl.Series) -> pl.Expr:
        """A fact that some items have for what stands below them; empty for all others."""
        return of_every_node(self._spread(nodes, values))

    def of_parents(self, nodes: pl.Series, values: pl.Series) -> pl.Expr:
        """A fact of some parents, as their children see it."""
        return looked_up("node", shortened(self._spread(nodes, values)))

    def _spread(self, nodes: pl.Series, values: pl.Series) -> pl.Series:
        """Values of some nodes as those of all, empty for the others."""
        places = pl.repeat(None, len(self.family.node_rows), dtype=pl.UInt32, eager=True)
        return values.gather(places.scatter(nodes, pl.arange(len(nodes), dtype=pl.UInt32, eager=True)))

    def of_parent(self, values: pl.Series) -> pl.Expr:
        """Of values of every row that of the parent; empty without a parent that is seen."""
        return looked_up("node", values.gather(self.family.node_rows))

    def of_all(self, values: pl.Series) -> pl.Expr:
        """A fact that was computed for every row, in their order; numbers and days are kept as short as they are."""
        if values.null_count() == len(values):  # as in looked_up, and as long as the items are
            return pl.repeat(None, pl.len(), dtype=values.dtype)
        if values.dtype == pl.Date:
            days = values.to_physical()
            first = days.min()
            since = pl.lit((days - first).shrink_dtype()).gather(pl.col("row"))
            return (since.cast(pl.Int32) + first).cast(pl.Date)
        return pl.lit(shortened(values)).gather(pl.col("row"))


def in_portions(frame: pl.DataFrame, value: pl.Expr, at_once: int = AT_ONCE) -> pl.Series:
    """What an expression makes of each row, worked out portion by portion: texts that it makes on the way stand nowhere all at once."""
    return pl.concat(part.select(value).to_series() for part in (*frame.iter_slices(at_once), frame.clear()))


def of_every_node(values: pl.Series) -> pl.Expr:
    """A fact that every node has, and items by their own node; numbers are kept as short as they are."""
    return looked_up("self_node", shortened(values))


def looked_up(number: str | pl.Expr, values: pl.Series) -> pl.Expr:
    """The values at the rows that a column of numbers names; empty where the number is."""
    column = pl.col(number) if isinstance(number, str) else number
    # Where polars looks for common parts, it takes two columns of nothing for one another whatever their types, and panics.
    return pl.lit(values).gather(column) if values.null_count() < len(values) else pl.lit(None, dtype=values.dtype)
