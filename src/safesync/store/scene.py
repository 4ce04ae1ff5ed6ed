"""All that is judged, read straight into columns."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from sqlalchemy import Connection, Select, Table, select

from safesync.connectors.port import Surroundings
from safesync.facts.catalog import MEASURED
from safesync.facts.columns import column_type, conformed
from safesync.facts.fact import Fact, FactType
from safesync.model.organisation import Team
from safesync.model.timebox import PlanningInterval
from safesync.store.documents import read
from safesync.store.port import Scene
from safesync.store.tables import FACTS, ITEMS, LINKS, SURROUNDINGS


def scene(connection: Connection) -> Scene:
    """Facts and links of every item that is not gone, and what stands around them."""
    around = [read(text, Surroundings) for text in connection.scalars(select(SURROUNDINGS.c.document).order_by(SURROUNDINGS.c.tracker))]
    return Scene(
        facts=_facts(connection),
        links=_frame(connection, _of_present(LINKS), {name: pl.String() for name in ("uid", "relation", "target")}),
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


def _of_present(table: Table) -> Select[tuple[object, ...]]:
    return select(*table.c).join(ITEMS, ITEMS.c.uid == table.c.uid).where(ITEMS.c.gone_at.is_(None)).order_by(*table.primary_key)


def _frame(connection: Connection, query: Select[tuple[object, ...]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    # Past SQLAlchemy's result types: they make a Python object of every time, which polars would take apart again.
    rows = connection.exec_driver_sql(str(query.compile(dialect=connection.dialect))).fetchall()
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def _facts(connection: Connection) -> pl.DataFrame:
    as_text = connection.dialect.name == "sqlite"
    columns = {"uid": pl.String(), **{fact.name: _stored_type(fact, as_text) for fact in MEASURED}, "unseen": pl.String()}
    labels = [pl.col(fact.name).str.json_decode(column_type(fact)) for fact in MEASURED if fact.type is FactType.LABELS]
    return conformed(_frame(connection, _of_present(FACTS), columns).with_columns(labels), MEASURED)


def _stored_type(fact: Fact, as_text: bool) -> pl.DataType:
    """SQLite has neither times nor truths; labels are JSON on both."""
    if fact.type is FactType.TRUTH and as_text:
        return pl.Int64()
    if fact.type in {FactType.TEXT, FactType.LABELS} or (fact.type is FactType.DATE and as_text):
        return pl.String()
    return column_type(fact)
