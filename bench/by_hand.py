"""
The same rules as one Polars query, written by hand for this frame and these options: what a configurable engine is measured against.

``python bench/by_hand.py FOLDER VARIANT RUNS``. Each rule has two columns: where an item is flawed whatever was not seen,
and where that depends on what was not seen.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
from clock import peak_mb, timed
from hits import Hits, hits_of
from material import ROW_FACTS, built, load

from safesync.facts.backlog import Backlog

_UNSEEN = frozenset(
    {
        *("points", "owner", "benefit_verdict", "own_work_class", "work_class", "themes"),
        *("has_feature_ancestor", "has_epic_ancestor", "parent_kind", "parent_key", "regulatory", "regulatory_above"),
    }
)
"""What the generated backlog leaves unseen; the query below was written for it."""
Columns = dict[str, pl.Expr]


def query(backlog: Backlog) -> pl.LazyFrame:
    """All rules about items in one select: ``CODE`` and, where something was not seen, ``CODE?``."""
    if not backlog.unseen:
        return backlog.items.select(**_all_seen())
    if not backlog.unseen <= _UNSEEN:
        raise ValueError(f"not written for {sorted(backlog.unseen - _UNSEEN)}")
    return backlog.items.select(**{**_all_seen(), **_not_all_seen()})


def hits(backlog: Backlog) -> Hits:
    """What the query finds."""
    found = query(backlog).collect()
    codes = [name for name in found.columns if not name.endswith("?")]
    return hits_of(
        {code: (found[code].arg_true(), found[f"{code}?"].arg_true() if f"{code}?" in found.columns else None) for code in codes}
    )


def _kinds(*kinds: str) -> pl.Expr:
    return pl.col("kind").is_in(kinds) if len(kinds) > 1 else pl.col("kind") == kinds[0]


def _all_seen() -> Columns:
    stage, gate, opened, active = pl.col("stage"), pl.col("gate"), pl.col("open"), pl.col("active")
    verdict, work_class, silent = pl.col("acceptance_verdict"), pl.col("work_class"), pl.col("working_days_since_human_change")
    none = ["missing", "empty", "placeholder"]
    story, large = _kinds("story"), _kinds("feature", "capability")
    return {
        "TM101": story & opened & verdict.is_in(none),
        "TM102": _kinds("story", "feature") & opened & (gate >= "ready") & (_poor() | (_uncounted() & pl.col("regulatory"))),
        "TM105": story & opened & (gate >= "ready") & pl.col("points").is_null(),
        "TM107": _kinds("story", "bug", "feature") & active & (gate >= "active") & pl.col("owner").is_null() & (pl.col("days_active") > 1),
        "TM108": _kinds("story", "bug", "feature")
        & active
        & (silent > 5)
        & ((pl.col("kind") != "feature") | (silent > 10))
        & ((stage != "validating") | (silent > 10))
        & ((stage != "validating") | (pl.col("kind") != "feature") | (silent > 20)),
        "TM111": _kinds("story", "bug") & opened & pl.col("days_since_iteration_end").is_between(2, 120),
        "PG202": large & opened & (stage != "funnel") & work_class.is_in(["feature", "unknown"]) & pl.col("benefit_verdict").is_in(none),
        "PG203": _kinds("feature", "capability", "epic") & opened & ~active & (gate >= "ready") & _no_wsjf(),
        "PF301": _kinds("epic") & opened & (stage >= "analysis") & pl.col("owner").is_null(),
        "PF305": opened
        & ((_kinds("epic") & (stage >= "analysis")) | (large & ~pl.col("has_epic_ancestor")))
        & pl.col("themes").is_null()
        & (work_class != "maintenance"),
        "LK701": story & opened & ~pl.col("has_feature_ancestor") & ~_local_work(),
        "LK702": large & opened & (gate >= "ready") & ~pl.col("has_epic_ancestor") & pl.col("themes").is_null(),
        "LK706": _kinds("epic", "capability", "feature")
        & (stage == "done")
        & (pl.col("days_in_stage") > 1)
        & pl.any_horizontal(pl.col("open_capabilities", "open_features", "open_stories", "open_tasks") > 0),
        "LK709": _kinds("story", "feature", "epic") & opened & (pl.col("late_dependency_days") > 0),
    }


def _poor() -> pl.Expr:
    verdict, too_much = pl.col("acceptance_verdict"), (pl.col("acceptance_count") > 10) | (pl.col("acceptance_vague_share") > 0.5)
    return (verdict == "weak") | (verdict == "ok") & too_much


def _uncounted() -> pl.Expr:
    return (pl.col("acceptance_verdict") == "ok") & (pl.col("acceptance_count") < 1)


def _local_work() -> pl.Expr:
    return pl.col("labels").list.eval(pl.element().cast(pl.String).str.contains(r"\A(?i:local-work)\z")).list.any().fill_null(value=False)


def _no_wsjf() -> pl.Expr:
    compliance = pl.col("work_class") == "compliance"
    time, risk, size = pl.col("time_criticality"), pl.col("risk_reduction"), pl.col("job_size")
    return (
        (pl.col("business_value").is_null() & ~compliance)
        | time.is_null()
        | risk.is_null()
        | size.is_null()
        | (size <= 0)
        | (compliance & (time <= 0) & (risk <= 0))
    )


def _not_all_seen() -> Columns:
    """The rules that read what was not seen: what is sure, and with ``?`` what is open."""
    stage, gate, opened = pl.col("stage"), pl.col("gate"), pl.col("open")
    story, large, epic = _kinds("story"), _kinds("feature", "capability"), _kinds("epic")
    behind, told = pl.col("unseen.regulatory"), _kinds("story", "feature") & opened & (gate >= "ready")
    names = ("points", "owner", "benefit_verdict", "work_class", "themes", "has_feature_ancestor", "has_epic_ancestor")
    points, owner, benefit, of_class, of_themes, of_feature, of_epic = (pl.col(f"unseen.{name}") for name in names)
    classes, none = pl.col("work_class"), ["missing", "empty", "placeholder"]

    estimate = story & opened & (gate >= "ready")
    begun = _kinds("story", "bug", "feature") & pl.col("active") & (gate >= "active") & (pl.col("days_active") > 1)
    led = epic & opened & (stage >= "analysis")
    local = story & opened & ~_local_work()
    hoped, needy = large & opened & (stage != "funnel"), classes.is_in(["feature", "unknown"])
    hopeless = pl.col("benefit_verdict").is_in(none)
    planned = large & opened & (gate >= "ready")
    no_epic, no_theme = ~pl.col("has_epic_ancestor"), pl.col("themes").is_null()
    decided, costly = epic & (stage >= "analysis"), classes != "maintenance"
    return {
        "TM102": told & (_poor() | (_uncounted() & pl.col("regulatory") & ~behind)),
        "TM102?": told & ~_poor().fill_null(value=False) & _uncounted() & behind,
        "TM105": estimate & pl.col("points").is_null() & ~points,
        "TM105?": estimate & points,
        "TM107": begun & pl.col("owner").is_null() & ~owner,
        "TM107?": begun & owner,
        "PF301": led & pl.col("owner").is_null() & ~owner,
        "PF301?": led & owner,
        "PG202": hoped & needy & ~of_class & hopeless & ~benefit,
        "PG202?": hoped & (needy | of_class) & (hopeless | benefit) & (of_class | benefit),
        "PF305": opened & (decided | (large & no_epic & ~of_epic)) & no_theme & ~of_themes & costly & ~of_class,
        "PF305?": opened
        & (decided | (large & (no_epic | of_epic)))
        & (no_theme | of_themes)
        & (costly | of_class)
        & (of_themes | of_class | (of_epic & ~decided)),
        "LK701": local & ~pl.col("has_feature_ancestor") & ~of_feature,
        "LK701?": local & of_feature,
        "LK702": planned & no_epic & ~of_epic & no_theme & ~of_themes,
        "LK702?": planned & (no_epic | of_epic) & (no_theme | of_themes) & (of_epic | of_themes),
        **_open_wsjf(of_class),
    }


def _open_wsjf(of_class: pl.Expr) -> Columns:
    time, risk, size, value = (pl.col(name) for name in ("time_criticality", "risk_reduction", "job_size", "business_value"))
    weighed = _kinds("feature", "capability", "epic") & pl.col("open") & ~pl.col("active") & (pl.col("gate") >= "ready")
    compliance, nothing_speaks = pl.col("work_class") == "compliance", (time <= 0) & (risk <= 0)
    surely = time.is_null() | risk.is_null() | size.is_null() | (size <= 0)
    by_class = (value.is_null() & ~compliance) | (compliance & nothing_speaks)
    return {
        "PG203": weighed & (surely | (~of_class & by_class)),
        "PG203?": weighed & of_class & ~surely & (value.is_null() | nothing_speaks),
    }


def main(folder: Path, variant: str, runs: int) -> dict[str, Any]:
    """The frame is SafeSync's own; only the query over it is in the clock."""
    backlog = built(load(folder, variant, ROW_FACTS), ROW_FACTS, ())
    judging, _ = timed(lambda: query(backlog).collect(), runs)
    return {"hits": hits(backlog), "took": {"judging": asdict(judging)}, "peak_mb": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))
