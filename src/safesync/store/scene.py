"""All that is judged, read straight into columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import polars as pl
from sqlalchemy import Connection, select

from safesync.connectors.port import Surroundings
from safesync.facts.fact import Fact
from safesync.facts.frame.links import Addresses
from safesync.facts.item.measured import MEASURED
from safesync.model.organisation import Team
from safesync.model.timebox import PlanningInterval
from safesync.store import columns
from safesync.store.documents import read
from safesync.store.port import Scene
from safesync.store.rows import fact_rows, joined, link_rows
from safesync.store.tables import SURROUNDINGS


def scene(connection: Connection, facts: Collection[str] | None = None) -> Scene:
    """Facts (all of them, or those named) and links of every item that is not gone, and what stands around them."""
    around = [read(text, Surroundings) for text in connection.scalars(select(SURROUNDINGS.c.document).order_by(SURROUNDINGS.c.tracker))]
    loaded, links = _columns(connection, [fact for fact in MEASURED if facts is None or fact.name in facts])
    return Scene(
        facts=loaded,
        links=links,
        iterations=tuple(iteration for each in around for iteration in each.iterations),
        intervals=merged_intervals(interval for each in around for interval in each.intervals),
        columns=tuple(column for each in around for column in each.columns),
        teams=merged_teams(team for each in around for team in each.teams),
    )


def merged_intervals(intervals: Iterable[PlanningInterval]) -> tuple[PlanningInterval, ...]:
    """One interval a label: from the first day any tracker knows to the last."""
    merged: dict[str, PlanningInterval] = {}
    for one in intervals:
        known = merged.get(one.label, one)
        starts = [day for day in (known.starts_on, one.starts_on) if day]
        ends = [day for day in (known.ends_on, one.ends_on) if day]
        merged[one.label] = PlanningInterval(one.label, min(starts, default=None), max(ends, default=None))
    return tuple(merged.values())


def merged_teams(teams: Iterable[Team]) -> tuple[Team, ...]:
    """One team a name; what the first tracker does not know, the next one tells."""
    merged: dict[str, Team] = {}
    for one in teams:
        known = merged.get(one.name, one)
        merged[one.name] = Team(
            one.name,
            known.train or one.train,
            one.members if known.members is None else known.members,
            one.velocity if known.velocity is None else known.velocity,
        )
    return tuple(merged.values())


def _columns(connection: Connection, facts: Sequence[Fact]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and resolved links, from columns where there are any."""
    made = columns.usable(connection)
    loaded = columns.facts(connection, facts) if made else joined(fact_rows(connection, facts))
    addresses = Addresses(loaded)
    links = columns.links(connection) if made else link_rows(connection)
    return loaded, joined(addresses.resolved(portion) for portion in links)
