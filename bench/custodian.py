"""
Cloud Custodian's filter engine on the same rows and rules: ``python bench/custodian.py FOLDER ROWS`` judges the first ROWS.

In the clock: applying the filters of every policy, nothing else. Not in it: reading and parsing the policies, making the
rows (dicts with all joins done), and taking Custodian's notes off the rows again between two policies.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
from c7n.filters.core import Filter, FilterRegistry
from clock import Took, peak_mb, timed
from ruamel.yaml import YAML

_CHUNK = 50_000
_Rows = list[dict[str, Any]]


class _Manager:
    """The least that block filters ask of a resource manager: which key tells rows apart."""

    def get_model(self) -> SimpleNamespace:
        return SimpleNamespace(id="row")


def policies() -> dict[str, list[Filter]]:
    """The filters of each policy, by its name."""
    registry, manager = FilterRegistry("filters"), _Manager()
    text = Path(__file__).with_name("custodian.yaml").read_text(encoding="utf-8")
    return {one["name"]: registry.parse(one["filters"], manager) for one in YAML(typ="safe").load(text)["policies"]}


def judged(filters: Sequence[Filter], rows: _Rows) -> _Rows:
    """The rows that a policy matches, as its ``run`` would filter them."""
    for one in filters:
        rows = one.process(rows, None)
        if not rows:
            break
    return rows


def main(folder: Path, wanted: int) -> dict[str, Any]:
    """Judges chunk by chunk: a million dicts at once would be a comparison of memory."""
    known, took = policies(), Took(0, 0)
    hits = dict.fromkeys(known, (0, 0))
    frame = pl.scan_parquet(folder / "rows.parquet").head(wanted).collect()
    for chunk in frame.iter_slices(_CHUNK):
        rows = chunk.to_dicts()
        for name, filters in known.items():
            one, found = timed(lambda filters=filters, rows=rows: judged(filters, rows))
            count, total = hits[name]
            hits[name] = count + len(found), total + sum(row["row"] for row in found)
            took += one
            for row in found:
                for note in [key for key in row if key.startswith("c7n:")]:
                    del row[note]
    return {
        "hits": {name: {"flawed": found, "unjudged": (0, 0)} for name, found in hits.items()},
        "rows": frame.height,
        "took": {"judging": asdict(took)},
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
