"""What stands below an epic: its features, its MVP, and when the last of them was finished."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import MOMENT
from safesync.facts.frame.landscape import Landscape, of_every_node
from safesync.model.item import Kind, Stage

MVP_LABEL = "mvp"
FACTS: tuple[Fact, ...] = (
    Fact("features", FactType.NUMBER, Sort.LINKED, "Children that are features or capabilities, whatever their stage.", unit="items"),
    Fact("active_features", FactType.NUMBER, Sort.LINKED, "Those of them that are being worked on.", unit="items"),
    Fact(
        "days_since_features_ended",
        FactType.NUMBER,
        Sort.LINKED,
        "Days since the last of its features was done or cancelled; empty while one is open or there is none.",
        unit="days",
        remedy="the history of its features was not read",
    ),
    Fact("mvp_features", FactType.NUMBER, Sort.LINKED, f"Features below it that carry the label {MVP_LABEL}.", unit="items"),
    Fact(
        "days_since_mvp",
        FactType.NUMBER,
        Sort.LINKED,
        f"Days since the last feature with the label {MVP_LABEL} was done; empty while one is open; unseen where no feature has the label.",
        unit="days",
        remedy=f"mark the features of an epic's MVP with the label {MVP_LABEL}",
    ),
    Fact(
        "key_results",
        FactType.NUMBER,
        Sort.LINKED,
        "Children that are key results and not cancelled; empty of a key result itself.",
        unit="items",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "days_since_features_ended": frozenset({"stage_entered_at"}),
        "mvp_features": frozenset({"labels"}),
        "days_since_mvp": frozenset({"stage_entered_at", "labels"}),
    }
)
_FEATURES = (Kind.FEATURE.value, Kind.CAPABILITY.value)
_COUNTS = ("features", "active_features", "mvp_features", "key_results")


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What is counted below, for the items that have children."""
    asked = [fact.name for fact in FACTS if fact.name in wanted]
    if not asked:
        return ()
    below = _below(scene)
    _note(scene, below, asked)
    return tuple(_at(below, name).alias(name) for name in asked)


def _at(below: pl.DataFrame, name: str) -> pl.Expr:
    found = of_every_node(below[name])
    if name not in _COUNTS:
        return found
    asked = pl.lit(value=True) if name != "key_results" else (pl.col("kind") != Kind.KEY_RESULT.value).fill_null(value=True)
    return pl.when(asked).then(found.fill_null(0))


def _below(scene: Landscape) -> pl.DataFrame:
    """One row a node: the counts, the days, and whether what they are made of was seen."""
    items = scene.items.select(
        "kind",
        "stage",
        "active",
        "node",
        marked=_is_marked(scene.items) if "labels" in scene.items.columns else pl.lit(value=False),
        ended_at=pl.col("stage_entered_at") if "stage_entered_at" in scene.items.columns else pl.lit(None, dtype=MOMENT),
        **{f"no_{name}": _flags(scene, name) for name in ("stage", "stage_entered_at", "labels")},
    ).filter(pl.col("node").is_not_null() & pl.col("kind").is_in([*_FEATURES, Kind.KEY_RESULT.value]))
    feature = pl.col("kind").is_in(_FEATURES)
    mvp = feature & pl.col("marked")
    counted = items.group_by("node").agg(
        features=feature.sum().cast(pl.Int32),
        active_features=(feature & pl.col("active")).sum().cast(pl.Int32),
        mvp_features=mvp.sum().cast(pl.Int32),
        key_results=((pl.col("kind") == Kind.KEY_RESULT.value) & (pl.col("stage") != Stage.CANCELLED.value)).sum().cast(pl.Int32),
        days_since_features_ended=_days_since_last(feature, scene.now),
        days_since_mvp=_days_since_last(mvp, scene.now),
        **{f"no_{name}": pl.col(f"no_{name}").any() for name in ("stage", "stage_entered_at", "labels")},
    )
    nodes = pl.DataFrame({"node": pl.arange(len(scene.family.node_rows), dtype=pl.UInt32, eager=True)})
    return nodes.join(counted, on="node", how="left", maintain_order="left")


def _is_marked(items: pl.DataFrame) -> pl.Expr:
    """Only features are asked: the labels of a million stories are left alone."""
    asked = items.select("row", "kind", "labels").filter(pl.col("kind").is_in(_FEATURES))
    has = asked.select(
        has=pl.col("labels").list.eval(pl.element().cast(pl.String).str.to_lowercase() == MVP_LABEL).list.any().fill_null(value=False)
    )["has"]
    return pl.lit(pl.repeat(value=False, n=items.height, eager=True).scatter(asked["row"].filter(has), values=True))


def _days_since_last(which: pl.Expr, now: datetime) -> pl.Expr:
    ended = pl.col("stage") >= Stage.DONE.value
    days = (pl.lit(now, dtype=MOMENT) - pl.col("ended_at").filter(which).max()).dt.total_days().cast(pl.Int32).clip(0)
    return pl.when(ended.filter(which).all() & (pl.col("stage").filter(which) == Stage.DONE.value).any()).then(days)


def _flags(scene: Landscape, name: str) -> pl.Expr:
    flags = scene.unseen.flags(name)
    return pl.lit(value=False) if flags is None else pl.lit(flags)


def _note(scene: Landscape, below: pl.DataFrame, asked: list[str]) -> None:
    no = {name: pl.col(f"no_{name}").fill_null(value=False) for name in ("stage", "stage_entered_at", "labels")}
    unmarked = (pl.col("features") > 0) & (pl.col("mvp_features") == 0)
    reasons = {
        "active_features": no["stage"],
        "key_results": no["stage"],
        "mvp_features": no["labels"],
        "days_since_features_ended": no["stage"] | no["stage_entered_at"],
        "days_since_mvp": no["stage"] | no["stage_entered_at"] | no["labels"] | unmarked,
    }
    for name in asked:
        if name in reasons:
            of_node = below.select(flag=reasons[name].fill_null(value=False))["flag"]
            scene.unseen.note(name, of_node.gather(scene.family.self_node).fill_null(value=False) if len(of_node) else None)
