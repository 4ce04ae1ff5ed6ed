"""
How long judging takes: `python bench/judge.py [items]` (PYTHONPATH=src).

Measured apart: from facts and links to the frame, all rules as masks, and the report with a sentence for every finding. The ids
of every rule are counted and added up, so that two runs can be compared.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import polars as pl
from generate import generate

from safesync.facts.backlog import backlog
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.rule import RuleSetting

Result = TypeVar("Result")
_TARGETS = {"GR503": {"targets": {"default": {"feature": 60, "enabler": 25, "tech_debt": 15}}}}


def timed(name: str, call: Callable[[], Result], runs: int = 3) -> Result:
    """Best of some runs, in seconds of the clock and of the processors."""
    best = (float("inf"), float("inf"))
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        result = call()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    print(f"{name:<28} {best[0]:8.3f} s   cpu {best[1]:8.3f} s")
    return result


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    g = timed("generate", lambda: generate(count), runs=1)
    settings = [RuleSetting(rule, rule.options.model_validate(_TARGETS.get(code, {}))) for code, rule in shipped().items()]
    judge = timed("read all conditions", lambda: Judge(settings))
    made = timed("backlog", lambda: backlog(g.facts, g.links, g.iterations, g.intervals, g.columns, (), g.organisation, g.now))
    masks = timed("masks", lambda: judge.masks(made))
    print(f"{'':<28} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
    report = timed("report", lambda: judge.judge(made, g.now), runs=1)
    for code, mask in masks.items():
        rows = mask.flawed.arg_true().cast(pl.Int64)
        left = 0 if mask.unjudged is None else mask.unjudged.sum()
        print(f"{code}  flawed {len(rows):>8}   sum of rows {rows.sum():>14}   unjudged {left:>6}")
    print(f"{len(report.flawed)} findings, {len(report.unjudged)} pairs left open")


if __name__ == "__main__":
    main()
