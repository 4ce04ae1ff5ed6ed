"""Looks at a group of a small backlog."""

from __future__ import annotations

from typing import Any

import polars as pl

from safesync.facts.backlog import Backlog


def group(backlog: Backlog, kind: str, key: str) -> dict[str, Any]:
    """The facts of a group, with the word for those that were not seen."""
    row = backlog.groups[kind].filter(pl.col("group") == key).row(0, named=True)
    return {name: "unseen" if row.get(f"unseen.{name}") else value for name, value in row.items() if not name.startswith("unseen.")}


def keys(backlog: Backlog, kind: str) -> list[str]:
    """The groups of a kind."""
    return backlog.groups[kind]["group"].to_list()
