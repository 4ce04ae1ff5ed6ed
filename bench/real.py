"""
Judges real backlogs by the shipped rules: ``make real``, or ``python bench/real.py [--format json] [--show N] [--pack NAME ...]``.

The data is the reference material beside the repository (or where SAFESYNC_SHARED says); it is not part of SafeSync.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice, zip_longest
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl
from datasets import DataSet, alive, azure, devlake, reference, titanium

from safesync.facts.backlog import Backlog, backlog
from safesync.facts.frame.columns import conformed
from safesync.facts.item.measured import MEASURED
from safesync.facts.measure import measure
from safesync.model.finding import Finding, Unevaluated
from safesync.model.item import Item
from safesync.model.organisation import Organisation
from safesync.model.timebox import Iteration
from safesync.rules.catalog import packs, shipped
from safesync.rules.engine import Judge
from safesync.rules.settings import read_rules

_TOLD = 400
"""How many characters of a text are enough to judge a finding by."""


@dataclass(slots=True)
class Judged:
    """A data set with what the rules say, and how long each half took."""

    data: DataSet
    flawed: list[Finding] = field(default_factory=list)
    unevaluated: list[Unevaluated] = field(default_factory=list)
    measuring: float = 0.0
    judging: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 an item was refused without a reason or a rule crashed, 2 no reference material."""
    asked = _asked(arguments)
    data = reference()
    if data is None:
        print("There is no reference material: put it beside the repository as ../shared, or name it in SAFESYNC_SHARED.", file=sys.stderr)
        return 2
    judged = [_judged(load(data), asked.pack or ["essential", "portfolio"]) for load in (titanium, devlake, azure)]
    told = [_told(each) for each in judged]
    if asked.format == "json":
        shown = [_example(each, finding) for each in judged for finding in _spread(each.flawed, asked.show)]
        print(json.dumps({"data_sets": told, "shown": shown}, ensure_ascii=False, indent=2))
    else:
        for each, one in zip(judged, told, strict=True):
            _print_summary(one)
            _print_examples(each, asked.show)
    return 1 if any("" in one["refused"] or one["crashed"] for one in told) else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Judge real backlogs by the shipped rules.")
    parser.add_argument("--format", choices=("human", "json"), default="human")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="show N findings of each data set, spread over the rules")
    parser.add_argument("--pack", action="append", choices=sorted(packs()), help="judge by this pack; essential and portfolio otherwise")
    return parser.parse_args(arguments)


def _judged(data: DataSet, by: Sequence[str]) -> Judged:
    """Each backlog by itself: other people, another time."""
    settings = read_rules({"extends": list(by)}, catalogue=shipped(), packs=packs()).settings
    judge, judged = Judge(settings), Judged(data)
    for items in data.backlogs().values():
        started, now = perf_counter(), alive(items)
        seen = _backlog(items, data.iterations, now)
        measured = perf_counter()
        report = judge.judge(seen, now)
        judged.measuring += measured - started
        judged.judging += perf_counter() - measured
        judged.flawed += report.flawed
        judged.unevaluated += report.unevaluated
    return judged


def _backlog(items: Sequence[Item], iterations: Sequence[Iteration], now: datetime) -> Backlog:
    rows = [{"uid": item.uid, **measure(item)} for item in items]
    facts = conformed(pl.DataFrame(rows, infer_schema_length=None), MEASURED)
    links = [(item.uid, link.relation.value, link.target) for item in items for link in item.links]
    link_frame = pl.DataFrame(links, schema={"uid": pl.String, "relation": pl.String, "target": pl.String}, orient="row")
    return backlog(facts, link_frame, iterations, (), (), (), Organisation(), now)


