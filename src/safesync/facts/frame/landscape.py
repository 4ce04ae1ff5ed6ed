"""Everything that facts about more than one item are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

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
    numbers by which other rows are found: ``box`` (of its iteration in ``boxes``), ``interval_box``, ``parent`` (a row),
    ``node`` (its parent's place in ``family``) and ``self_node`` (its own, where it has children).
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
        return looked_up(self.places(rows), values)

    def places(self, rows: pl.Series) -> pl.Expr:
        """For each item its place among some rows; for several facts that the same rows have."""
        number = pl.repeat(None, self.items.height, dtype=pl.UInt32, eager=True)
        return self.of_all(number.scatter(rows, pl.arange(len(rows), dtype=pl.UInt32, eager=True)))

    def of_nodes(self, nodes: pl.Series, values: pl.Series) -> pl.Expr:
        """A fact that some items have for what stands below them; empty for all others."""
        places = pl.repeat(None, len(self.family.node_rows), dtype=pl.UInt32, eager=True)
        return looked_up("self_node", values.gather(places.scatter(nodes, pl.arange(len(nodes), dtype=pl.UInt32, eager=True))))

    def of_all(self, values: pl.Series) -> pl.Expr:
        """A fact that was computed for every row, in their order; whole numbers are kept as short as they are."""
        short = values.shrink_dtype() if values.dtype.is_integer() else values
        if values.null_count() == len(values):  # as in looked_up, and as long as the items are
            return pl.repeat(None, pl.len(), dtype=values.dtype)
        return pl.lit(short).gather(pl.col("row"))


def in_portions(frame: pl.DataFrame, value: pl.Expr) -> pl.Series:
    """What an expression makes of each row, worked out portion by portion: texts that it makes on the way stand nowhere all at once."""
    return pl.concat(part.select(value).to_series() for part in (*frame.iter_slices(AT_ONCE), frame.clear()))


def looked_up(number: str | pl.Expr, values: pl.Series) -> pl.Expr:
    """The values at the rows that a column of numbers names; empty where the number is."""
    column = pl.col(number) if isinstance(number, str) else number
    # Where polars looks for common parts, it takes two columns of nothing for one another whatever their types, and panics.
    return pl.lit(values).gather(column) if values.null_count() < len(values) else pl.lit(None, dtype=values.dtype)
