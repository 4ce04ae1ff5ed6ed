"""What stands below a feature: how much of it is done, how much should be, and in which planning intervals it is planned."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.model.item import Kind, Stage

_WORK = (Kind.STORY, Kind.SPIKE, Kind.BUG)

FACTS: tuple[Fact, ...] = (
    Fact(
        "has_stories",
        FactType.TRUTH,
        Sort.LINKED,
        "A story, spike or bug stands below it that is not cancelled. Unseen where none stands below any feature of its project: then they "
        "live where SafeSync does not look.",
    ),
    Fact("stories", FactType.NUMBER, Sort.LINKED, "Stories, spikes and bugs below it, cancelled ones left out.", unit="items"),
    Fact("done_stories", FactType.NUMBER, Sort.LINKED, "How many of them are done.", unit="items"),
    Fact("unestimated_stories", FactType.NUMBER, Sort.LINKED, "How many of them have no points.", unit="items"),
    Fact("story_points", FactType.NUMBER, Sort.LINKED, "Sum of their points.", unit="story points"),
    Fact(
        "done_share",
        FactType.NUMBER,
        Sort.LINKED,
        "How much of them is done: of their points, or of their number when some have none. Empty without any.",
        unit="percent",
    ),
    Fact(
        "due_share",
        FactType.NUMBER,
        Sort.LINKED,
        "How much of them, done or not, is planned in iterations that are over; empty when an open one is in no iteration with days.",
        unit="percent",
    ),
    Fact(
        "story_intervals",
        FactType.NUMBER,
        Sort.LINKED,
        "In how many planning intervals its stories are, spikes and bugs left out.",
        unit="intervals",
    ),
    Fact("story_interval_names", FactType.TEXT, Sort.LINKED, "These intervals, with how many stories each has."),
    Fact(
        "later_stories",
        FactType.NUMBER,
        Sort.LINKED,
        "Open stories below it in a later planning interval than its own.",
        unit="items",
    ),
    Fact("later_story_keys", FactType.TEXT, Sort.LINKED, "Their keys, at most five."),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({"has_stories": frozenset({"project"})})
_SHOWN = 5
_COUNTED = ("stories", "done_stories", "unestimated_stories", "story_points", "story_intervals", "later_stories")
_OF_PLANS = ("story_intervals", "story_interval_names", "later_stories", "later_story_keys")
_OF_POINTS = ("unestimated_stories", "story_points", "done_share", "due_share")


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What the children of each item come to."""
    names = wanted.intersection(fact.name for fact in FACTS)
    if not names:
        return ()
    below = _work_below(scene)
    _note(scene, below)
    rows = _sums(below).join(_plans(below), on="parent", how="left", maintain_order="left")
    found = {name: scene.at(rows["parent"], rows[name]) for name in names if name != "has_stories"}
    has = (scene.at(rows["parent"], rows["stories"]).is_not_null().alias("has_stories"),) if "has_stories" in names else ()
    return has + tuple((column.fill_null(0) if name in _COUNTED else column).alias(name) for name, column in found.items())


def _work_below(scene: Landscape) -> pl.DataFrame:
    """One row for each story, spike or bug that has a parent and is not cancelled, with what it and its parent are planned for."""
    iterations, intervals = scene.boxes.iterations, scene.boxes.intervals
    starts_on = looked_up("interval_box", intervals["starts_on"])
    own = scene.items.select("row", starts_on=starts_on)["starts_on"]
    return (
        scene.items.lazy()
        .filter(
            pl.col("parent").is_not_null()
            & pl.col("kind").is_in([kind.value for kind in _WORK])
            & (pl.col("stage") != Stage.CANCELLED.value).fill_null(value=True)
        )
        .select(
            "parent",
            "row",
            "key",
            pl.col("points").cast(pl.Float64),
            done=pl.col("stage") == Stage.DONE.value,
            # A spike may go before and a bug come after: a feature is planned as stories.
            split=pl.col("kind") == Kind.STORY.value,
            ends_on=looked_up("box", iterations["ends_on"]),
            over=looked_up("box", iterations["phase"]) == "past",
            interval=looked_up("interval_box", intervals["label"]),
            starts_on=starts_on,
            parent_starts_on=looked_up("parent", own),
        )
        .collect()
    )


