"""A train and what it finished lately: into what its work went, and how much of it was repair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.flow.history import ESTIMATED, UNITS
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Kind, Stage, WorkClass

_CLASSES = ("feature", "enabler", "tech_debt", "maintenance", "compliance")
_LATELY = "the last 90 days"
FACTS: tuple[Fact, ...] = (
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train."),
    Fact(
        "period",
        FactType.TEXT,
        Sort.GROUPED,
        "The last planning interval that is over; the last 90 days where none has days.",
        phrases=(_LATELY,),
    ),
    Fact("finished_items", FactType.NUMBER, Sort.GROUPED, "Stories and bugs that were done in it.", unit="items"),
    Fact("finished_before", FactType.NUMBER, Sort.GROUPED, "The same in the period before.", unit="items"),
    Fact(
        "unit", FactType.TEXT, Sort.GROUPED, "Shares are of points, or of items where a fifth of them or more has no points.", phrases=UNITS
    ),
    Fact("finished_work", FactType.NUMBER, Sort.GROUPED, "All that was finished, in that unit."),
    Fact("unknown_share", FactType.NUMBER, Sort.GROUPED, "Share without a work class.", unit="percent"),
    *(Fact(f"{name}_share", FactType.NUMBER, Sort.GROUPED, f"Share of class {name}.", unit="percent") for name in _CLASSES),
    Fact("defect_share", FactType.NUMBER, Sort.GROUPED, "How many of the finished items are bugs.", unit="percent"),
    Fact("defect_share_before", FactType.NUMBER, Sort.GROUPED, "The same in the period before; empty without one.", unit="percent"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys and weight of the heaviest finished items, at most five."),
)
NEEDS: frozenset[str] = frozenset({"stage_entered_at", "created_at", "human_change_at"})
TITLE = "a train and what it finished lately"
_KINDS = (Kind.STORY.value, Kind.BUG.value)
_WINDOW = timedelta(days=90)
_SHOWN = 5
_SHARES = {name: f"{name}_share" for name in (*_CLASSES, WorkClass.UNKNOWN.value)}


@dataclass(frozen=True, slots=True)
class _Period:
    label: str
    first: date
    last: date

    @property
    def holds(self) -> pl.Expr:
        return pl.col("ended_on").is_between(self.first, self.last)


def rows(scene: Landscape) -> pl.DataFrame:
    """Every train in the last period that is over."""
    now, before = _periods(scene)
    work = _work(scene, now, before)
    every = pl.DataFrame({"train": scene.trains}, schema={"train": pl.String})
    return (
        every.join(_summed(work.filter(now.holds & ~pl.col("lost"))), on="train", how="left", maintain_order="left")
        .join(_defects(work.filter(before.holds & ~pl.col("lost"))) if before else _none(), on="train", how="left", maintain_order="left")
        .join(work.filter("lost").select("train", lost=pl.lit(value=True)).unique(), on="train", how="left", maintain_order="left")
        .with_columns(unsure=pl.col("lost").fill_null(value=False))
        .select(
            pl.concat_str("train", pl.lit(f"|{now.label}")).alias("group"),
            "train",
            pl.lit(now.label).alias("period"),
            pl.col("finished_items", "finished_before").fill_null(0),
            "unit",
            pl.col("finished_work").fill_null(0.0),
            *_SHARES.values(),
            "defect_share",
            "defect_share_before",
            "contributors",
            *((pl.col("doubtful").fill_null(value=False) | pl.col("unsure")).alias(f"unseen.{share}") for share in _SHARES.values()),
            *(pl.col("unsure").alias(f"unseen.{name}") for name in ("finished_items", "defect_share", "defect_share_before")),
        )
    )


def _periods(scene: Landscape) -> tuple[_Period, _Period | None]:
    """The last planning interval that is over and the one before it; without any, the last days and those before."""
    over = scene.boxes.intervals.filter(pl.col("phase") == "past").sort("ends_on", "label", descending=True).head(2)
    found = [_Period(*row) for row in over.select("label", "starts_on", "ends_on").rows()]
    if found:
        return found[0], found[1] if len(found) > 1 else None
    today = scene.now.date()
    return (
        _Period(_LATELY, today - _WINDOW, today),
        _Period("the 90 days before", today - 2 * _WINDOW, today - _WINDOW - timedelta(days=1)),
    )


def _work(scene: Landscape, now: _Period, before: _Period | None) -> pl.DataFrame:
    """Done stories and bugs of both periods; ``lost`` are those of which nobody knows when, and it may have been then."""
    flags, unknown = scene.unseen.flags("points", "work_class"), scene.unseen.flags("stage_entered_at")
    first = (before or now).first
    touched = pl.col("human_change_at").is_null() | (pl.col("human_change_at").dt.date() >= first)
    lost = (pl.col("stage_entered_at").is_null() | pl.col("unknown")) & touched & (pl.col("created_at").dt.date() <= now.last)
    ended_on = pl.col("stage_entered_at").dt.date()
    return (
        scene.items.lazy()
        .with_columns(
            doubtful=pl.lit(value=False) if flags is None else flags,
            unknown=pl.lit(value=False) if unknown is None else unknown,
        )
        .filter((pl.col("stage") == Stage.DONE.value) & pl.col("kind").is_in(_KINDS) & pl.col("train").is_not_null())
        .filter(lost | ended_on.is_between(first, now.last))
        .select(
            pl.col("train", "key", "work_class").cast(pl.String),
            points=pl.col("points").cast(pl.Float64).fill_null(0),
            bug=pl.col("kind") == Kind.BUG.value,
            doubtful="doubtful",
            lost=lost,
            ended_on=ended_on,
        )
        .collect()
    )


def _summed(work: pl.DataFrame) -> pl.DataFrame:
    estimated = ((pl.col("points") > 0).mean() >= ESTIMATED).over("train")
    weighed = work.with_columns(estimated=estimated, weight=pl.when(estimated).then("points").otherwise(1.0))
    said = pl.format("{} ({})", "key", pl.col("weight").cast(pl.String).str.strip_suffix(".0"))
    total = pl.col("weight").sum()
    return (
        weighed.sort("weight", "key", descending=[True, False])
        .group_by("train", maintain_order=True)
        .agg(
            finished_items=pl.len().cast(pl.Int32),
            unit=pl.when(pl.col("estimated").first()).then(pl.lit(UNITS[0])).otherwise(pl.lit(UNITS[1])),
            finished_work=total,
            defect_share=(pl.col("bug").mean() * 100).round(1),
            contributors=said.head(_SHOWN).str.join(", "),
            doubtful=pl.col("doubtful").any(),
            **{
                share: (pl.col("weight").filter(pl.col("work_class") == name).sum() / total * 100).round(1)
                for name, share in _SHARES.items()
            },
        )
    )


def _defects(work: pl.DataFrame) -> pl.DataFrame:
    return work.group_by("train").agg(finished_before=pl.len().cast(pl.Int32), defect_share_before=(pl.col("bug").mean() * 100).round(1))


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"train": pl.String, "finished_before": pl.Int32, "defect_share_before": pl.Float64})
