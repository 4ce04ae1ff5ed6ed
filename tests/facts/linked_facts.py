"""Looks at facts of an item in a small backlog."""

from __future__ import annotations

from typing import Any

import polars as pl

from safesync.facts.backlog import Backlog


def seen(backlog: Backlog, fact: str, uid: str = "jira:1") -> Any:
    """The value of a fact, or the word for not having seen it."""
    row = backlog.items.filter(pl.col("uid") == uid).collect().row(0, named=True)
    return "unseen" if row.get(f"unseen.{fact}") else row[fact]
