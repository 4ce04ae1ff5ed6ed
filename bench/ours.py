"""SafeSync judges: ``python bench/ours.py FOLDER VARIANT RUNS [--every-rule]`` prints what it found and what that took."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl
from clock import peak_mb, timed
from hits import SAMPLED, Hits, hits_of
from material import built, load

from safesync.facts.backlog import Backlog, without_digests
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.rule import RuleSetting
from safesync.rules.settings import read_rules

TARGETS = {"targets": {"default": {"feature": 50, "enabler": 20, "tech_debt": 15}}}
"""Without any, the rule about capacity allocation has nothing to say."""
ALL_SCORED = {"top_n": 0}
"""The other engines have no ranking to look at: all features must be scored."""


COMPARED = (
    *("TM101", "TM102", "TM105", "TM107", "TM108", "TM111", "PG202", "PG203", "PF301", "PF305"),
    *("LK701", "LK702", "LK706", "LK709", "FL401", "GR503"),
)
"""The rules that the query by hand and the other engine have too; what all rules take is told beside them."""


def settings(codes: Iterable[str] = COMPARED) -> tuple[RuleSetting, ...]:
    """Rules with the options they are shipped with."""
    section = {code: {} for code in codes} | {"GR503": {"options": TARGETS}, "PG203": {"options": ALL_SCORED}}
    return read_rules(section, catalogue=shipped(), packs={}).settings


def hits(judge: Judge, backlog: Backlog, one_in: int = 1) -> Hits:
    """What the rules about items find, among one row in so many."""

    def some(rows: pl.Series | None) -> pl.Series | None:
        return rows if rows is None or one_in == 1 else rows.filter(rows % one_in == 0)

    return hits_of({code: (some(mask.flawed), some(mask.unjudged)) for code, mask in judge.masks(backlog).items()})


def _joined(backlog: Backlog, judge: Judge) -> Backlog:
    """The same backlog with every fact a column of its own, as engines are given it that look nothing up."""
    facts = backlog.items.select("row", "uid", *sorted(judge.reads), *(f"unseen.{name}" for name in sorted(backlog.unseen)))
    return replace(backlog, frame=facts.collect().rechunk(), derived=(), absent=())


def main(folder: Path, variant: str, runs: int, codes: Iterable[str] = COMPARED) -> dict[str, Any]:
    """The frame is built from what stands on disk; loading it is in no clock, its memory is in the peak."""
    judge = Judge(settings(codes))
    made = load(folder, variant, judge.reads, judge.reads_groups)
    building, backlog = timed(lambda: built(made, judge.reads, judge.reads_groups), runs)
    made = replace(made, facts=without_digests(made.facts, ()))  # as a check does
    judging, _ = timed(lambda: judge.masks(backlog), runs)
    found, memory = hits(judge, backlog), peak_mb()
    # The rules about groups alone: their frames were built with the backlog, and no item is judged.
    no_items = replace(backlog, frame=backlog.frame.head(0))
    of_groups, report = timed(lambda: judge.judge(no_items, made.now), runs)
    groups = {code: sum(finding.code == code for finding in report.flawed) for code in ("FL401", "GR503")}
    took = {"building": building, "judging": judging, "groups": of_groups}
    if codes is COMPARED:
        joined = _joined(backlog, judge)
        took["joined"], _ = timed(lambda: judge.masks(joined), runs)
        if hits(judge, joined) != found:
            raise ValueError("with all joins done, something else is found")
    return {
        "hits": found,
        "sampled": hits(judge, backlog, SAMPLED),
        "groups": groups,
        "took": {name: asdict(one) for name, one in took.items()},
        "peak_mb": memory,
    }


if __name__ == "__main__":
    everything = sys.argv[4:] == ["--every-rule"]
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), shipped() if everything else COMPARED)))
