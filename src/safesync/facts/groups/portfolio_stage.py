"""A stage of the portfolio Kanban: how many epics stand there."""

from __future__ import annotations

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.facts.groups.stages import STATES, counted, placed
from safesync.model.item import Kind

FACTS: tuple[Fact, ...] = (
    Fact("state", FactType.TEXT, Sort.GROUPED, "The stage; active is in progress or validating.", vocabulary=STATES),
    Fact("value_streams", FactType.NUMBER, Sort.GROUPED, "Value streams that the configuration names.", unit="value streams"),
    Fact("wip", FactType.NUMBER, Sort.GROUPED, "Epics in that stage.", unit="epics"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys of these epics, at most five, those first that have stood there longest."),
)
NEEDS: frozenset[str] = frozenset({"stage_entered_at"})
TITLE = "a stage of the portfolio Kanban"


def rows(scene: Landscape) -> pl.DataFrame:
    """Every stage, also where nothing stands."""
    epics = placed(scene, Kind.EPIC)
    streams = len({train.value_stream for train in scene.organisation.trains if train.value_stream})
    every = pl.DataFrame({"state": STATES}, schema={"state": pl.String})
    return every.join(counted(epics), on="state", how="left", maintain_order="left").select(
        pl.col("state").alias("group"),
        pl.col("state").cast(pl.Enum(STATES)),
        pl.lit(streams, dtype=pl.Int32).alias("value_streams"),
        pl.col("wip").fill_null(0),
        "contributors",
        pl.lit(bool(epics["doubtful"].any())).alias("unseen.wip"),
    )
