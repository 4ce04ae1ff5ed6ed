"""How long work takes, and how long it usually took: what is under way for longer than most is where a forecast fails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.flow.clock import days_since
from safesync.facts.frame.columns import as_texts
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.telling import phrase
from safesync.model.item import Kind, Stage

_KINDS = {kind.value: kind.value.replace("_", " ") for kind in Kind}
_OF_KIND, _OF_KIND_AND_TRAIN = "{count} done items of kind {kind}", "{count} done items of kind {kind} of {train}"
FACTS: tuple[Fact, ...] = (
    Fact(
        "days_since_started",
        FactType.NUMBER,
        Sort.FLOWING,
        "Days since work on it began, the first time; empty when it never did.",
        unit="days",
        needs=("transitions",),
    ),
    Fact(
        "usual_flow_time",
        FactType.NUMBER,
        Sort.FLOWING,
        "Of an item under way: days from start to end that 85 of 100 items of its kind did not exceed which were done in the last 90"
        " days, those of its train where they are at least 30; unseen where there are fewer than 30 in all.",
        unit="days",
        needs=("transitions",),
    ),
    Fact(
        "usual_flow_time_of",
        FactType.TEXT,
        Sort.FLOWING,
        "Of how many items of which kind and train that is.",
        needs=("transitions",),
        phrases=(_OF_KIND_AND_TRAIN, _OF_KIND, *_KINDS.values()),
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "days_since_started": frozenset({"started_at"}),
        **dict.fromkeys(("usual_flow_time", "usual_flow_time_of"), frozenset({"started_at", "stage_entered_at"})),
    }
)
_USUAL = frozenset({"usual_flow_time", "usual_flow_time_of"})
_WINDOW = timedelta(days=90)
_MOST = 0.85
_ENOUGH = 30


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The age of what has begun, and what is usual; the latter only when somebody asks for it."""
    found: dict[str, pl.Expr] = {}
    scene.unseen.note("days_since_started", scene.unseen.flags("started_at"))
    found["days_since_started"] = days_since("started_at", scene.now)
    if not wanted.isdisjoint(_USUAL):
        found |= _usual(scene)
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def _usual(scene: Landscape) -> dict[str, pl.Expr]:
    """Said once for each kind and train that something under way is of."""
    kind = pl.col("kind").cast(pl.String).replace(_KINDS)
    done = _finished(scene)
    of_trains = _quantiles(done.filter(pl.col("train").is_not_null()), "kind", "train")
    under_way = scene.items.lazy().filter("active").select("row", "kind", pl.col("train").cast(pl.String)).collect()
    told = (
        under_way.select("kind", "train")
        .unique(maintain_order=True)
        .join(of_trains, on=["kind", "train"], how="left", maintain_order="left")
        .join(_quantiles(done, "kind"), on="kind", how="left", suffix="_of_all", maintain_order="left")
        .select(
            "kind",
            "train",
            days=pl.coalesce("days", "days_of_all"),
            of=pl.coalesce(
                phrase(_OF_KIND_AND_TRAIN, count="count", kind=kind, train="train"),
                phrase(_OF_KIND, count="count_of_all", kind=kind),
            ),
        )
    )
    each = under_way.join(
        told.select("kind", "train", "days", place=pl.int_range(pl.len(), dtype=pl.UInt32)),
        on=["kind", "train"],
        nulls_equal=True,
    )
    few = each["row"].filter(each["days"].is_null())
    nobody = pl.repeat(value=False, n=scene.items.height, eager=True)
    for name in _USUAL:
        scene.unseen.note(name, nobody.scatter(few, values=True))
    place = scene.of_all(pl.repeat(None, scene.items.height, dtype=pl.UInt32, eager=True).scatter(each["row"], each["place"]))
    return {"usual_flow_time": looked_up(place, told["days"]), "usual_flow_time_of": looked_up(place, told["of"])}


def _finished(scene: Landscape) -> pl.DataFrame:
    """``kind, train, days`` of everything that was done lately and whose start and end are known."""
    since = pl.lit(scene.now - _WINDOW)
    recent = (pl.col("stage") == Stage.DONE.value) & (pl.col("stage_entered_at") >= since) & pl.col("started_at").is_not_null()
    days = (pl.col("stage_entered_at") - pl.col("started_at")).dt.total_hours() / 24
    return scene.items.lazy().filter(recent).select("kind", "train", days=days).collect()


def _quantiles(done: pl.DataFrame, *of: str) -> pl.DataFrame:
    # The next one above, where the share falls between two: nobody is flagged for rounding.
    found = done.group_by(of).agg(days=pl.col("days").quantile(_MOST, "higher").round(1), count=pl.len().cast(pl.Int32))
    return as_texts(found.filter(pl.col("count") >= _ENOUGH))
