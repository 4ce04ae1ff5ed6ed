"""Which facts of which items were not seen."""

from __future__ import annotations

import polars as pl

from safesync.facts.frame.unseen import Unseen


def test_whoever_is_given_flags_may_set_some_of_them() -> None:
    unseen = Unseen(pl.Series(["stage", "", ""]))
    flags = unseen.flags("stage")
    assert flags is not None
    flags.scatter(pl.Series([2], dtype=pl.UInt32), values=True)
    again = unseen.flags("stage")
    assert again is not None
    assert again.to_list() == [True, False, False]
