"""
Facts and links of many items as columns, beside their rows: a million rows take half a minute to become columns again.

They are derived, may be deleted at any time, and are never older than the rows: whoever changes an item notes it in ``touched`` in the
same transaction, and what is touched is read from its rows. When that has become much, the parts that hold it are made anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from io import BytesIO

import polars as pl
from sqlalchemy import Connection, Table, delete, func, insert, select, text

from safesync.facts.fact import Fact
from safesync.facts.frame.columns import coded_type, lightened, narrowed, nothing
from safesync.facts.item.measured import MEASURED
from safesync.store.rows import fact_rows, joined, link_rows
from safesync.store.tables import COLUMN_PARTS, FACTS, TOUCHED

_MANY = 5_000
"""So many rows are read in a moment; columns are for more."""
_PART = 100_000
"""Items of a part, about."""
_FACTS_AT_ONCE = 24
_BESIDE = ("uid", "unseen")


def due(connection: Connection) -> bool:
    """Whether so much would have to be read from rows that making columns is worth it."""
    return _more_than(connection, FACTS if not usable(connection) else TOUCHED, _MANY)


def usable(connection: Connection) -> bool:
    """Whether there are columns, of the facts that this version measures."""
    made_for = set(connection.scalars(select(COLUMN_PARTS.c.made_for).distinct()))
    return made_for == {_made_for()}


def make(connection: Connection) -> None:
    """The columns as the rows are now; in the caller's transaction, which writes."""
    if connection.dialect.name == "postgresql":
        # Whoever has touched an item and not ended yet is waited for, and whoever is about to waits for us.
        connection.execute(text("lock table touched in exclusive mode"))
    if usable(connection):
        _mend(connection)
    else:
        connection.execute(delete(COLUMN_PARTS))
        _write(connection, fact_rows(connection, MEASURED))
    connection.execute(delete(TOUCHED))


def facts(connection: Connection, wanted: Sequence[Fact]) -> pl.DataFrame:
    """
    As the rows have them: ``uid``, the facts and ``unseen``, in the order of uids.

    Some facts at a time, for they take three times the memory until they are as short as they can be. In one piece each: of a frame of
    pieces Polars makes a whole one each time that it is asked for a few columns.
    """
    touched, fresh = _touched(connection), joined(fact_rows(connection, wanted, touched=True))

    def whole(some: Sequence[Fact]) -> pl.DataFrame:
        parts = [_merged(_unpacked(part, some), touched, _within(fresh, bounds), ["uid"]) for bounds, part in _parts(connection, "facts")]
        return narrowed(lightened(pl.concat(parts, how="vertical_relaxed").rechunk()))

    first = whole(wanted[:_FACTS_AT_ONCE])
    others = [whole(wanted[at : at + _FACTS_AT_ONCE]).drop(*_BESIDE) for at in range(_FACTS_AT_ONCE, len(wanted), _FACTS_AT_ONCE)]
    return pl.concat([first, *others], how="horizontal").select("uid", *(fact.name for fact in wanted), "unseen")


def links(connection: Connection) -> Iterator[pl.DataFrame]:
    """As the rows have them: ``uid, relation, target``, in this order."""
    touched, fresh = _touched(connection), joined(link_rows(connection, touched=True))
    for bounds, part in _parts(connection, "links"):
        yield _merged(pl.read_parquet(BytesIO(part)), touched, _within(fresh, bounds), ["uid", "relation", "target"])


_Bounds = tuple[str, str | None]


def _parts(connection: Connection, what: str) -> Iterator[tuple[_Bounds, bytes]]:
    """Each part with the first uid that belongs into it and the first that does not; the first and the last one are open."""
    firsts = sorted(connection.scalars(select(COLUMN_PARTS.c.first_uid)))
    for first, end in zip(firsts, [*firsts[1:], None], strict=True):
        part = connection.scalar(select(COLUMN_PARTS.c[what]).where(COLUMN_PARTS.c.first_uid == first))
        if part is not None:
            yield ("" if first == firsts[0] else first, end), part


