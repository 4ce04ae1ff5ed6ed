"""Rows of facts and links as portions of columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, select

from safesync.facts.fact import Fact, FactType
from safesync.facts.frame.columns import coded, column_type, conformed, lightened
from safesync.facts.frame.links import MATTER
from safesync.facts.item.measured import MEASURED
from safesync.store.tables import FACTS, ITEMS, LINKS, TOUCHED, UNSEEN

_AT_ONCE = 10_000
"""How many rows are Python objects at the same time: a row of columns takes a tenth of the memory of one of objects."""
_TOGETHER = 10
_LINK = {name: pl.String() for name in ("uid", "relation", "target")}
_THAT_MATTER = select(*LINKS.c).where(LINKS.c.relation.in_([relation.value for relation in MATTER]))
Row = tuple[object, ...]


def fact_rows(connection: Connection, facts: Sequence[Fact], *, touched: bool = False) -> Iterator[pl.DataFrame]:
    """
    ``uid``, the facts and ``unseen`` of every item that is not gone, or of those that are touched, in the order of uids.

    The order is that of the letters' numbers, the same on every database.
    """
    schema = _schema(connection, facts)
    decoded = [pl.col(fact.name).str.json_decode(column_type(fact)) for fact in facts if fact.type is FactType.LABELS]
    query = _present(schema).order_by(_letters(connection, FACTS.c.uid))
    if touched:
        query = query.where(FACTS.c.uid.in_(select(TOUCHED.c.uid)))
    for portion in _portions(connection, query, schema):
        yield coded(conformed(portion.with_columns(decoded), facts))


def link_rows(
    connection: Connection, *, touched: bool = False, first: str | None = None, before: str | None = None
) -> Iterator[pl.DataFrame]:
    """``uid, relation, target`` of the links that matter, in this order: all, those of touched items, or those of some uids."""
    uid = _letters(connection, LINKS.c.uid)
    query = _THAT_MATTER.order_by(*(_letters(connection, column) for column in LINKS.primary_key))
    if touched:
        query = query.where(LINKS.c.uid.in_(select(TOUCHED.c.uid)))
    query = query.where(uid >= first) if first is not None else query
    return _portions(connection, query.where(uid < before) if before is not None else query, _LINK)


def _letters(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """SQLite compares by the numbers of letters anyhow."""
    return column.collate("C") if connection.dialect.name == "postgresql" else column


def measured_rows(connection: Connection) -> Iterator[pl.DataFrame]:
    """
    Every measured fact of every item that is not gone, some items at a time in the order of uids, with ``unseen`` and ``links``.

    Texts are plain; labels are JSON, and links a line for each: relation, space, target.
    """
    schema = _schema(connection, MEASURED)
    plain = [fact for fact in MEASURED if fact.type is not FactType.LABELS]
    for portion in _portions(connection, _present(schema).order_by(FACTS.c.uid), schema):
        if portion.height:
            between = _THAT_MATTER.order_by(*LINKS.primary_key).where(LINKS.c.uid.between(portion["uid"][0], portion["uid"][-1]))
            lines = joined(_portions(connection, between, _LINK)).with_columns(links=pl.concat_str("relation", "target", separator=" "))
            of_item = lines.group_by("uid", maintain_order=True).agg(pl.col("links").str.join("\n"))
            rows = conformed(portion, plain).with_columns(pl.col(pl.Enum).cast(pl.String))
            yield rows.join(of_item, on="uid", how="left", maintain_order="left")


def _schema(connection: Connection, facts: Iterable[Fact]) -> dict[str, pl.DataType]:
    """``uid``, the facts and ``unseen`` as the database gives them."""
    as_text = connection.dialect.name == "sqlite"
    return {"uid": pl.String(), **{fact.name: _stored_type(fact, as_text) for fact in facts}, "unseen": pl.String()}


def _present(columns: Iterable[str]) -> Select[Row]:
    named = (UNSEEN.c.names if name == "unseen" else FACTS.c[name] for name in columns)
    whole = FACTS.join(ITEMS, ITEMS.c.uid == FACTS.c.uid).join(UNSEEN, UNSEEN.c.unseen_id == FACTS.c.unseen_id)
    query: Select[Row] = select(*named).select_from(whole)
    return query.where(ITEMS.c.gone_at.is_(None))


def _portions(connection: Connection, query: Select[Row], schema: Mapping[str, pl.DataType]) -> Iterator[pl.DataFrame]:
    """The rows of a query, some at a time; at least one frame, which may be empty."""
    # Past SQLAlchemy's result types: they make a Python object of every time, which polars would take apart again.
    text = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    result = connection.exec_driver_sql(text, execution_options={"stream_results": True})
    rows = result.fetchmany(_AT_ONCE)
    yield pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    while rows := result.fetchmany(_AT_ONCE):
        yield pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def joined(portions: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """
    One frame of all portions.

    Some at a time are put together, for many small pieces of memory that are given up leave holes that nothing fits into.
    All together are not: for a moment that would be the half of it once more.
    """
    together: list[pl.DataFrame] = []
    some: list[pl.DataFrame] = []
    for portion in portions:
        some.append(portion)
        if len(some) == _TOGETHER:
            together.append(pl.concat(some, how="vertical_relaxed").rechunk())
            some.clear()
    return lightened(pl.concat([*together, *some], how="vertical_relaxed"))


def _stored_type(fact: Fact, as_text: bool) -> pl.DataType:
    """SQLite has neither times nor truths; labels are JSON on both."""
    if fact.type is FactType.TRUTH and as_text:
        return pl.Int64()
    if fact.type in {FactType.TEXT, FactType.LABELS} or (fact.type is FactType.DATE and as_text):
        return pl.String()
    return column_type(fact)
