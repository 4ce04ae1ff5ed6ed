"""What files beside the trackers say, laid over the facts of the items: before anything is computed from these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import polars as pl

from safesync.facts.fact import Fact, FactType
from safesync.facts.frame.columns import column_type, mapped
from safesync.facts.frame.links import Addresses
from safesync.facts.item.measured import MEASURED
from safesync.facts.measure import measure
from safesync.model.item import Item, Kind, Relation
from safesync.model.registers import Register, Registers

_APPROVED = (Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE)
"""Kinds of items about whose money somebody decides."""
_FACTS = {fact.name: fact for fact in MEASURED}


def joined(facts: pl.DataFrame, links: pl.DataFrame, registers: Registers) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Facts and links with what the registers say.

    Approvals, costs and results of tests go to the items that they name, the items of files come last: no row gets another number.
    ``links`` may be resolved or not, and stay so.
    """
    for register, kinds in ((registers.approvals, _APPROVED), (registers.tests, (Kind.TEST,))):
        if register is not None:
            facts = _told(facts, register, kinds)
    if not registers.items:
        return facts, links
    own = _links(facts, registers)
    facts = _appended(facts, registers.items)
    if "target_row" in links.columns:
        own = Addresses(facts).resolved(own)
    return facts, pl.concat([links, own.select(links.columns)], how="vertical_relaxed")


def _told(facts: pl.DataFrame, register: Register, kinds: Collection[Kind]) -> pl.DataFrame:
    rows = _rows_of(facts, (entry.item for entry in register.entries))
    found = [(rows[entry.item], dict(entry.values)) for entry in register.entries if entry.item in rows]
    changed = [_laid_over(facts, _FACTS[name], found) for name in sorted(register.facts & set(facts.columns))]
    return facts.with_columns(*changed, *_seen(facts, register, kinds, [row for row, _ in found]))


def _laid_over(facts: pl.DataFrame, fact: Fact, found: Sequence[tuple[int, Mapping[str, object]]]) -> pl.Series:
    """A column with the values of the register; a cell that it leaves empty says nothing against the tracker."""
    given = [(row, values[fact.name]) for row, values in found if values[fact.name] is not None]
    column = facts[fact.name].cast(column_type(fact))
    days = fact.type is FactType.DATE
    values = pl.Series([value for _, value in given], dtype=pl.String if days else column.dtype)
    values = values.str.to_date() if days else values
    return column.scatter(pl.Series([row for row, _ in given], dtype=pl.UInt32), values)


def _seen(facts: pl.DataFrame, register: Register, kinds: Collection[Kind], rows: Sequence[int]) -> list[pl.Expr]:
    """What the register tells of was looked at for every item that it names, and for all of the kinds that it is about."""
    if "unseen" not in facts.columns:
        return []
    texts = facts["unseen"].cast(pl.Categorical)
    fewer = {text: " ".join(name for name in text.split() if name not in register.facts) for text in texts.drop_nulls().unique().to_list()}
    without = mapped(texts, fewer, pl.Categorical())
    here = pl.repeat(value=False, n=facts.height, eager=True).scatter(rows, values=True) if rows else pl.lit(value=False)
    named = pl.col("kind").is_in([kind.value for kind in kinds]).fill_null(value=False) | here
    return [pl.when(named).then(pl.lit(without)).otherwise(pl.lit(texts)).alias("unseen")] if facts.height else []


def _links(facts: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Those that the items of files carry, and those of the work that serves them."""
    own = [(item.uid, link.relation.value, link.target) for item in registers.items for link in item.links]
    rows = _rows_of(facts, (key for key, _ in registers.serving))
    serving = [(facts["uid"][rows[key]], Relation.CONTRIBUTES_TO.value, uid) for key, uid in registers.serving if key in rows]
    return pl.DataFrame([*own, *serving], schema={"uid": pl.String, "relation": pl.String, "target": pl.String}, orient="row")


def unfound(facts: pl.DataFrame, references: Iterable[str]) -> tuple[str, ...]:
    """Of names such as ``KEY`` or ``tracker:KEY`` those that no item has, or two."""
    names = tuple(dict.fromkeys(references))
    rows = _rows_of(facts, names)
    return tuple(name for name in names if name not in rows)


def _rows_of(facts: pl.DataFrame, references: Iterable[str]) -> dict[str, int]:
    """At which row each item stands that is named as ``KEY`` or ``tracker:KEY``; not where two have the same name."""
    wanted = dict.fromkeys(references)
    keys = {spelling for name in wanted for spelling in (name.rpartition(":")[2], name.rpartition(":")[2].upper())}
    candidates = facts.select("tracker", "key").with_row_index("row").filter(pl.col("key").is_in(sorted(keys)))
    named: dict[str, list[int]] = {}
    for row, tracker, key in candidates.rows():
        for name in (key, f"{tracker}:{key}"):
            named.setdefault(name.casefold(), []).append(row)
    found = {name: named.get(name.casefold(), []) for name in wanted}
    return {name: rows[0] for name, rows in found.items() if len(rows) == 1}


def _appended(facts: pl.DataFrame, items: Iterable[Item]) -> pl.DataFrame:
    present = [fact for fact in MEASURED if fact.name in facts.columns]
    schema = {"uid": pl.String(), **{fact.name: column_type(fact) for fact in present}, "unseen": pl.String()}
    rows = [{"uid": item.uid, **measure(item)} for item in items]
    more = pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
    if "unseen" not in facts.columns:
        facts = facts.with_columns(unseen=pl.lit("", dtype=pl.String))
    more = more.select(_as_in(more[name], dtype) for name, dtype in facts.schema.items())
    return pl.concat([facts, more], how="vertical_relaxed")


def _as_in(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The column in the type that the facts have it in, where that type can hold it: of a million rows none is copied."""
    if dtype == pl.String and column.dtype != pl.String:
        return column.cast(pl.String)
    try:
        fitting = column.cast(dtype, strict=False)
    except pl.exceptions.ComputeError:  # more different texts than the short numbers of these facts have room for
        return column
    return fitting if fitting.cast(column.dtype, strict=False).eq_missing(column).all() else column
