"""What stands below a feature: how much of it is done, how much should be, and in which planning intervals it is planned."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.telling import told
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
    below = _work_below(scene).collect()
    _note(scene, below)
    planned = _intervals(below.lazy()).group_by("node").agg(story_intervals=pl.len().cast(pl.Int32))
    sums = _sums(below).join(planned, on="node", how="left").collect()
    found = {name: scene.of_nodes(sums["node"], sums[name]) for name in sums.columns if name != "node"}
    found["has_stories"] = found["stories"].is_not_null()
    found |= {name: found[name].fill_null(0) for name in _COUNTED}
    found["story_interval_names"] = told("self_node", lambda nodes: _interval_names(scene, nodes))
    found["later_story_keys"] = told("self_node", lambda nodes: _later_keys(scene, nodes))
    return tuple(found[name].alias(name) for name in names)


def _work_below(scene: Landscape) -> pl.LazyFrame:
    """One row for each story, spike or bug that has a parent and is not cancelled, with what it and its parent are planned for."""
    iterations, intervals = scene.boxes.iterations, scene.boxes.intervals
    starts_on = looked_up("interval_box", intervals["starts_on"])
    of_parent = looked_up(scene.of_parent(scene.items["interval_box"]), intervals["starts_on"])
    done, ends_on = pl.col("stage") == Stage.DONE.value, looked_up("box", iterations["ends_on"])
    # A spike may go before and a bug come after: a feature is planned as stories.
    split = (pl.col("kind") == Kind.STORY.value) & pl.col("interval_box").is_not_null()
    return (
        scene.items.lazy()
        .filter(
            pl.col("node").is_not_null()
            & pl.col("kind").is_in([kind.value for kind in _WORK])
            & (pl.col("stage") != Stage.CANCELLED.value).fill_null(value=True)
        )
        .select(
            "node",
            "row",
            "points",
            done=done,
            due=(looked_up("box", iterations["phase"]) == "past") | (done & ends_on.is_null()),
            unsettled=~done & ends_on.is_null(),
            interval=pl.when(split).then("interval_box"),
            later=split & ~done & (starts_on > of_parent),
        )
    )


def _sums(below: pl.DataFrame) -> pl.LazyFrame:
    """One row a node that has any; shares are of points where all have some, and of their number elsewhere."""
    done, due = (pl.col(name).fill_null(value=False) for name in ("done", "due"))
    sums = (
        below.lazy()
        .with_columns(done_points=pl.when(done).then("points"), due_points=pl.when(due).then("points"))
        .group_by("node")
        .agg(
            stories=pl.len().cast(pl.Int32),
            done_stories=pl.col("done").sum().cast(pl.Int32),
            due_stories=pl.col("due").sum().cast(pl.Int32),
            unestimated_stories=pl.col("points").null_count().cast(pl.Int32),
            story_points=pl.col("points").cast(pl.Float64).sum(),
            done_points=pl.col("done_points").cast(pl.Float64).sum(),
            due_points=pl.col("due_points").cast(pl.Float64).sum(),
            unsettled=pl.col("unsettled").any(),
            later_stories=pl.col("later").sum().cast(pl.Int32),
        )
    )
    estimated = (pl.col("unestimated_stories") == 0) & (pl.col("story_points") > 0)

    def share(name: str) -> pl.Expr:
        of_points, of_number = pl.col(f"{name}_points") / pl.col("story_points"), pl.col(f"{name}_stories") / pl.col("stories")
        return (pl.when(estimated).then(of_points).otherwise(of_number) * 100).round(0)

    return sums.with_columns(done_share=share("done"), due_share=pl.when(~pl.col("unsettled")).then(share("due"))).drop(
        "due_stories", "done_points", "due_points", "unsettled"
    )


def _intervals(below: pl.LazyFrame) -> pl.LazyFrame:
    """``node, interval, count``: how many stories it has in each interval in which it has any."""
    return below.filter(pl.col("interval").is_not_null()).group_by("node", "interval").agg(count=pl.len())


def _interval_names(scene: Landscape, nodes: pl.Series) -> pl.DataFrame:
    intervals = scene.boxes.intervals
    return (
        _intervals(_work_below(scene).filter(pl.col("node").is_in(nodes.implode())))
        .select(
            "count",
            self_node="node",
            label=looked_up("interval", intervals["label"]),
            starts_on=looked_up("interval", intervals["starts_on"]),
        )
        .sort("starts_on", "label", nulls_last=True)
        .group_by("self_node", maintain_order=True)
        .agg(said=pl.format("{} ({})", "label", "count").str.join(", "))
        .collect()
    )


def _later_keys(scene: Landscape, nodes: pl.Series) -> pl.DataFrame:
    later = _work_below(scene).filter(pl.col("node").is_in(nodes.implode()) & pl.col("later"))
    named = later.select(self_node="node", key=pl.lit(scene.items["key"]).gather("row").cast(pl.String))
    return named.group_by("self_node", maintain_order=True).agg(said=pl.col("key").head(_SHOWN).str.join(", ")).collect()


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
    rows = scene.family.node_rows.gather(scene.items["node"].filter(flags).drop_nulls().unique())
    return pl.repeat(value=False, n=scene.items.height, eager=True).scatter(rows, values=True)


def _elsewhere(scene: Landscape, below: pl.DataFrame) -> pl.Series:
    """Features of projects in which nothing stands below any feature: their stories are where nobody looks."""
    place = [name for name in ("tracker", "project") if name in scene.items.columns]
    features = scene.items.select("row", *place, "kind").filter(pl.col("kind").is_in([Kind.FEATURE.value, Kind.CAPABILITY.value]))
    parents = scene.family.node_rows.gather(below["node"].unique())
    served = features.filter(pl.col("row").is_in(parents.implode())).select(place).unique()
    rows = features.join(served, on=place, how="anti", nulls_equal=True)["row"]
    return pl.repeat(value=False, n=scene.items.height, eager=True).scatter(rows, values=True)
