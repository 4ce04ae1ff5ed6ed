"""
Rows of items as a snapshot keeps them: Parquet, a portion of rows that changed, with those of items that are gone.

Columns: ``uid``; ``digest``, a number that is another one when anything of the row is; ``gone``; the measured facts, without those
that are empty in all its rows; ``unseen``; and ``links``, a line for each: relation, space, target.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from io import BytesIO

import polars as pl

from safesync.facts.fact import Fact, FactType
from safesync.facts.frame.columns import coded, column_type, conformed
from safesync.facts.frame.links import Addresses

_TOGETHER = 50_000
"""Rows of a part, about: many small ones would be mostly names of columns."""
_KEPT = ("uid", "digest", "gone")
_BESIDE = ("uid", "unseen", "links")


def nothing() -> pl.DataFrame:
    """What is known before there is any snapshot, as ``digests`` gives it."""
    return pl.DataFrame(schema={"uid": pl.String, "digest": pl.UInt64})


def parts(rows: Iterable[pl.DataFrame], known: pl.DataFrame) -> Iterator[bytes]:
    """Of all rows those that are not known as they are, and the known ones that are no more."""
    changed: list[pl.DataFrame] = []
    present: list[pl.Series] = []
    for portion in rows:
        # Another version of polars may count otherwise: then everything is kept once more, and nothing is wrong.
        digested = portion.with_columns(digest=portion.hash_rows(seed=0), gone=pl.lit(value=False))
        present.append(portion["uid"])
        changed.append(digested.join(known, on=["uid", "digest"], how="anti", maintain_order="left"))
        if sum(each.height for each in changed) >= _TOGETHER:
            yield _packed(pl.concat(changed, how="vertical_relaxed"))
            changed.clear()
    gone = known.join(pl.DataFrame({"uid": pl.concat(present)}) if present else nothing(), on="uid", how="anti")
    changed.append(gone.with_columns(gone=pl.lit(value=True)))
    left = pl.concat(changed, how="diagonal_relaxed")
    if left.height:
        yield _packed(left)


def _packed(rows: pl.DataFrame) -> bytes:
    filled = [column.name for column in rows if column.null_count() < rows.height]
    file = BytesIO()
    rows.select(*dict.fromkeys((*_KEPT, *filled))).write_parquet(file, compression="zstd", statistics=False)
    return file.getvalue()


def digests(packed: Iterable[bytes]) -> pl.DataFrame:
    """``uid, digest`` of who is there after all these parts, oldest first."""
    read = [pl.read_parquet(BytesIO(part), columns=list(_KEPT)) for part in packed]
    last = pl.concat(read).unique("uid", keep="last") if read else nothing().with_columns(gone=pl.lit(value=False))
    return last.filter(~pl.col("gone")).drop("gone")


def empty(facts: Sequence[Fact]) -> pl.DataFrame:
    """Nobody, in the columns of ``unpacked``."""
    columns = {name: pl.String() for name in _BESIDE}
    return pl.DataFrame(schema={**columns, "gone": pl.Boolean(), **{fact.name: column_type(fact) for fact in facts}})


def unpacked(part: bytes, facts: Sequence[Fact], measured: Collection[str]) -> pl.DataFrame:
    """
    The rows of a part with these facts.

    ``measured`` names those that were measured at all when it was kept: any other is unseen and not empty.
    """
    wanted = [*_BESIDE, "gone", *(fact.name for fact in facts if fact.name in measured)]
    there = pl.read_parquet_schema(BytesIO(part))
    rows = pl.read_parquet(BytesIO(part), columns=[name for name in wanted if name in there])
    rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in _BESIDE if name not in there)
    labels = [fact for fact in facts if fact.type is FactType.LABELS and fact.name in rows.columns]
    rows = conformed(rows.with_columns(pl.col(fact.name).str.json_decode(column_type(fact)) for fact in labels), facts)
    later = " ".join(sorted(fact.name for fact in facts if fact.name not in measured))
    unseen = pl.concat_str(pl.col("unseen").fill_null(""), pl.lit(later), separator=" ").str.strip_chars()
    return rows.with_columns(unseen=unseen).select(empty(facts).columns)


def after(state: pl.DataFrame, changed: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Who is there when these rows have changed, in the order of uids."""
    if not changed:
        return state
    new = pl.concat(changed)
    kept = state.join(new, on="uid", how="anti")
    return pl.concat([kept, new.filter(~pl.col("gone"))]).sort("uid")


def judged_columns(state: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts and resolved links, as a scene has them."""
    facts = coded(state.drop("links", "gone").select("uid", pl.exclude("uid", "unseen"), "unseen"))
    lines = state.select("uid", line=pl.col("links").str.split("\n")).explode("line").drop_nulls("line")
    split = pl.col("line").str.splitn(" ", 2).struct.rename_fields(["relation", "target"])
    return facts, Addresses(facts).resolved(lines.select("uid", split).unnest("line"))
