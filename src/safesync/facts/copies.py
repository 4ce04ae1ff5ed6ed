"""Texts that stand in more than one item: templates that nobody filled in, a team's Definition of Done pasted into every story."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

from safesync.facts.unseen import Unseen

DIGESTS = MappingProxyType({"description_copies": "description_digest", "acceptance_copies": "acceptance_digest"})
"""What is counted, and what it is counted by."""
_AMONG = ("tracker", "project", "native_type")


def counted(items: pl.DataFrame, unseen: Unseen) -> pl.DataFrame:
    """Adds how many other items of the same project and type have the same text; no column where the digests were not loaded."""
    for name, digest in DIGESTS.items():
        unseen.note(name, unseen.flags(digest))
        if {digest, *_AMONG} <= set(items.columns):
            others = pl.len().over(digest, *_AMONG).cast(pl.Float64) - 1
            items = items.with_columns(pl.when(pl.col(digest).is_not_null()).then(others).alias(name))
    return items
