"""SQLite as an independent judge of what a condition means: all three values, row by row."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Mapping
from datetime import date
from random import Random
from typing import Any

import polars as pl
import pytest
from condition_samples import CLASSES, LABELS, STAGES, TEAMS, condition, quoted

from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.columns import column_type
from safesync.facts.fact import FactType
from safesync.rules.catalog import shipped
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


def _has_label(labels: str | None, label: str) -> bool:
    """No labels and an empty list of them are the same: the item does not have the label."""
    return labels is not None and label.lower() in labels.lower().split("\n")


def _database(frame: pl.DataFrame, facts: Mapping[str, Any]) -> sqlite3.Connection:
    """The frame as a table: ordered words get a rank beside them, labels are lines, moments are days."""
    connection = sqlite3.connect(":memory:")
    connection.create_function("has_label", 2, _has_label, deterministic=True)
    columns = []
    for name in frame.columns:
        fact, column = facts[name], pl.col(name)
        if fact.type is FactType.LABELS:
            columns.append(column.list.join("\n"))
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


def _sqlite(connection: sqlite3.Connection, text: str) -> list[bool | None]:
    rows = connection.execute(f"SELECT {text} FROM items ORDER BY rowid").fetchall()
    return [None if value is None else bool(value) for (value,) in rows]


@pytest.mark.parametrize("seed", range(12))
def test_a_condition_means_what_sqlite_reads_in_it(seed: int):
    chance = Random(seed)  # noqa: S311 - chance, no secret
    frame = _chance_frame(chance)
    connection = _database(frame, ITEM_FACTS)
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
    assert ours == [None] * ROWS == _sqlite(_database(frame, ITEM_FACTS), text.replace("0 / 0", "0.0 / 0.0"))


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
        assert ours["truth"].to_list() == _sqlite(_database(frame, ITEM_FACTS), bound)
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


def _bound(text: str, options: Mapping[str, Any]) -> str:
    """The administrator's own text with options filled in and ordered words compared by rank."""

    def literal(value: Any) -> str:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            return str(float(value))
        return quoted(value) if isinstance(value, str) else "(" + ", ".join(quoted(each) for each in sorted(value)) + ")"

    def ranked(found: re.Match[str]) -> str:
        name, sign, word = found.groups()
        return f"{name}_rank {sign} {[str(each) for each in ITEM_FACTS[name].vocabulary].index(word)}"

    text = re.sub(r"(?<!\w):(\w+)", lambda found: literal(options[found[1]]), text)
    text = re.sub(r"\b(stage|gate) (>=|<=|<|>) '(\w+)'", ranked, text)
    return text.replace("has_label(", "has_label(labels, ")


@pytest.fixture(scope="module")
def generated():
    from bench_generate import two_thousand  # noqa: PLC0415 - built once, only for these tests

    frame = two_thousand().items.collect().select(ITEM_FACTS.keys())
    return frame, _database(frame, ITEM_FACTS)


@pytest.mark.parametrize("code", [code for code, rule in shipped().items() if rule.group is None])
def test_every_shipped_rule_means_what_sqlite_reads_in_it(code: str, generated: tuple[pl.DataFrame, sqlite3.Connection]):
    frame, connection = generated
    rule = shipped()[code]
    options = rule.options().model_dump()
    flaw = () if rule.parts and rule.flaw == "TRUE" else (rule.flaw,)
    for text in (*flaw, rule.when, rule.error_when or "open"):
        ours = frame.select("key", truth=Compiler().plain(read(text, ITEM_FACTS, options)))
        assert ours["truth"].to_list() == _sqlite(connection, _bound(text, options)), text
        assert len(set(ours["truth"].to_list())) > 1, f"{text}: the generated items do not tell anything"