def _touched(connection: Connection) -> pl.Series:
    return pl.Series(connection.scalars(select(TOUCHED.c.uid)).all(), dtype=pl.String)


def _within(fresh: pl.DataFrame, bounds: _Bounds) -> pl.DataFrame:
    first, end = bounds
    after = fresh.filter(pl.col("uid") >= first)
    return after if end is None else after.filter(pl.col("uid") < end)


def _merged(part: pl.DataFrame, touched: pl.Series, fresh: pl.DataFrame, order: Sequence[str]) -> pl.DataFrame:
    """A part without what changed, and with what is there instead."""
    kept = part.filter(~pl.col("uid").is_in(touched.implode())) if len(touched) else part
    return pl.concat([kept, fresh.select(kept.columns)], how="vertical_relaxed").sort(order) if fresh.height else kept


def _mend(connection: Connection) -> None:
    """Makes the parts anew that hold something touched."""
    touched = sorted(_touched(connection))
    fresh = joined(fact_rows(connection, MEASURED, touched=True))
    firsts = sorted(connection.scalars(select(COLUMN_PARTS.c.first_uid)))
    for place in sorted({max(bisect_right(firsts, uid) - 1, 0) for uid in touched}):
        first, end = firsts[place], firsts[place + 1] if place + 1 < len(firsts) else None
        bounds = ("" if place == 0 else first, end)
        part = connection.scalar(select(COLUMN_PARTS.c.facts).where(COLUMN_PARTS.c.first_uid == first)) or b""
        merged = _merged(_unpacked(part, MEASURED), pl.Series(touched, dtype=pl.String), _within(fresh, bounds), ["uid"])
        connection.execute(delete(COLUMN_PARTS).where(COLUMN_PARTS.c.first_uid == first))
        _write(connection, merged.iter_slices(_PART), bounds)


def _write(connection: Connection, portions: Iterable[pl.DataFrame], bounds: _Bounds = ("", None)) -> None:
    """The portions as parts; the first begins where they are to begin, and each ends where the next one begins."""
    some: list[pl.DataFrame] = []
    start = bounds[0]
    for portion in portions:
        if portion.height:
            if some and sum(each.height for each in some) + portion.height > _PART:
                _insert(connection, some, (start, portion["uid"][0]))
                start, some = portion["uid"][0], []
            some.append(portion)
    _insert(connection, some, (start, bounds[1]))


def _insert(connection: Connection, some: Sequence[pl.DataFrame], bounds: _Bounds) -> None:
    first, end = bounds
    of_items = joined(some) if some else pl.DataFrame(schema={"uid": pl.String})
    of_links = joined(link_rows(connection, first=first, before=end))
    values = {"first_uid": first, "made_for": _made_for(), "facts": _packed(of_items), "links": _packed(of_links)}
    connection.execute(insert(COLUMN_PARTS), [values])


def _packed(columns: pl.DataFrame) -> bytes:
    filled = [column.name for column in columns if column.null_count() < columns.height or column.name in {"uid", "relation", "target"}]
    file = BytesIO()
    columns.select(filled).write_parquet(file, compression="lz4", statistics=False)
    return file.getvalue()


def _unpacked(part: bytes, wanted: Sequence[Fact]) -> pl.DataFrame:
    there = pl.read_parquet_schema(BytesIO(part))
    names = {"uid": pl.String(), **{fact.name: coded_type(fact) for fact in wanted}, "unseen": pl.Categorical()}
    found = pl.read_parquet(BytesIO(part), columns=[name for name in names if name in there])
    return found.with_columns(nothing(name, dtype) for name, dtype in names.items() if name not in there).select(*names)


def _more_than(connection: Connection, table: Table, count: int) -> bool:
    some = select(table.c.uid).limit(count + 1).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) > count


@cache
def _made_for() -> str:
    facts = repr([(fact.name, fact.type.value, fact.vocabulary) for fact in MEASURED])
    return sha256(facts.encode()).hexdigest()[:16]
