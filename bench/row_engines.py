"""
Other engines that judge row by row: ``python bench/row_engines.py ENGINE FOLDER``, where ENGINE is ``rule-engine`` or ``opa``.

They are given every fiftieth row of the same rows that Cloud Custodian has, for they are slow, and their time is scaled to all rows:
both look at each row by itself. In the clock: judging, for Open Policy Agent (in Rust, regorus) with encoding its input as JSON, which
is how it takes any. Not in it: reading the rules, and making the rows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import regorus
import rule_engine
from clock import Took, peak_mb, timed
from hits import SAMPLED
from ruamel.yaml import YAML

_CHUNK = 2_000
_HERE = Path(__file__).resolve().parent
_Rows = list[dict[str, Any]]
Judged = Callable[[_Rows], Mapping[str, Sequence[int]]]


def of_rule_engine() -> Judged:
    """A rule a code; each filters the rows."""
    context = rule_engine.Context(default_value=None)
    texts = YAML(typ="safe").load((_HERE / "row_rules.yaml").read_text(encoding="utf-8"))
    rules = {code: rule_engine.Rule(text, context=context) for code, text in texts.items()}
    return lambda rows: {code: [row["row"] for row in rule.filter(rows)] for code, rule in rules.items()}


def of_opa() -> Judged:
    """One policy with a rule a code; all rules see one input."""
    text = (_HERE / "judged.rego").read_text(encoding="utf-8")
    engine = regorus.Engine()
    engine.add_policy("judged.rego", text)
    codes = [line.split(" ", 1)[0] for line in text.splitlines() if line[:2].isupper()]

    def judged(rows: _Rows) -> dict[str, Sequence[int]]:
        engine.set_input_json(msgspec.json.encode(rows).decode())
        return {code: json.loads(engine.eval_rule_as_json(f"data.judged.{code}")) for code in codes}

    return judged


ENGINES: Mapping[str, Callable[[], Judged]] = {"rule-engine": of_rule_engine, "opa": of_opa}


def main(name: str, folder: Path) -> dict[str, Any]:
    """What it found among the sampled rows, and what all rows would take."""
    judged, took, hits = ENGINES[name](), Took(0, 0), dict[str, tuple[int, int]]()
    rows = pl.scan_parquet(folder / "rows.parquet")
    everything = rows.select(pl.len()).collect().item()
    sample = rows.filter(pl.col("row") % SAMPLED == 0).collect()
    for chunk in sample.iter_slices(_CHUNK):
        dicts = chunk.to_dicts()
        one, found = timed(lambda dicts=dicts: judged(dicts))
        took += one
        for code, numbers in found.items():
            count, total = hits.get(code, (0, 0))
            hits[code] = count + len(numbers), total + sum(numbers)
    times = everything / sample.height
    return {
        "hits": {code: {"flawed": found, "unjudged": (0, 0)} for code, found in hits.items()},
        "rows": sample.height,
        "took": {"judging": asdict(Took(took.wall * times, took.cpu * times))},
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
