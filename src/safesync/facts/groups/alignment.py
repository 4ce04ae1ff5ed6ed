"""How much of what the portfolio works on and pays for serves a strategic theme."""

from __future__ import annotations

import polars as pl

from safesync.facts.fact import COMMAS, Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.governance.investment import expected_cost
from safesync.facts.hierarchy.family import themes_of
from safesync.model.item import Kind, Stage, WorkClass

_REMEDY = "name the themes in force (organisation.themes)"
_POINTS, _NUMBER = "points", "number of features"
_NO_THEME = "no theme"
_SHARES = (COMMAS, f"{_NO_THEME} {{share}}")
FACTS: tuple[Fact, ...] = (
    Fact("features", FactType.NUMBER, Sort.GROUPED, "Features that are worked on, those of maintenance left out.", unit="items"),
    Fact(
        "weighed_by",
        FactType.TEXT,
        Sort.GROUPED,
        "What a feature weighs: its points, or where none has any each the same.",
        phrases=(_POINTS, _NUMBER),
    ),
    Fact("weight", FactType.NUMBER, Sort.GROUPED, "Sum of that over all of them."),
    Fact("aligned_weight", FactType.NUMBER, Sort.GROUPED, "Sum over those that serve a theme.", remedy=_REMEDY),
    Fact("aligned_share", FactType.NUMBER, Sort.GROUPED, "That share: the strategic alignment.", unit="percent", remedy=_REMEDY),
    Fact(
        "by_theme",
        FactType.TEXT,
        Sort.GROUPED,
        "The share of each theme; what serves several counts for each in equal parts.",
        phrases=_SHARES,
    ),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "The heaviest features that serve none, with their weight, at most five."),
    Fact("epics", FactType.NUMBER, Sort.GROUPED, "Open epics from ready on with a cost, those of maintenance left out.", unit="items"),
    Fact("cost", FactType.NUMBER, Sort.GROUPED, "Sum of what they are expected to cost.", unit="currency"),
    Fact(
        "aligned_cost_share", FactType.NUMBER, Sort.GROUPED, "Share of that for epics that serve a theme.", unit="percent", remedy=_REMEDY
    ),
    Fact("cost_by_theme", FactType.TEXT, Sort.GROUPED, "The share of each theme in that cost.", phrases=_SHARES),
    Fact("costly", FactType.TEXT, Sort.GROUPED, "The most expensive epics that serve none, with their cost, at most five."),
)
NEEDS: frozenset[str] = frozenset({"cost_forecast", "cost_estimate"})
TITLE = "the strategic alignment of the portfolio"
_FEATURES = (Kind.FEATURE.value, Kind.CAPABILITY.value)
_WORK = (Kind.STORY.value, Kind.SPIKE.value, Kind.BUG.value)
_SHOWN = 5


def rows(scene: Landscape) -> pl.DataFrame:
    """One row, also when nothing is worked on, so that a finding about it can end."""
    unseen = scene.unseen.flags("themes")
    counts = (pl.col("kind").is_in(_FEATURES) & pl.col("active")) | (pl.col("kind") == Kind.EPIC.value)
    few = scene.items.select(counts.fill_null(value=False).alias("counts"))["counts"].arg_true()
    items = (
        scene.items[few]
        .select(
            "row",
            "key",
            "kind",
            "stage",
            "active",
            "work_class",
            cost=expected_cost(scene).cast(pl.Float64).fill_null(0),
            own_points=pl.col("points").cast(pl.Float64),
            themes=themes_of(scene.above),
            doubtful=pl.lit(value=False) if unseen is None else unseen.gather(few),
        )
        .filter((pl.col("work_class") != WorkClass.MAINTENANCE.value).fill_null(value=True))
    )
    features = _weighed(items.filter(pl.col("kind").is_in(_FEATURES)), scene)
    started = (pl.col("stage") >= Stage.READY.value) & (pl.col("stage") < Stage.DONE.value) & (pl.col("cost") > 0)
    epics = items.filter((pl.col("kind") == Kind.EPIC.value) & started).with_columns(weight="cost")
    return _row(features, epics)


