"""Words are put together for the items that are looked at, and say the same whoever looks."""

from __future__ import annotations

import polars as pl

from safesync.facts.frame.telling import keys, weighed

PAIRS = pl.DataFrame({"number": [0, 0, 0, 2], "row": [3, 1, 2, 0], "late": [True, False, True, True]})
NAMES = pl.Series(["A-1", "A-2", "A-3", "A-10"])
ITEMS = pl.DataFrame({"self_node": [0, None, 1, 2]}, schema={"self_node": pl.Int64})


def told(expression: pl.Expr, items: pl.DataFrame = ITEMS) -> list[str | None]:
    return items.lazy().select(said=expression).collect()["said"].to_list()


def test_keys_stand_in_order_and_are_no_more_than_are_shown() -> None:
    assert told(keys("self_node", PAIRS, NAMES, 2)) == ["A-10, A-2", None, None, "A-1"]


def test_only_the_keys_that_are_meant_stand() -> None:
    assert told(keys("self_node", PAIRS, NAMES, 5, which=pl.col("late"))) == ["A-10, A-3", None, None, "A-1"]


def test_nobody_is_told_anything_where_nobody_is() -> None:
    assert told(keys("self_node", PAIRS.head(0), NAMES, 5)) == [None] * 4
    assert told(keys("self_node", PAIRS, NAMES, 5), ITEMS.head(0)) == []


def test_the_first_items_of_a_group_are_told_with_their_points() -> None:
    items = pl.DataFrame({"team": ["a", "b", "a", "a"], "key": ["K-1", "K-2", "K-3", "K-4"], "points": [8.0, 5.0, 2.5, 1.0]})
    assert weighed(items, ["team"], 2).rows() == [("a", "K-1 (8), K-3 (2.5)"), ("b", "K-2 (5)")]
