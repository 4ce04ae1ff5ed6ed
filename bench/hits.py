"""Who was found by which rule, small enough to compare: how many, and the sum of their row numbers."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

SAMPLED = 50
"""Engines that are too slow for all rows judge one in so many."""
Hits = dict[str, dict[str, tuple[int, int]]]
"""Rule -> outcome (``flawed``, ``unjudged``) -> (count, sum of row numbers). Two engines that err differently differ here."""


def hits_of(found: Mapping[str, tuple[pl.Series, pl.Series | None]]) -> Hits:
    """From the rows that each rule flaws and those that it leaves open."""
    return {code: {"flawed": _summed(flawed), "unjudged": _summed(unjudged)} for code, (flawed, unjudged) in found.items()}


def _summed(rows: pl.Series | None) -> tuple[int, int]:
    return (0, 0) if rows is None else (len(rows), int(rows.cast(pl.UInt64).sum()))
