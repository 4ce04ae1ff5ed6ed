"""What the newest results of an item's tests say: those of the tests that are linked to it, and its own where the tracker adds them up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import words
from safesync.facts.frame.landscape import Landscape
from safesync.facts.frame.unseen import where
from safesync.facts.governance.obligations import pairs_of_tests
from safesync.facts.item.measured import MEASURED
from safesync.facts.item.tested import TESTS_REMEDY

_NEEDS = ("links", "tests", "test_result")
FACTS: tuple[Fact, ...] = (
    Fact(
        "tests_failed",
        FactType.NUMBER,
        Sort.LINKED,
        "Tests linked to it whose newest result is that they failed; what its tracker says of all its tests counts as one more.",
        unit="tests",
        needs=_NEEDS,
        remedy=TESTS_REMEDY,
    ),
    Fact("tests_passed", FactType.NUMBER, Sort.LINKED, "Those of them that passed.", unit="tests", needs=_NEEDS, remedy=TESTS_REMEDY),
    Fact("failed_test_keys", FactType.TEXT, Sort.LINKED, "Keys of those that failed, at most five.", needs=_NEEDS, remedy=TESTS_REMEDY),
    Fact(
        "days_since_test",
        FactType.NUMBER,
        Sort.LINKED,
        "Days since the newest result; empty where no day is told.",
        unit="days",
        needs=(*_NEEDS, "tested_on"),
        remedy=TESTS_REMEDY,
    ),
)
_NAMES = tuple(fact.name for fact in FACTS)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {**dict.fromkeys(_NAMES, frozenset({"test_result"})), "days_since_test": frozenset({"test_result", "tested_on"})}
)
_RESULTS = words(next(fact for fact in MEASURED if fact.name == "test_result"))
_SHOWN = 5


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """
    What the results add up to.

    Unseen where no result that is known says that it failed, and one that counts is not known: of a test that SafeSync never
    saw, or where nothing tells results. Where nothing is linked to an item, nothing of it failed.
    """
    asked = [name for name in _NAMES if name in wanted]
    if not asked:
        return ()
    results, pairs = _results(scene), pairs_of_tests(scene)
    told = _told(results, pairs, scene.now.date())
    some = told["row"]
    _note(scene, results, pairs, told)
    found = {name: scene.at(some, told[name]) for name in asked}
    return tuple((found[name].fill_null(0) if name in _NAMES[:2] else found[name]).alias(name) for name in asked)


def _results(scene: Landscape) -> pl.DataFrame:
    items, unseen = scene.items, scene.unseen.flags("test_result")
    return items.select(
        result=pl.col("test_result") if "test_result" in items.columns else pl.lit(None, dtype=_RESULTS),
        day=pl.col("tested_on") if "tested_on" in items.columns else pl.lit(None, dtype=pl.Date),
        key=pl.col("key"),
        unknown=pl.lit(value=False) if unseen is None else unseen,
    )


def _told(results: pl.DataFrame, pairs: pl.DataFrame, today: date) -> pl.DataFrame:
    """One row for each item that has a result: its own, or of a test that is linked to it."""
    linked = pairs.filter(pl.col("test").is_not_null())
    own = results.with_row_index("row").filter(pl.col("result").is_not_null())["row"].cast(pl.UInt32)
    both = pl.concat(
        [
            pl.concat([linked.select("row"), results[linked["test"]]], how="horizontal"),
            pl.concat([own.to_frame(), results[own]], how="horizontal"),
        ],
        how="vertical_relaxed",
    ).filter(pl.col("result").is_not_null())
    failed = pl.col("result") == "failed"
    return both.group_by("row").agg(
        tests_failed=failed.sum().cast(pl.Int32),
        tests_passed=(pl.col("result") == "passed").sum().cast(pl.Int32),
        failed_test_keys=pl.col("key").cast(pl.String).filter(failed).sort().head(_SHOWN).str.join(", "),
        days_since_test=(pl.lit(today) - pl.col("day").max()).dt.total_days().cast(pl.Int32).clip(0),
    )


def _note(scene: Landscape, results: pl.DataFrame, pairs: pl.DataFrame, told: pl.DataFrame) -> None:
    unknown = results["unknown"]
    doubtful = pairs.filter(pl.col("test").is_null() | unknown.gather(pairs["test"]).fill_null(value=False))["row"]
    doubt = _marked(scene, doubtful) & results["result"].is_null()
    failed = _marked(scene, told.filter(pl.col("tests_failed") > 0)["row"])
    own = where(results["result"].is_null(), scene.unseen.flags("tests"))
    flags = doubt if own is None else doubt | own
    for name in _NAMES:
        scene.unseen.note(name, flags & ~failed if name == "tests_failed" else flags)


def _marked(scene: Landscape, rows: pl.Series) -> pl.Series:
    none = pl.repeat(value=False, n=scene.items.height, eager=True)
    return none.scatter(rows, values=True) if len(rows) else none
