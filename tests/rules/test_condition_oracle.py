"""SQLite as an independent judge of what a condition means: all three values, row by row."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest
from condition_samples import CLASSES, LABELS, STAGES, TEAMS, condition
from oracle_database import database

from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.columns import column_type
from safesync.rules.condition.compiling import Compiler
from safesync.rules.condition.reading import read
from safesync.rules.condition.tree import written

ROWS = 200


def _chance_frame(chance: Random) -> pl.DataFrame:
    def maybe(values: Collection[Any]) -> list[Any]:
        return [None if chance.random() < 0.3 else chance.choice(tuple(values)) for _ in range(ROWS)]

    days = [date(2026, 11, day) for day in (1, 17, 18, 19)] + [date(2027, 1, 1)]
    columns = {
        **{name: maybe([0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 2.5, -3.0]) for name in ("points", "job_size", "business_value")},
        "team": maybe(TEAMS),
        "stage": maybe(STAGES),
        "own_work_class": maybe(CLASSES),
        **{name: maybe([True, False]) for name in ("open", "blocked")},
        **{name: maybe(days) for name in ("due_on", "target_end")},
        "labels": [None if chance.random() < 0.2 else [label for label in LABELS if chance.random() < 0.3] for _ in range(ROWS)],
    }
    return pl.DataFrame(columns, schema={name: column_type(ITEM_FACTS[name]) for name in columns})


def _sqlite(connection: sqlite3.Connection, text: str) -> list[bool | None]:
    rows = connection.execute(f"SELECT {text} FROM items ORDER BY rowid").fetchall()
    return [None if value is None else bool(value) for (value,) in rows]


@pytest.mark.parametrize("seed", range(12))
def test_a_condition_means_what_sqlite_reads_in_it(seed: int):
    chance = Random(seed)  # noqa: S311 - chance, no secret
    frame = _chance_frame(chance)
    connection = database(frame, ITEM_FACTS)
    for _ in range(40):
        sample = condition(chance, 3)
        ours = frame.select(pl.lit(0).alias("anchor"), "points", truth=Compiler().plain(read(sample.ours, ITEM_FACTS)))["truth"].to_list()
        assert ours == _sqlite(connection, sample.sqlite), sample.ours


@pytest.mark.parametrize(
    "text",
    [
        "points * 1e308 * 10 - points * 1e308 * 10 > 1",
        "0 * (points * 1e308 * 10) > 1",
        "points / (job_size - job_size) > 1",
        "0 / 0 > points",
    ],
)
def test_what_is_no_number_is_empty_and_not_above_every_number(text: str):
    frame = _chance_frame(Random(1)).with_columns(points=pl.lit(100.0), job_size=pl.lit(2.0))  # noqa: S311 - chance, no secret
    ours = frame.select("team", truth=Compiler().plain(read(text, ITEM_FACTS)))["truth"].to_list()
    assert ours == [None] * ROWS == _sqlite(database(frame, ITEM_FACTS), text.replace("0 / 0", "0.0 / 0.0"))


@pytest.mark.parametrize(
    "text",
    [
        "1 > 2",
        "1 / 0 > 1",
        "coalesce(1, 2) = 1",
        "abs(-3) = 3 AND 2 * 3 - 1 = 5",
        "'a' = 'b'",
        "1 IS NULL",
        "-1 / 2 < 0 OR points > 1",
        "TRUE",
    ],
)
def test_a_condition_without_facts_holds_for_every_item_alike(text: str):
    frame = _chance_frame(Random(1))  # noqa: S311 - chance, no secret
    bound = re.sub(r"\b(\d+)\b", r"\1.0", text)
    for plain in (Compiler(), Compiler(frozenset({"team"}))):
        ours = frame.select("team", truth=plain.plain(read(text, ITEM_FACTS)), must=plain.must(read(text, ITEM_FACTS)))
        assert ours["truth"].to_list() == _sqlite(database(frame, ITEM_FACTS), bound)
        assert ours["must"].to_list() == [value is True for value in ours["truth"]]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_shown_of_a_condition_reads_as_the_same_condition(seed: int):
    chance = Random(seed)  # noqa: S311 - chance, no secret
    frame = _chance_frame(chance)
    for _ in range(40):
        tree = read(condition(chance, 3).ours, ITEM_FACTS)
        again = read(written(tree), ITEM_FACTS)
        both = frame.select("points", one=Compiler().plain(tree), two=Compiler().plain(again))
        assert both["one"].to_list() == both["two"].to_list(), written(tree)
