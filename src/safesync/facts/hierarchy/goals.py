"""Which objectives an item contributes to, and what work an objective has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Kind, Relation, Stage

_GOALS = (Kind.OBJECTIVE.value, Kind.KEY_RESULT.value)
_SERVES = (Relation.CONTRIBUTES_TO.value, Relation.PARENT.value)
_NO_GOALS = "map a type to objective or key_result, or name a file as organisation.data.okrs"
FACTS: tuple[Fact, ...] = (
    Fact(
        "open_goals",
        FactType.NUMBER,
        Sort.LINKED,
        "Open objectives and key results that it contributes to or stands below; unseen while SafeSync knows no objective at all.",
        unit="items",
        needs=("links",),
        remedy=_NO_GOALS,
    ),
    Fact(
        "linked_work",
        FactType.NUMBER,
        Sort.LINKED,
        "Items that contribute to it, stand below it or are what it needs, cancelled ones and those of another planning interval left out.",
        unit="items",
        needs=("links",),
    ),
    Fact("lost_work", FactType.NUMBER, Sort.LINKED, "Those that were left out of linked_work.", unit="items", needs=("links",)),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What links tell of objectives."""
    found: list[pl.Expr] = []
    if "open_goals" in wanted:
        found.append(_open_goals(scene).alias("open_goals"))
    if not wanted.isdisjoint({"linked_work", "lost_work"}):
        work = _work(scene)
        found += [
            pl.when(pl.col("kind") == Kind.PI_OBJECTIVE.value).then(scene.at(work["goal"], work[name]).fill_null(0)).alias(name)
            for name in ("linked_work", "lost_work")
            if name in wanted
        ]
    return tuple(found)


def _open_goals(scene: Landscape) -> pl.Expr:
    items = scene.items
    goals = items.select(goal=pl.col("kind").is_in(_GOALS).fill_null(value=False))["goal"]
    if not goals.any():
        scene.unseen.note("open_goals", pl.repeat(value=True, n=items.height, eager=True))
        return pl.lit(None, dtype=pl.UInt32)
    open_goals = items.select("row").filter(goals & items["open"].fill_null(value=False))["row"]
    links = scene.links.filter(pl.col("relation").is_in(_SERVES) & pl.col("target_row").is_in(open_goals.implode()))
    counted = links.unique(["row", "target_row"]).group_by("row").agg(pl.len().alias("count"))
    return scene.at(counted["row"], counted["count"]).fill_null(0)


def _work(scene: Landscape) -> pl.DataFrame:
    """``goal`` (a row), ``linked_work``, ``lost_work`` for the PI objectives that have any."""
    objectives = scene.items.select("row", "kind").filter(pl.col("kind") == Kind.PI_OBJECTIVE.value)["row"]
    towards = scene.links.filter(pl.col("relation").is_in(_SERVES) & pl.col("target_row").is_in(objectives.implode()))
    away = scene.links.filter(
        pl.col("relation").is_in([Relation.CONTRIBUTES_TO.value, Relation.DEPENDS_ON.value])
        & pl.col("row").is_in(objectives.implode())
        & pl.col("target_row").is_not_null()
    )
    pairs = pl.concat(
        [towards.select(goal="target_row", work="row"), away.select(goal="row", work="target_row")], how="vertical_relaxed"
    ).unique()
    pairs = pairs.filter(~pl.col("work").is_in(objectives.implode()))
    planned = scene.items.select("stage", "interval_box")
    work = planned[pairs["work"]].rename({"interval_box": "of_work"})
    goal = planned.select(of_goal="interval_box")[pairs["goal"]]
    both = pl.concat([pairs, work, goal], how="horizontal")
    elsewhere = (pl.col("of_work") != pl.col("of_goal")).fill_null(value=False)
    lost = (pl.col("stage") == Stage.CANCELLED.value).fill_null(value=False) | elsewhere
    return both.group_by("goal").agg(linked_work=(~lost).sum().cast(pl.Int32), lost_work=lost.sum().cast(pl.Int32))
