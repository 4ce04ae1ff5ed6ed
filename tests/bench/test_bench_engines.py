"""The bench compares what finds the same: otherwise its ratios say nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
ITEMS = 2_000
SHARES = (0.004, 0.2)
"""Of the items that a rule is about: plausible, and enough to compare."""


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """The folder's modules know each other by their bare names, as when they are run."""
    sys.path.insert(0, str(BENCH))
    yield import_module("material")
    sys.path.remove(str(BENCH))


@pytest.fixture(scope="module")
def folder(bench: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bench")
    bench.make(made, ITEMS)
    return made


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    ours = import_module("ours")
    return {variant: ours.main(folder, variant, 1) for variant in ("seen", "unseen")}


@pytest.mark.parametrize("variant", ["seen", "unseen"])
def test_the_query_by_hand_finds_what_the_rules_find(found: dict[str, Any], folder: Path, variant: str) -> None:
    hits = found[variant]["hits"]
    assert import_module("by_hand").main(folder, variant, 1)["hits"] == hits
    unjudged = {code for code, each in hits.items() if each["unjudged"][0]}
    assert unjudged == (set() if variant == "seen" else {"LK701", "PF305", "PG202", "TM105", "TM107"})


def test_every_shipped_rule_has_hits_among_generated_items(bench: ModuleType, found: dict[str, Any], folder: Path) -> None:
    kinds = bench.load(folder, "seen").facts["kind"]
    rules = [setting.rule for setting in import_module("ours").settings()]
    for rule in rules:
        if rule.group is None:
            judged = kinds.is_in([kind.value for kind in rule.kinds]).sum()
            share = found["seen"]["hits"][rule.code]["flawed"][0] / judged
            assert SHARES[0] <= share <= SHARES[1], (rule.code, share)
        else:
            assert found["seen"]["groups"][rule.code] > 0
    assert len(rules) == len(found["seen"]["hits"]) + len(found["seen"]["groups"])


@pytest.mark.usefixtures("bench")
def test_hits_that_differ_in_one_row_differ() -> None:
    pl = import_module("polars")
    hits_of = import_module("hits").hits_of
    one, other = pl.Series([0, 3], dtype=pl.UInt32), pl.Series([1, 2], dtype=pl.UInt32)
    assert hits_of({"X": (one, None)}) != hits_of({"X": (pl.Series([0, 2], dtype=pl.UInt32), None)})
    assert hits_of({"X": (one, None)}) == {"X": {"flawed": (2, 3), "unjudged": (0, 0)}}
    assert hits_of({"X": (one, other)})["X"]["unjudged"] == (2, 3)


@pytest.mark.usefixtures("bench")
def test_engines_that_disagree_are_named() -> None:
    judge = import_module("judge")
    right, wrong = {"TM101": {"flawed": (2, 3), "unjudged": (0, 0)}}, {"TM101": {"flawed": (2, 4), "unjudged": (0, 0)}}
    told = list(judge._disagreements({"seen": {"ours": {"hits": right}, "by hand": {"hits": wrong}}}))
    assert len(told) == 1
    assert told[0].startswith("TM101, seen")
    assert list(judge._disagreements({"seen": {"ours": {"hits": right}, "by hand": {"hits": right}}})) == []
    assert len(list(judge._disagreements_with({"rows": 10, "hits": wrong}, {"hits": right}, 10))) == 1


@pytest.mark.usefixtures("bench")
def test_a_target_that_is_missed_is_missed() -> None:
    judge = import_module("judge")

    def results(slower: float, peak_mb: float) -> dict[str, object]:
        engines = {
            "ours": {"took": {"judging": {"wall": slower, "cpu": slower}}, "peak_mb": peak_mb},
            "by hand": {"took": {"judging": {"wall": 1.0, "cpu": 1.0}}, "peak_mb": 1.0},
        }
        return {"seen": engines}

    custodian = {"rows": 10, "took": {"judging": {"wall": 250.0, "cpu": 250.0}}}
    assert [each.met for each in judge._targets(results(1.0, 400.0), custodian, 10)] == [True, True, True]
    assert [each.met for each in judge._targets(results(2.0, 500.0), custodian, 10)] == [False, False, False]
    assert [each.met for each in judge._targets(results(2.0, 400.0), custodian, 20)] == [True, False, True]
