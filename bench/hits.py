"""Who was found by which rule, small enough to compare: how many, and the sum of their row numbers."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

Hits = dict[str, dict[str, tuple[int, int]]]
"""Rule -> outcome (``flawed``, ``unjudged``) -> (count, sum of row numbers). Two engines that err differently differ here."""


def hits_of(masks: Mapping[str, tuple[pl.Series, pl.Series | None]]) -> Hits:
    """From Boolean columns in the order of the rows."""
    return {code: {"flawed": _summed(flawed), "unjudged": _summed(unjudged)} for code, (flawed, unjudged) in masks.items()}


def _summed(mask: pl.Series | None) -> tuple[int, int]:
    if mask is None:
        return 0, 0
    rows = mask.arg_true()
    return len(rows), int(rows.cast(pl.UInt64).sum())
