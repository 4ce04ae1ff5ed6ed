"""Facts as a table of SQLite, for whoever asks it what a condition means."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import polars as pl

from safesync.facts.fact import Fact, FactType


def _has_label(labels: str | None, label: str) -> bool:
    """No labels and an empty list of them are the same: the item does not have the label."""
    return labels is not None and label.lower() in labels.lower().split("\n")


def database(frame: pl.DataFrame, facts: Mapping[str, Fact]) -> sqlite3.Connection:
    """The frame as the table ``items``: ordered words get a rank beside them, labels are lines, moments are days."""
    connection = sqlite3.connect(":memory:")
    connection.create_function("has_label", 2, _has_label, deterministic=True)
    columns = []
    for name in frame.columns:
        fact, column = facts.get(name), pl.col(name)
        if fact is None:  # whether a fact was seen
            columns.append(column)
            continue
        if fact.type is FactType.LABELS:
            columns.append(column.cast(pl.List(pl.String)).list.join("\n"))
        elif fact.type is FactType.DATE:
            columns.append(column.cast(pl.Date).cast(pl.String))
        elif fact.type is FactType.NUMBER:
            columns.append(column.cast(pl.Float64))
        else:
            columns.append(column.cast(pl.String) if fact.vocabulary else column)
        if fact.ordered:
            columns.append(column.to_physical().cast(pl.Int64).alias(f"{name}_rank"))
    table = frame.select(columns)
    names = ", ".join(f'"{name}"' for name in table.columns)
    connection.execute(f"CREATE TABLE items ({names})")
    connection.executemany(f"INSERT INTO items VALUES ({', '.join('?' * table.width)})", table.iter_rows())
    return connection
