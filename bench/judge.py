"""
The comparison that the README's figures come from: ``make bench``, or ``bench/run.sh --items 20000`` for a small one.

Every engine runs in a process of its own on the same generated backlog, which yet another process wrote to disk. Targets:
judging is at least 200 times as fast as Cloud Custodian's filters, takes at most 1.5 times as long as the same Polars query
written by hand, and building and judging stays below 500 MB, with all rules below 600; at least 350 times as fast as rule-engine, 60
times as Open Policy Agent; with all joins done, as the pass has it, at most 4 times as long as one compiled pass; and all engines find
precisely the same items.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from safesync.cli.garbage import give_back_soon

FASTER_THAN_CUSTODIAN, SLOWER_THAN_BY_HAND = 200.0, 1.5
MEMORY_MB, MEMORY_OF_ALL_MB = 500.0, 600.0
FASTER_THAN = {"rule-engine": 350.0, "opa": 60.0}
SLOWER_THAN_COMPILED = 4.0
_HERE = Path(__file__).resolve().parent
_TOO_LONG_S = 600
_SAMPLE = 20_000
_FEWER = 200_000
_FULL = 1_000_000
"""The targets are for this many items; with fewer, fixed costs weigh more and the figures are for looking at."""
Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, and how it came out."""

    name: str
    asked: str
    found: str
    met: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 all targets met, 1 one missed or engines that disagree."""
    asked = _asked(arguments)
    give_back_soon()  # as the command line does, and for all engines alike
    with TemporaryDirectory(prefix="safesync-bench-") as name:
        folder = Path(name)
        _run("material", folder, asked.items)
        results = {variant: _both(folder, variant, asked) for variant in ("seen", "unseen")}
        everything = _run("ours", folder, "seen", 1, "--every-rule")
        custodian = None if asked.without_custodian else _custodian(folder, asked.items)
        others = {} if asked.without_custodian else {name: _run("row_engines", name, folder) for name in FASTER_THAN}
        others["compiled"] = _run("compiled", folder, asked.runs)
    disagreements = [*_disagreements(results), *_disagreements_with(custodian, results["seen"]["ours"], asked.items)]
    disagreements += _disagreements_of(others, results["seen"]["ours"])
    _print_hits(results, asked.items)
    _print_times(results, custodian, asked.items)
    memory = _of_memory("memory with all rules", MEMORY_OF_ALL_MB, everything["peak_mb"])
    targets = [*_targets(results, custodian, asked.items), memory, *_targets_beside(others, results["seen"]["ours"])]
    for target in targets:
        word = "      " if asked.items < _FULL else "met   " if target.met else "MISSED"
        print(f"{word} {target.name}: {target.found} (target {target.asked})")
    for each in disagreements:
        print(f"DISAGREE {each}")
    if asked.items < _FULL:
        print(f"The targets are for {_FULL:,} items; {asked.items:,} decide nothing but whether all find the same.")
        return 1 if disagreements else 0
    return 1 if disagreements or not all(target.met for target in targets) else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare SafeSync's judging with other engines.")
    parser.add_argument("--items", type=int, default=_FULL)
    parser.add_argument("--runs", type=int, default=3, help="the quickest of so many counts, for SafeSync and the query by hand")
    parser.add_argument("--rounds", type=int, default=2, help="how often the two take turns, each time in a new process")
    parser.add_argument("--without-custodian", action="store_true", help="leave out the slow engine")
    return parser.parse_args(arguments)


def _run(module: str, *arguments: object) -> Any:
    command = [sys.executable, str(_HERE / f"{module}.py"), *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own modules beside this one
    return json.loads(done.stdout) if done.stdout else None


def _both(folder: Path, variant: str, asked: argparse.Namespace) -> dict[str, Result]:
    """SafeSync and the query by hand in turn, so that a busy minute of the machine hits both; the best of each."""
    modules = {"ours": "ours", "by hand": "by_hand"}
    rounds = [{engine: _run(module, folder, variant, asked.runs) for engine, module in modules.items()} for _ in range(asked.rounds)]
    return {engine: _best([one[engine] for one in rounds]) for engine in modules}


def _best(results: Sequence[Result]) -> Result:
    """The quickest of each time, and the most memory."""
    took = {name: min((one["took"][name] for one in results), key=lambda each: float(each["wall"])) for name in results[0]["took"]}
    return {**results[0], "took": took, "peak_mb": max(one["peak_mb"] for one in results)}


def _custodian(folder: Path, items: int) -> Result:
    """All items, unless that would take more than ten minutes: then a fifth of a million, and the time for each."""
    if items <= _SAMPLE:
        return dict(_run("custodian", folder, items))
    each = _run("custodian", folder, _SAMPLE)["took"]["judging"]["wall"] / _SAMPLE
    return dict(_run("custodian", folder, items if each * items <= _TOO_LONG_S else min(items, _FEWER)))


def _disagreements(results: Mapping[str, Mapping[str, Result]]) -> Iterator[str]:
    for variant, engines in results.items():
        for code, hits in engines["ours"]["hits"].items():
            if (other := engines["by hand"]["hits"].get(code)) != hits:
                yield f"{code}, {variant}: SafeSync {hits}, by hand {other}"


def _disagreements_with(custodian: Result | None, ours: Result, items: int) -> Iterator[str]:
    if custodian is None or custodian["rows"] < items:
        return
    for code, hits in ours["hits"].items():
        if (other := custodian["hits"].get(code)) != hits:
            yield f"{code}: SafeSync {hits}, Custodian {other}"


def _disagreements_of(others: Mapping[str, Result], ours: Result) -> Iterator[str]:
    for name, other in others.items():
        for code, hits in ours["hits" if name == "compiled" else "sampled"].items():
            if (theirs := other["hits"].get(code)) is None or theirs["flawed"] != hits["flawed"]:
                yield f"{code}: SafeSync {hits}, {name} {theirs}"


def _targets_beside(others: Mapping[str, Result], ours: Result) -> Iterator[Target]:
    """Engines that judge row by row, on a sample and scaled to all rows; and one compiled pass."""
    for name, other in others.items():
        mine = ours["took"]["joined" if name == "compiled" else "judging"]
        theirs = other["took"]["judging"]
        if name == "compiled":
            wall, cpu = (mine[clock] / theirs[clock] for clock in ("wall", "cpu"))
            asked, met = f"<= {SLOWER_THAN_COMPILED:.0f}x", wall <= SLOWER_THAN_COMPILED
        else:
            wall, cpu = (theirs[clock] / mine[clock] for clock in ("wall", "cpu"))
            asked, met = f">= {FASTER_THAN[name]:.0f}x", wall >= FASTER_THAN[name]
        yield Target(name, asked, f"{wall:.1f}x wall, {cpu:.1f}x CPU", met)


def _print_hits(results: Mapping[str, Mapping[str, Result]], items: int) -> None:
    print(f"{items:,} items; flawed and not evaluable, as SafeSync found them\n")
    print("rule     flawed  % of all | some unseen: flawed  not evaluable")
    for code, hits in results["seen"]["ours"]["hits"].items():
        count, unseen = hits["flawed"][0], results["unseen"]["ours"]["hits"][code]
        print(f"{code:6} {count:8,} {count * 100 / items:9.2f} | {unseen['flawed'][0]:20,} {unseen['unjudged'][0]:14,}")
    for code, count in results["seen"]["ours"]["groups"].items():
        print(f"{code:6} {count:8,} groups")


def _print_times(results: Mapping[str, Mapping[str, Result]], custodian: Result | None, items: int) -> None:
    unit = results["seen"]["by hand"]["took"]["judging"]
    print("\nTimes as ratios to the query by hand with everything seen (wall; CPU of all threads), and peak memory")
    for variant, engines in results.items():
        for engine, result in engines.items():
            for what, took in result["took"].items():
                print(f"  {variant:7} {engine:8} {what:9} {took['wall'] / unit['wall']:8.2f} {took['cpu'] / unit['cpu']:8.2f}", end="")
                print(f"  {result['peak_mb']:6.0f} MB" if what == "judging" else "")
    if custodian:
        took, times = custodian["took"]["judging"], items / custodian["rows"]
        print(
            f"  {'seen':7} {'c7n':8} {'judging':9} {took['wall'] * times / unit['wall']:8.0f} {took['cpu'] * times / unit['cpu']:8.0f}",
            end="",
        )
        print(f"  {custodian['peak_mb']:6.0f} MB, {custodian['rows']:,} rows in chunks")
    print(f"  (by hand, everything seen: {unit['wall']:.3f} s wall, {unit['cpu']:.3f} s CPU)\n")


def _targets(results: Mapping[str, Mapping[str, Result]], custodian: Result | None, items: int) -> Iterator[Target]:
    ours = results["seen"]["ours"]["took"]["judging"]
    if custodian:
        theirs = custodian["took"]["judging"]
        wall, cpu = (theirs[name] * items / custodian["rows"] / ours[name] for name in ("wall", "cpu"))
        yield Target(
            "Cloud Custodian", f">= {FASTER_THAN_CUSTODIAN:.0f}x", f"{wall:.0f}x wall, {cpu:.0f}x CPU", wall >= FASTER_THAN_CUSTODIAN
        )
    for variant, engines in results.items():
        ratio = engines["ours"]["took"]["judging"]["wall"] / engines["by hand"]["took"]["judging"]["wall"]
        yield Target(f"by hand, {variant}", f"<= {SLOWER_THAN_BY_HAND}x", f"{ratio:.2f}x", ratio <= SLOWER_THAN_BY_HAND)
    memory = max(engines["ours"]["peak_mb"] for engines in results.values())
    yield _of_memory("memory", MEMORY_MB, memory)


def _of_memory(name: str, most: float, found: float) -> Target:
    return Target(name, f"< {most:.0f} MB", f"{found:.0f} MB", found < most)


if __name__ == "__main__":
    sys.exit(main())