def _weighed(features: pl.DataFrame, scene: Landscape) -> pl.DataFrame:
    """Each with its own points, else those of the work directly below it; all the same where none has any."""
    work = scene.items.select(
        "kind", "stage", row=looked_up("node", scene.family.node_rows), points=pl.col("points").cast(pl.Float64)
    ).filter(pl.col("row").is_in(features["row"].implode()) & pl.col("kind").is_in(_WORK) & (pl.col("stage") != Stage.CANCELLED.value))
    below = work.group_by("row").agg(below=pl.col("points").sum())
    features = features.join(below, on="row", how="left", maintain_order="left")
    sized = features.with_columns(weight=pl.coalesce(pl.when(pl.col("own_points") > 0).then("own_points"), "below", pl.lit(0.0)))
    estimated = bool((sized["weight"] > 0).any())
    return sized.with_columns(weight=pl.col("weight") if estimated else pl.lit(1.0), weighed_by=pl.lit(_POINTS if estimated else _NUMBER))


def _row(features: pl.DataFrame, epics: pl.DataFrame) -> pl.DataFrame:
    aligned = features.filter(pl.col("themes").is_not_null())
    weight, aligned_weight = float(features["weight"].sum()), float(aligned["weight"].sum())
    cost, aligned_cost = float(epics["cost"].sum()), float(epics.filter(pl.col("themes").is_not_null())["cost"].sum())
    row = {
        "group": "portfolio",
        "features": features.height,
        "weighed_by": features["weighed_by"].first(),
        "weight": weight,
        "aligned_weight": aligned_weight,
        "aligned_share": round(aligned_weight / weight * 100, 1) if weight else None,
        "by_theme": _by_theme(features),
        "contributors": _heaviest(features),
        "epics": epics.height,
        "cost": cost,
        "aligned_cost_share": round(aligned_cost / cost * 100, 1) if cost else None,
        "cost_by_theme": _by_theme(epics),
        "costly": _heaviest(epics),
    }
    numbers = dict.fromkeys(("weight", "aligned_weight", "aligned_share", "cost", "aligned_cost_share"), pl.Float64)
    texts = dict.fromkeys(("group", "weighed_by", "by_theme", "contributors", "cost_by_theme", "costly"), pl.String)
    typed = pl.DataFrame([row], schema_overrides={**numbers, **texts, "features": pl.Int32, "epics": pl.Int32})
    doubtful = {name: bool(frame["doubtful"].any()) for name, frame in (("weight", features), ("cost", epics))}
    return typed.with_columns(
        *(pl.lit(value=doubtful["weight"]).alias(f"unseen.{name}") for name in ("aligned_weight", "aligned_share")),
        pl.lit(value=doubtful["cost"]).alias("unseen.aligned_cost_share"),
    )


def _by_theme(weighed: pl.DataFrame) -> str | None:
    total = float(weighed["weight"].sum())
    themes = weighed.select(theme=pl.col("themes").str.split("; "), weight="weight").with_columns(
        weight=pl.col("weight") / pl.col("theme").list.len().fill_null(1)
    )
    sums = themes.explode("theme").group_by(pl.col("theme").fill_null(_NO_THEME)).agg(pl.col("weight").sum())
    told = [
        f"{theme} {weight / total * 100:.0f} %"
        for theme, weight in sums.sort(pl.col("theme") == _NO_THEME, "weight", "theme", descending=[False, True, False]).rows()
        if total
    ]
    return ", ".join(told) or None


def _heaviest(weighed: pl.DataFrame) -> str | None:
    lost = weighed.filter(pl.col("themes").is_null() & (pl.col("weight") > 0)).sort("weight", "key", descending=[True, False])
    return (
        ", ".join(f"{key} ({weight:g})" for key, weight in lost.head(_SHOWN).select(pl.col("key").cast(pl.String), "weight").rows()) or None
    )
