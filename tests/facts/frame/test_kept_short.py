"""What chapters keep for every item is as short as it can be, and the same."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import polars as pl
import pytest

from safesync.facts.frame.landscape import Landscape
from safesync.facts.frame.links import Parents

OF_ALL = {
    "days": pl.Series([date(2026, 1, 5), None, date(1914, 6, 28), date(2026, 1, 6)]),
    "close days": pl.Series([date(2026, 1, 5), None, date(2025, 6, 28), date(2026, 1, 6)]),
    "no day": pl.Series([None] * 4, dtype=pl.Date),
    "counts": pl.Series([0, None, 127, 3], dtype=pl.Int32),
    "shares": pl.Series([0.5, None, 12.25, 3.0]),
    "shares that need it": pl.Series([0.1, None, 12.25, 3.0]),
    "words": pl.Series(["a", None, "b", "a"]),
}


def landscape(height: int, **beside: object) -> Landscape:
    none = dict.fromkeys(("links", "family", "above", "boxes", "columns", "teams", "organisation", "now", "unseen"))
    items = pl.DataFrame({"row": pl.arange(height, dtype=pl.UInt32, eager=True)})
    return Landscape(items, **cast("dict[str, Any]", none | beside))


def seen(scene: Landscape, fact: pl.Expr) -> pl.Series:
    return scene.items.lazy().with_columns(fact.alias("fact")).collect()["fact"]


@pytest.mark.parametrize("values", OF_ALL.values(), ids=OF_ALL)
def test_what_is_kept_short_is_the_same(values: pl.Series) -> None:
    found = seen(landscape(len(values)), landscape(len(values)).of_all(values))
    assert found.to_list() == values.to_list()


def test_days_stay_days() -> None:
    scene = landscape(2)
    days = scene.of_all(pl.Series([date(2026, 1, 5), None]))
    assert seen(scene, days - pl.lit(date(2026, 1, 1))).dt.total_days().to_list() == [4, None]


@pytest.mark.parametrize("values", [["b", None, "a", "b"], [3.5, None, 1.0, 3.5], [None] * 4, [1, 2, 3, 4]], ids=str)
def test_items_that_share_a_value_share_its_place(values: list[object]) -> None:
    rows = pl.Series([5, 0, 2, 300], dtype=pl.UInt32)
    scene = landscape(400)
    given = pl.Series(values)
    expected = dict(zip(rows.to_list(), values, strict=True))
    assert seen(scene, scene.at(rows, given)).to_list() == [expected.get(row) for row in range(400)]
    place, (different,) = scene.sorted_out(rows, given)
    assert len(different) == given.n_unique()
    assert seen(scene, place).dtype == pl.UInt8


def test_several_values_of_the_same_rows_are_told_apart_together() -> None:
    scene = landscape(4)
    awaited, arrived = pl.Series([1, 1, 0]), pl.Series([0, 2, None])
    place, (first, second) = scene.sorted_out(pl.Series([3, 1, 0], dtype=pl.UInt32), awaited, arrived)
    places = seen(scene, place)
    assert first.gather(places).to_list() == [0, 1, None, 1]
    assert second.gather(places).to_list() == [None, 2, None, 0]


def test_a_parents_value_is_its_childrens() -> None:
    # Rows 1 and 3 have children: 0 and 2 stand below 3, and 3 below 1.
    node_rows = pl.Series([1, 3], dtype=pl.UInt32)
    family = Parents(pl.Series([1, None, 1, 0]), pl.Series([None, 0, None, 1]), None, node_rows)
    scene = landscape(4, family=family)
    items = scene.items.with_columns(node=family.of_item, self_node=family.self_node)
    keys = items.select(scene.of_parent(pl.Series(["a", "b", "c", "d"])))
    assert keys.to_series().to_list() == ["d", None, "d", "b"]
    few, counts = pl.Series([1], dtype=pl.UInt32), pl.Series([300], dtype=pl.Int32)
    told = items.select(own=scene.of_nodes(few, counts), of_parent=scene.of_parents(few, counts))
    assert told.rows() == [(None, 300), (None, None), (None, 300), (300, None)]
