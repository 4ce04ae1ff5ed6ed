"""Two columns of nothing, which polars takes for one another where it looks for common parts, whatever their types."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from safesync.facts.backlog import Backlog
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.landscape import looked_up
from safesync.model.item import Gate, Kind
from safesync.rules.condition.compiling import Compiler
from safesync.rules.condition.reading import read
from safesync.rules.engine import Judge
from safesync.rules.rule import Level, Rule, RuleOptions, RuleSetting, Severity

NOTHING = {"story_intervals": pl.Series([None], dtype=pl.Int32), "story_points": pl.Series([None], dtype=pl.Float64)}
"""What is looked up for an item whose stories have no interval and no points, as it stands in a column of each."""
ASKED = [Compiler().must(read(f"{name} = 0", ITEM_FACTS)) for name in NOTHING]


def frame() -> pl.DataFrame:
    return pl.DataFrame({"row": [0], "uid": ["jira:1"], "kind": ["feature"], "self_node": [0]}, schema_overrides={"row": pl.UInt32})


def rule(code: str, flaw: str) -> RuleSetting:
    return RuleSetting(
        Rule(
            code=code,
            name=code.lower(),
            level=Level.PROGRAM,
            judges=Kind.FEATURE,
            source="a test",
            flaw=flaw,
            when="",
            severity={Gate.BACKLOG: Severity.INFO},
            remedy="Estimate the stories.",
            evidence="",
        ),
        RuleOptions(),
    )


def columns(look: Callable[[pl.Series], pl.Expr]) -> list[pl.Expr]:
    return [look(values).fill_null(0).alias(name) for name, values in NOTHING.items()]


def test_polars_still_panics_over_two_columns_of_nothing() -> None:
    """When this fails, polars was mended: what avoids it may go."""
    made = frame().lazy().with_columns(columns(lambda values: pl.lit(values).gather("self_node")))
    with pytest.raises(pl.exceptions.PanicException, match="cannot get ref"):
        made.select(ASKED[0].alias("a"), ASKED[1].alias("b")).collect(engine="in-memory")


def test_what_is_looked_up_among_nothing_has_no_column() -> None:
    made = frame().lazy().with_columns(columns(lambda values: looked_up("self_node", values)))
    assert made.select(ASKED[0].alias("a"), ASKED[1].alias("b")).collect().row(0) == (True, True)


def test_judging_asks_polars_for_no_common_parts() -> None:
    """As it would be if two facts of nothing stood in columns all the same."""
    derived = tuple(columns(lambda values: pl.lit(values).gather("self_node")))
    backlog = Backlog(frame(), derived, {}, frozenset())
    masks = Judge([rule("X1", "story_intervals = 0"), rule("X2", "story_points = 0")]).masks(backlog)
    assert {code: mask.flawed.to_list() for code, mask in masks.items()} == {"X1": [0], "X2": [0]}
