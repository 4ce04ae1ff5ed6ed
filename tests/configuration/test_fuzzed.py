"""A few hundred of the files of bench/fuzz_configuration.py: mistakes told at their lines, with what was meant, all in one pass."""

from __future__ import annotations

import importlib.util
import os
import sys
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

BATCHES = int(os.environ.get("SAFESYNC_FUZZED_BATCHES", "4"))
OF_EACH = 48


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "bench" / "fuzz_configuration.py"
    spec = importlib.util.spec_from_file_location("safesync_bench_fuzz", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("seed", [100, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(101, 100 + BATCHES))])
def test_what_was_made_wrong_is_told_at_its_place(seed: int, fuzz: ModuleType, tmp_path: Path) -> None:
    made = list(islice(fuzz.wrongs(seed), OF_EACH))
    assert {wrong.kind for wrong in made} >= {"misspelt key", "misspelt word", "wrong type", "duplicate key", "several mistakes", "mangled"}
    for wrong in made:
        answer = fuzz.answer(wrong.text, tmp_path / "safesync.yaml")
        assert list(answer.faults(wrong)) == [], (wrong.kind, wrong.lines, wrong.meant, answer.said)


def test_the_judge_of_the_answers_is_strict(fuzz: ModuleType, tmp_path: Path) -> None:
    sound = fuzz.answer(fuzz.SOUND, tmp_path / "safesync.yaml")
    assert list(sound.faults(fuzz.Wrong("none", fuzz.SOUND))) == []
    assert list(sound.faults(fuzz.Wrong("misspelt key", fuzz.SOUND, (3,), ("version",)))) == [
        "accepted",
        "not told at line 3",
        "'version' is not proposed",
    ]
