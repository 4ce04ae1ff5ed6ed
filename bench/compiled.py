"""
The compared rules about items as one compiled pass: ``python bench/compiled.py FOLDER RUNS``.

Written by hand for these options, and compiled by numba before the clock starts. It is given the columns with all joins done, words and
labels as their numbers and numbers as floats (nan for none); what it leaves is one number of bits for each row. It is held against
SafeSync's judging of the same columns, which has done all joins before the clock starts too.
"""

# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0917 - one pass is one function, and numba knows the types of its columns

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numba
import numpy as np
import polars as pl
from clock import peak_mb, timed
from hits import hits_of

from safesync.facts.catalog import ITEM_FACTS

_WORDS = ("kind", "stage", "gate", "work_class", "acceptance_verdict", "benefit_verdict")
_NUMBERS = (
    *("acceptance_count", "acceptance_vague_share", "days_active", "working_days_since_human_change", "days_since_iteration_end"),
    *("business_value", "time_criticality", "risk_reduction", "job_size", "days_in_stage", "late_dependency_days"),
    *("open_capabilities", "open_features", "open_stories", "open_tasks"),
)
CODES = (
    *("TM101", "TM102", "TM105", "TM107", "TM108", "TM111", "PG202", "PG203", "PF301", "PF305"),
    *("LK701", "LK702", "LK706", "LK709"),
)


def _word(fact: str, word: str) -> int:
    return [str(each) for each in ITEM_FACTS[fact].vocabulary].index(word)


EPIC, CAPABILITY, FEATURE, STORY, BUG = (_word("kind", word) for word in ("epic", "capability", "feature", "story", "bug"))
FUNNEL, VALIDATING, DONE = (_word("stage", word) for word in ("funnel", "validating", "done"))
READY, ACTIVE = _word("gate", "ready"), _word("gate", "active")
NONE = tuple(_word("acceptance_verdict", word) for word in ("missing", "empty", "placeholder"))
WEAK, OK = _word("acceptance_verdict", "weak"), _word("acceptance_verdict", "ok")
OF_FEATURE, UNKNOWN, COMPLIANCE, UPKEEP = (_word("work_class", word) for word in ("feature", "unknown", "compliance", "maintenance"))


@numba.njit(cache=False)
def _pass(
    kind, stage, gate, work, verdict, benefit, count, vague, active_days, silent, since_end, value, time, risk, size,
    in_stage, late, capabilities, features, stories, tasks, is_open, active, owner, points, themes,
    regulatory, feature_above, epic_above, first_label, labels, local_work, out,
):  # fmt: skip
    for i in range(len(kind)):
        k, o, ready, bits = kind[i], is_open[i], gate[i] >= READY, 0
        poor = verdict[i] == WEAK or (verdict[i] == OK and (count[i] > 10 or vague[i] > 0.5))
        story, large = k == STORY, k in (FEATURE, CAPABILITY)
        if story and o and verdict[i] in NONE:
            bits |= 1
        if (story or k == FEATURE) and o and ready and (poor or (verdict[i] == OK and count[i] < 1 and regulatory[i])):
            bits |= 1 << 1
        if story and o and ready and not points[i]:
            bits |= 1 << 2
        if active[i] and (story or k in (BUG, FEATURE)):
            if gate[i] >= ACTIVE and not owner[i] and active_days[i] > 1:
                bits |= 1 << 3
            slow = stage[i] == VALIDATING
            if silent[i] > (20 if slow and k == FEATURE else 10 if slow or k == FEATURE else 5):
                bits |= 1 << 4
        if (story or k == BUG) and o and 1 < since_end[i] <= 120:
            bits |= 1 << 5
        if large and o and stage[i] != FUNNEL and work[i] in (OF_FEATURE, UNKNOWN) and benefit[i] in NONE:
            bits |= 1 << 6
        if (large or k == EPIC) and o and not active[i] and ready:
            due = work[i] == COMPLIANCE
            unsaid = np.isnan(time[i]) or np.isnan(risk[i]) or np.isnan(size[i]) or size[i] <= 0
            if unsaid or (np.isnan(value[i]) and not due) or (due and time[i] <= 0 and risk[i] <= 0):
                bits |= 1 << 7
        if k == EPIC and o and stage[i] != FUNNEL and not owner[i]:
            bits |= 1 << 8
        if o and not themes[i] and work[i] != UPKEEP and ((k == EPIC and stage[i] != FUNNEL) or (large and not epic_above[i])):
            bits |= 1 << 9
        if story and o and not feature_above[i]:
            local = False
            for place in range(first_label[i], first_label[i + 1]):
                local = local or labels[place] == local_work
            if not local:
                bits |= 1 << 10
        if large and o and ready and not epic_above[i] and not themes[i]:
            bits |= 1 << 11
        below = capabilities[i] > 0 or features[i] > 0 or stories[i] > 0 or tasks[i] > 0
        if (large or k == EPIC) and stage[i] == DONE and in_stage[i] > 1 and below:
            bits |= 1 << 12
        if (story or k in (FEATURE, EPIC)) and o and late[i] > 0:
            bits |= 1 << 13
        out[i] = bits


def _labels(of_rows: pl.Series) -> tuple[np.ndarray, np.ndarray, int]:
    """Where the labels of each row begin, the number of each label, and that of the one that is asked for."""
    counts = of_rows.list.len().fill_null(0).to_numpy()
    numbers = of_rows.list.drop_nulls().explode(empty_as_null=False, keep_nulls=False).cast(pl.Categorical)
    wanted = pl.Series(["local-work"]).cast(pl.Categorical).to_physical().item()
    return np.concatenate([[0], np.cumsum(counts)]), numbers.to_physical().to_numpy(), wanted


def main(folder: Path, runs: int) -> dict[str, Any]:
    """Only the pass is in the clock."""
    rows = pl.read_parquet(folder / "rows.parquet")
    columns = [
        *(rows[name].to_physical().to_numpy().astype(np.int8) for name in _WORDS),
        *(rows[name].cast(pl.Float64).to_numpy().astype(np.float32) for name in _NUMBERS),
        *(rows[name].fill_null(value=False).to_numpy() for name in ("open", "active")),
        *(rows[name].is_not_null().to_numpy() for name in ("owner", "points", "themes")),
        *(rows[name].to_numpy() for name in ("regulatory", "has_feature_ancestor", "has_epic_ancestor")),
    ]
    labels = _labels(rows["labels"])
    out = np.zeros(rows.height, dtype=np.int32)
    _pass(*(column[:1] for column in columns), *labels, out[:1])
    judging, _ = timed(lambda: _pass(*columns, *labels, out) or out, runs)
    bits = pl.Series(out)
    found = {code: (((bits // 2**place) % 2 == 1).arg_true(), None) for place, code in enumerate(CODES)}
    return {"hits": hits_of(found), "took": {"judging": asdict(judging)}, "peak_mb": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
