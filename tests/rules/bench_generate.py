"""The generated backlog of bench/generate.py, for tests."""

from __future__ import annotations

import importlib.util
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from safesync.facts.backlog import Backlog, backlog
from safesync.facts.frame.columns import coded, narrowed


@lru_cache(maxsize=1)
def generator() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "bench" / "generate.py"
    spec = importlib.util.spec_from_file_location("safesync_bench_generate", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def generated_backlog(items: int, *, unseen: bool = True) -> Backlog:
    """With its facts as the store gives them."""
    g = generator().generate(items, unseen=unseen, slips=True)
    return backlog(narrowed(coded(g.facts)), g.links, g.iterations, g.intervals, g.columns, (), g.organisation, g.now)


@lru_cache(maxsize=1)
def two_thousand() -> Backlog:
    return generated_backlog(2_000)
