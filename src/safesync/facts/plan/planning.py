"""Where an item's planning interval stands today, and what was agreed about a risk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.governance.investment import held

ROAM = ("resolved", "owned", "accepted", "mitigated")
FACTS: tuple[Fact, ...] = (
    Fact(
        "days_since_interval_start",
        FactType.NUMBER,
        Sort.FLOWING,
        "Days since its planning interval began; negative before, empty without dates.",
        unit="days",
        needs=("interval", "iteration"),
    ),
    Fact(
        "days_since_interval_end",
        FactType.NUMBER,
        Sort.FLOWING,
        "Days since its planning interval ended; negative before, empty without dates.",
        unit="days",
        needs=("interval", "iteration"),
    ),
    Fact(
        "roam_status",
        FactType.TEXT,
        Sort.LINKED,
        "What was agreed about a risk; empty for a word that is none of these.",
        vocabulary=ROAM,
        needs=("roam",),
        remedy="map roam",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({"roam_status": frozenset({"roam"})})
_SAYS_ROAM = r"(?i)^\W*(resolved|owned|accepted|mitigated|[roam])\b"


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """Those of these facts that somebody reads."""
    found: list[pl.Expr] = []
    for name, edge in (("days_since_interval_start", "starts_on"), ("days_since_interval_end", "ends_on")):
        if name in wanted:
            scene.unseen.note(name, scene.unseen.flags("interval"))
            day = looked_up("interval_box", scene.boxes.intervals[edge])
            found.append((pl.lit(scene.now.date()) - day).dt.total_days().cast(pl.Int32).alias(name))
    if "roam_status" in wanted:
        scene.unseen.note("roam_status", scene.unseen.flags("roam"))
        word = held(scene, "roam", pl.String()).str.extract(_SAYS_ROAM).str.to_lowercase()
        found.append(word.replace_strict({each[0]: each for each in ROAM}, default=word).cast(pl.Enum(ROAM)).alias("roam_status"))
    return tuple(found)
