"""Whether what was finished was finished as the others of its project are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Stage

FACTS: tuple[Fact, ...] = (
    Fact(
        "resolution_missing",
        FactType.TRUTH,
        Sort.LINKED,
        "It is done and has no resolution, where most done items of its project and type have one.",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({"resolution_missing": frozenset({"resolution", "project", "native_type"})})
_PLACE = ("tracker", "project", "native_type")


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """
    A resolution is missed only where it is usual: Azure DevOps has none, and many workflows of Jira set none.

    So only there it can be unseen too.
    """
    if "resolution_missing" not in wanted or "resolution" not in scene.items.columns:
        return (pl.lit(value=False).alias("resolution_missing"),) if "resolution_missing" in wanted else ()
    hidden = scene.unseen.flags("resolution")
    place = [name for name in _PLACE if name in scene.items.columns]
    done = scene.items.lazy().filter(pl.col("stage") == Stage.DONE.value)
    usual = done.group_by(place).agg(share=pl.col("resolution").is_not_null().mean()).filter(pl.col("share") > 1 / 2)
    without = done.filter(pl.col("resolution").is_null()).select("row", *place)
    rows = without.join(usual, on=place, how="semi", nulls_equal=True).collect()["row"]
    missing = pl.repeat(value=False, n=scene.items.height, eager=True).scatter(rows, values=True)
    scene.unseen.note("resolution_missing", None if hidden is None else hidden & missing)
    return (scene.of_all(missing).alias("resolution_missing"),)
