from __future__ import annotations

import polars as pl
import pytest

from safesync.facts.catalog import ITEM_FACTS
from safesync.rules.condition.compiling import Compiler
from safesync.rules.condition.reading import read

TYPES = (pl.Int8(), pl.UInt8(), pl.Int16(), pl.Int32(), pl.UInt32(), pl.Float32(), pl.Float64())
BOUNDS = (0, -1, 5, 127, 128, 300, 70_000, 2**24, 2**24 + 1, 2**31, 5_000_000_000, 0.5)


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("bound", BOUNDS)
def test_a_number_is_compared_as_a_number_however_short_its_column_is(bound: float, dtype: pl.DataType) -> None:
    numbers = pl.Series("points", [0, 1, 4, 5, 6, 127, None, 2**24], dtype=pl.Float64).cast(dtype, strict=False)
    floats = numbers.cast(pl.Float64).to_list()
    for sign, holds in {"=": "__eq__", "<>": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}.items():
        found = numbers.to_frame().select(Compiler().plain(read(f"points {sign} {bound}", ITEM_FACTS))).to_series().to_list()
        assert found == [None if number is None else getattr(number, holds)(float(bound)) for number in floats]