def _told(judged: Judged) -> dict[str, Any]:
    data = judged.data
    return {
        "name": data.name,
        "items": len(data.items),
        "kinds": dict(Counter(item.kind.value for item in data.items).most_common()),
        "unmapped": dict(Counter(item.native_type for item in data.items if item.kind.value == "other").most_common()),
        "refused": dict(Counter(one.reason for one in data.refused).most_common()),
        "read_per_second": round(len(data.items) / (data.seconds + judged.measuring)),
        "judged_per_second": round(len(data.items) / judged.judging),
        "findings": dict(sorted(Counter(one.code for one in judged.flawed).items())),
        "flawed_items": len({one.subject for one in judged.flawed}),
        "not_evaluable": _not_evaluable(one for one in judged.unevaluated if not one.crash),
        "crashed": {one.code: one.crash for one in judged.unevaluated if one.crash},
    }


def _not_evaluable(entries: Iterable[Unevaluated]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in entries:
        known = found.get(one.code, {"items": 0, "unseen": []})
        found[one.code] = {"items": known["items"] + one.count, "unseen": sorted({*known["unseen"], *one.facts})}
    return found


def _print_summary(one: dict[str, Any]) -> None:
    print(f"\n{one['name']}: {one['items']:,} items, {one['flawed_items']:,} of them with findings")
    print(f"  read and measured {one['read_per_second']:,} a second, judged {one['judged_per_second']:,} a second")
    print(f"  kinds: {_counts(one['kinds'])}")
    for what in ("unmapped", "refused", "crashed"):
        if one[what]:
            print(f"  {what}: {_counts(one[what])}")
    print(f"  {'rule':6} {'flawed':>7} {'not evaluable':>14}  because these were not seen")
    for code in sorted(one["findings"].keys() | one["not_evaluable"].keys()):
        unseen = one["not_evaluable"].get(code, {"items": 0, "unseen": ()})
        print(f"  {code:6} {one['findings'].get(code, 0):7,} {unseen['items']:14,}  {', '.join(unseen['unseen'])}")


def _counts(counts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _spread(findings: Iterable[Finding], wanted: int) -> Iterator[Finding]:
    """Some findings about items: rule by rule in turn, and within a rule far from each other, always the same ones."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in (one for one in findings if not one.subject.startswith("group:")):
        by_rule.setdefault(finding.code, []).append(finding)
    apart = [sorted(found, key=lambda one: (hash_of(one.subject), one.subject)) for _, found in sorted(by_rule.items())]
    return islice((one for one in chain.from_iterable(zip_longest(*apart)) if one is not None), wanted)


def hash_of(text: str) -> int:
    """A number that has nothing to do with the order of texts, the same in every process."""
    return sum(position * ord(letter) for position, letter in enumerate(text, 1)) * 2_654_435_761 % 2**32


def _example(judged: Judged, finding: Finding) -> dict[str, Any]:
    item = next(one for one in judged.data.items if one.uid == finding.subject)
    said = {"code": finding.code, "severity": finding.severity.value, "gate": finding.gate, "evidence": finding.evidence}
    return {"data_set": judged.data.name, **said, **_shown(item)}


def _shown(item: Item) -> dict[str, Any]:
    text = " ".join((item.description.text if item.description else "").split())
    return {
        "item": item.uid,
        "key": item.key,
        "kind": item.kind.value,
        "type": item.native_type,
        "state": f"{item.native_state} ({item.stage.value})",
        "title": item.title,
        "text": text[:_TOLD],
        "links": [f"{link.relation.value} {link.target}" for link in item.links][:6],
    }


def _print_examples(judged: Judged, wanted: int) -> None:
    for finding in _spread(judged.flawed, wanted):
        shown = _example(judged, finding)
        print(f"\n  {shown['code']} {shown['severity']} at {shown['gate']}: {shown['evidence']}")
        print(f"    {shown['item']} ({shown['key']}), {shown['type']} as {shown['kind']}, {shown['state']}: {shown['title']}")
        print(f"    links: {', '.join(shown['links']) or 'none'}\n    {shown['text'] or '(no description)'}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    sys.exit(main())
