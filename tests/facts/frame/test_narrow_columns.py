"""Facts in less memory are the same facts."""

from __future__ import annotations

from math import inf, nan

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.columns import as_texts, coded, conformed, mapped, narrowed


@settings(deadline=None)
@given(st.lists(st.none() | st.floats(width=16) | st.floats() | st.integers(-40_000, 40_000).map(float), max_size=6))
def test_short_numbers_are_the_same_numbers(numbers: list[float | None]) -> None:
    column = pl.Series("points", numbers, dtype=pl.Float64)
    short = coded(column.to_frame())["points"]
    assert short.cast(pl.Float64).equals(column)


@pytest.mark.parametrize(
    ("numbers", "dtype"),
    [
        ([1.0, -3.0, None, 127.0], pl.Int8),
        ([1.0, -3.0, None, 128.0], pl.Int16),
        ([1.0, -3.0, None, 32_767.0], pl.Int16),
        ([0.5, 40_000.0], pl.Float32),
        ([0.1], pl.Float64),
        ([inf, nan], pl.Float32),
        ([None], pl.Int8),
        ([], pl.Int8),
    ],
)
def test_a_column_is_as_short_as_its_longest_number(numbers: list[float | None], dtype: type[pl.DataType]) -> None:
    assert coded(pl.DataFrame({"points": pl.Series(numbers, dtype=pl.Float64)})).schema["points"] == dtype


@pytest.mark.parametrize("texts", [["a", None, "b", "a", "c"], [None], []])
@pytest.mark.parametrize("dtype", [pl.String(), pl.Categorical()])
def test_what_stands_for_a_text_is_found_for_each(texts: list[str | None], dtype: pl.DataType) -> None:
    values = {"a": 1, "b": 2}
    found = mapped(pl.Series(texts, dtype=dtype), values, pl.UInt32())
    assert found.to_list() == [values.get(text or "") for text in texts]


def numbered_texts(different: int) -> pl.DataFrame:
    texts = [f"team {number}" for number in range(different)]
    return pl.DataFrame({"team": [None, *texts, *reversed(texts)]}, schema={"team": pl.String})


@pytest.mark.parametrize(
    ("different", "numbers"), [(1, pl.UInt8), (128, pl.UInt8), (129, pl.UInt16), (32_768, pl.UInt16), (32_769, pl.UInt32)]
)
def test_numbers_for_texts_are_as_short_as_leaves_room_for_as_many_again(different: int, numbers: type[pl.DataType]) -> None:
    plain = numbered_texts(different)
    narrow = narrowed(coded(plain))
    assert narrow["team"].to_physical().dtype == numbers
    assert as_texts(narrow).equals(plain)


def test_what_a_file_says_of_as_many_texts_again_has_room() -> None:
    narrow = narrowed(coded(numbered_texts(128)))["team"]
    more = pl.Series("team", [f"more {number}" for number in range(127)])
    assert pl.concat([narrow, more.cast(narrow.dtype)]).n_unique() == 1 + 128 + 127


@pytest.mark.parametrize(("different", "numbers"), [(128, pl.UInt8), (129, pl.UInt16), (32_769, pl.UInt32)])
def test_labels_are_narrowed_as_texts_are_and_stay_what_they_are(different: int, numbers: type[pl.DataType]) -> None:
    labels = [None, [], [f"label {number}" for number in range(different)], ["label 1", None, "label 1"]]
    plain = pl.DataFrame({"labels": labels}, schema={"labels": pl.List(pl.String)})
    narrow = conformed(narrowed(coded(plain)), [ITEM_FACTS["labels"]])
    assert narrow["labels"].explode().to_physical().dtype == numbers
    assert narrow.cast({"labels": pl.List(pl.String)}).equals(plain)


@pytest.mark.parametrize("texts", [[], [None], ["", None, ""]])
def test_a_column_of_hardly_anything_is_narrowed_too(texts: list[str | None]) -> None:
    plain = pl.DataFrame({"team": texts}, schema={"team": pl.String})
    assert as_texts(narrowed(coded(plain))).equals(plain)


def test_columns_that_are_no_numbers_for_texts_stay() -> None:
    frame = pl.DataFrame({"uid": ["a"], "points": [1.0]})
    assert narrowed(frame).equals(frame)
