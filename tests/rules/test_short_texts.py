"""Texts that stand as numbers, each column with numbers of its own, are still the same texts."""

from __future__ import annotations

import polars as pl
import pytest
from bench_generate import generator

from safesync.facts.backlog import Backlog, backlog
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.columns import as_texts, coded, narrowed
from safesync.rules.condition.compiling import Compiler
from safesync.rules.condition.reading import read

PLAIN = pl.DataFrame(
    {"owner": ["ada", "bo", None, "ada", "cy"], "team": ["bo", "bo", "cy", None, "Cy"], "project": [None, None, None, None, None]},
    schema={"owner": pl.String, "team": pl.String, "project": pl.String},
)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("owner = team", [False, True, None, None, False]),
        ("owner <> team", [True, False, None, None, True]),
        ("owner = 'ada'", [True, False, None, True, False]),
        ("owner <> 'nobody'", [True, True, None, True, True]),
        ("owner IN ('cy', 'nobody')", [False, False, None, False, True]),
        ("coalesce(owner, team) = 'cy'", [False, False, True, False, True]),
        ("coalesce(project, owner, team) = team", [False, True, True, None, False]),
        ("coalesce(owner, 'nobody') = 'nobody'", [False, False, True, False, False]),
        ("coalesce(team, 'cy') IN ('cy', 'bo')", [True, True, True, True, False]),
        ("project IS NULL", [True] * 5),
    ],
)
def test_a_condition_finds_the_same_in_narrow_columns(condition: str, holds: list[bool | None]) -> None:
    asked = Compiler().plain(read(condition, ITEM_FACTS))
    assert [frame.select(asked).to_series().to_list() for frame in (PLAIN, coded(PLAIN), narrowed(coded(PLAIN)))] == [holds] * 3


def told(seen: Backlog) -> dict[str, pl.DataFrame]:
    """All facts, flags and groups as texts and plain numbers."""
    flags = [f"unseen.{name}" for name in sorted(seen.unseen)]
    items = seen.items.select("uid", *ITEM_FACTS, *flags).collect()
    frames = {"items": items.with_columns(pl.col(pl.List(pl.Categorical)).cast(pl.List(pl.String))), **seen.groups}
    return {name: as_texts(frame).with_columns(pl.selectors.numeric().cast(pl.Float64)) for name, frame in frames.items()}


def test_a_backlog_of_narrow_columns_says_the_same() -> None:
    g = generator().generate(2_000, unseen=True, slips=True)
    plain, narrow = (
        told(backlog(facts, g.links, g.iterations, g.intervals, g.columns, (), g.organisation, g.now))
        for facts in (g.facts, narrowed(coded(g.facts)))
    )
    assert plain.keys() == narrow.keys()
    for name, frame in plain.items():
        assert [column.name for column in frame if not column.equals(narrow[name][column.name], check_dtypes=False)] == [], name