def _sums(below: pl.DataFrame) -> pl.DataFrame:
    estimated = pl.col("points").is_not_null().all()
    weight = pl.when(estimated & (pl.col("points").sum() > 0)).then(pl.col("points")).otherwise(1.0)
    settled = pl.col("done") | pl.col("ends_on").is_not_null()
    return below.group_by("parent", maintain_order=True).agg(
        stories=pl.len().cast(pl.Int32),
        done_stories=pl.col("done").sum().cast(pl.Int32),
        unestimated_stories=pl.col("points").is_null().sum().cast(pl.Int32),
        story_points=pl.col("points").sum(),
        done_share=(weight.filter(pl.col("done")).sum() / weight.sum() * 100).round(0),
        due_share=pl.when(settled.all()).then(
            (weight.filter(pl.col("over") | pl.col("done") & pl.col("ends_on").is_null()).sum() / weight.sum() * 100).round(0)
        ),
    )


def _plans(below: pl.DataFrame) -> pl.DataFrame:
    planned = below.filter(pl.col("split") & pl.col("interval").is_not_null())
    counts = planned.group_by("parent", "interval").agg(pl.len().alias("count"), pl.col("starts_on").first())
    named = (
        counts.sort("starts_on", "interval", nulls_last=True)
        .group_by("parent", maintain_order=True)
        .agg(story_intervals=pl.len().cast(pl.Int32), story_interval_names=pl.format("{} ({})", "interval", "count").str.join(", "))
    )
    later = (
        planned.filter(~pl.col("done") & (pl.col("starts_on") > pl.col("parent_starts_on")))
        .group_by("parent", maintain_order=True)
        .agg(later_stories=pl.len().cast(pl.Int32), later_story_keys=pl.col("key").head(_SHOWN).str.join(", "))
    )
    return named.join(later, on="parent", how="left")


def _note(scene: Landscape, below: pl.DataFrame) -> None:
    """Where a child was not seen well enough, nobody knows what the children of its parent come to."""
    unseen = scene.unseen
    stages = _parents_of(scene, unseen.flags("stage"))
    points = _parents_of(scene, unseen.flags("points"))
    plans = _parents_of(scene, unseen.flags("interval", "iteration"))
    for fact in FACTS:
        flags = [stages]
        flags += [_elsewhere(scene, below)] if fact.name == "has_stories" else []
        flags += [points] if fact.name in _OF_POINTS else []
        flags += [plans, unseen.flags("interval")] if fact.name in _OF_PLANS else []
        flags += [_parents_of(scene, unseen.flags("iteration"))] if fact.name == "due_share" else []
        known = [each for each in flags if each is not None]
        unseen.note(fact.name, pl.select(pl.any_horizontal(known)).to_series() if known else None)


def _parents_of(scene: Landscape, flags: pl.Series | None) -> pl.Series | None:
    """The items that are the parent of a flagged one."""
    if flags is None:
        return None
    rows = scene.items.filter(flags)["parent"].drop_nulls().unique()
    return pl.repeat(value=False, n=scene.items.height, eager=True).scatter(rows, values=True)


def _elsewhere(scene: Landscape, below: pl.DataFrame) -> pl.Series:
    """Features of projects in which nothing stands below any feature: their stories are where nobody looks."""
    place = [name for name in ("tracker", "project") if name in scene.items.columns]
    has = pl.repeat(value=False, n=scene.items.height, eager=True).scatter(below["parent"].unique(), values=True)
    is_feature = pl.col("kind").is_in([Kind.FEATURE.value, Kind.CAPABILITY.value]).fill_null(value=False)
    rows = scene.items.select(*place, feature=is_feature, has=has)
    return rows.select(pl.col("feature") & ~(pl.col("has") & pl.col("feature")).any().over(*place)).to_series()
