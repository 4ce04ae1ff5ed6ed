"""Words of the items that are spoken of: put together when somebody asks, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import Formatter

import polars as pl


def told(at: str, say: Callable[[pl.Series], pl.DataFrame]) -> pl.Expr:
    """
    A text that depends on a column of numbers alone.

    ``say`` is given the different numbers of the rows that are looked at, and gives those of them that have a text: a frame with the
    column of numbers by its name, each once, and ``said``.
    """

    def of(numbers: pl.Series) -> pl.Series:
        said = say(numbers.drop_nulls().unique())
        return numbers.alias(at).to_frame().join(said, on=at, how="left", maintain_order="left")["said"]

    return pl.col(at).map_batches(of, return_dtype=pl.String)


def phrase(text: str, **parts: pl.Expr | str) -> pl.Expr:
    """A phrase of ours, with columns in the place of the names in braces."""
    pieces = [(before, name) for before, name, _, _ in Formatter().parse(text)]
    return pl.format("".join(f"{before}{{}}" if name else before for before, name in pieces), *(parts[name] for _, name in pieces if name))


def keys(at: str, pairs: pl.DataFrame, names: pl.Series, shown: int, *, which: pl.Expr | None = None) -> pl.Expr:
    """
    The names of the rows that are paired with a number, in order, as many of them as are shown.

    ``pairs`` has ``number, row``, and what ``which`` of them count is told by; ``names`` has one for each row of the backlog.
    """

    def say(numbers: pl.Series) -> pl.DataFrame:
        of_these = pl.col("number").is_in(numbers.implode())
        asked = pairs.filter(of_these if which is None else of_these & which)
        named = asked.select(pl.col("number").alias(at), name=names.gather(asked["row"]).cast(pl.String))
        return named.group_by(at, maintain_order=True).agg(said=pl.col("name").sort().head(shown).str.join(", "))

    return told(at, say)


def weighed(items: pl.DataFrame, groups: Sequence[str], shown: int) -> pl.DataFrame:
    """The groups, and ``said``: key and points of the first few items of each, as they stand."""
    said = pl.format("{} ({})", "key", pl.col("points").cast(pl.String).str.strip_suffix(".0"))
    few = items.group_by(groups, maintain_order=True).head(shown).select(*groups, said=said)
    return few.group_by(groups, maintain_order=True).agg(pl.col("said").str.join(", "))
