"""All that is judged, read straight into columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import polars as pl
from sqlalchemy import Connection, Select, select

from safesync.connectors.port import Surroundings
from safesync.facts.fact import Fact, FactType
from safesync.facts.frame.columns import coded, column_type, conformed
from safesync.facts.frame.links import MATTER, Addresses
from safesync.facts.item.measured import MEASURED
from safesync.model.organisation import Team
from safesync.model.timebox import PlanningInterval
from safesync.store.documents import read
from safesync.store.port import Scene
from safesync.store.tables import FACTS, ITEMS, LINKS, SURROUNDINGS, UNSEEN

_AT_ONCE = 10_000
"""How many rows are Python objects at the same time: a row of columns takes a tenth of the memory of one of objects."""
_TOGETHER = 10
_LINK = {name: pl.String() for name in ("uid", "relation", "target")}
_THAT_MATTER = select(*LINKS.c).where(LINKS.c.relation.in_([relation.value for relation in MATTER])).order_by(*LINKS.primary_key)


def scene(connection: Connection, facts: Collection[str] | None = None) -> Scene:
    """Facts (all of them, or those named) and links of every item that is not gone, and what stands around them."""
    around = [read(text, Surroundings) for text in connection.scalars(select(SURROUNDINGS.c.document).order_by(SURROUNDINGS.c.tracker))]
    loaded = _facts(connection, [fact for fact in MEASURED if facts is None or fact.name in facts])
    return Scene(
        facts=loaded,
        links=_links(connection, loaded),
        iterations=tuple(iteration for each in around for iteration in each.iterations),
        intervals=merged_intervals(interval for each in around for interval in each.intervals),
        columns=tuple(column for each in around for column in each.columns),
        teams=merged_teams(team for each in around for team in each.teams),
    )


def measured_rows(connection: Connection) -> Iterator[pl.DataFrame]:
    """
    Every measured fact of every item that is not gone, some items at a time in the order of uids, with ``unseen`` and ``links``.

    Texts are plain; labels are JSON, and links a line for each: relation, space, target.
    """
    schema = _schema(connection, MEASURED)
    plain = [fact for fact in MEASURED if fact.type is not FactType.LABELS]
    for portion in _portions(connection, _present(schema), schema):
        if portion.height:
            between = _THAT_MATTER.where(LINKS.c.uid.between(portion["uid"][0], portion["uid"][-1]))
            lines = _joined(_portions(connection, between, _LINK)).with_columns(links=pl.concat_str("relation", "target", separator=" "))
            of_item = lines.group_by("uid", maintain_order=True).agg(pl.col("links").str.join("\n"))
            rows = conformed(portion, plain).with_columns(pl.col(pl.Enum).cast(pl.String))
            yield rows.join(of_item, on="uid", how="left", maintain_order="left")


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


def _facts(connection: Connection, facts: Sequence[Fact]) -> pl.DataFrame:
    schema = _schema(connection, facts)
    decoded = [pl.col(fact.name).str.json_decode(column_type(fact)) for fact in facts if fact.type is FactType.LABELS]
    portions = _portions(connection, _present(schema), schema)
    return _joined(coded(conformed(portion.with_columns(decoded), facts)) for portion in portions)


def _schema(connection: Connection, facts: Iterable[Fact]) -> dict[str, pl.DataType]:
    """``uid``, the facts and ``unseen`` as the database gives them."""
    as_text = connection.dialect.name == "sqlite"
    return {"uid": pl.String(), **{fact.name: _stored_type(fact, as_text) for fact in facts}, "unseen": pl.String()}


def _present(columns: Iterable[str]) -> Select[tuple[object, ...]]:
    named = (UNSEEN.c.names if name == "unseen" else FACTS.c[name] for name in columns)
    whole = FACTS.join(ITEMS, ITEMS.c.uid == FACTS.c.uid).join(UNSEEN, UNSEEN.c.unseen_id == FACTS.c.unseen_id)
    query: Select[tuple[object, ...]] = select(*named).select_from(whole)
    return query.where(ITEMS.c.gone_at.is_(None)).order_by(FACTS.c.uid)


def _links(connection: Connection, facts: pl.DataFrame) -> pl.DataFrame:
    addresses = Addresses(facts)
    return _joined(addresses.resolved(portion) for portion in _portions(connection, _THAT_MATTER, _LINK))


def _portions(connection: Connection, query: Select[tuple[object, ...]], schema: Mapping[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    """The rows of a query, some at a time; at least one frame, which may be empty."""
    # Past SQLAlchemy's result types: they make a Python object of every time, which polars would take apart again.
    text = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    result = connection.exec_driver_sql(text, execution_options={"stream_results": True})
    rows = result.fetchmany(_AT_ONCE)
    yield pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    while rows := result.fetchmany(_AT_ONCE):
        yield pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def _joined(portions: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """
    One frame of all portions.

    Some at a time are put together, for many small pieces of memory that are given up leave holes that nothing fits into.
    All together are not: for a moment that would be the half of it once more.
    """
    joined: list[pl.DataFrame] = []
    some: list[pl.DataFrame] = []
    for portion in portions:
        some.append(portion)
        if len(some) == _TOGETHER:
            joined.append(pl.concat(some, how="vertical_relaxed").rechunk())
            some.clear()
    return pl.concat([*joined, *some], how="vertical_relaxed")


def _stored_type(fact: Fact, as_text: bool) -> pl.DataType:
    """SQLite has neither times nor truths; labels are JSON on both."""
    if fact.type is FactType.TRUTH and as_text:
        return pl.Int64()
    if fact.type in {FactType.TEXT, FactType.LABELS} or (fact.type is FactType.DATE and as_text):
        return pl.String()
    return column_type(fact)
