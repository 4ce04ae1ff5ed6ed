"""A train and a stage of its Kanban: how many features stand there."""

from __future__ import annotations

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.facts.groups.stages import STATES, counted, placed
from safesync.model.item import Kind

FACTS: tuple[Fact, ...] = (
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train."),
    Fact("state", FactType.TEXT, Sort.GROUPED, "The stage; active is in progress or validating.", vocabulary=STATES),
    Fact(
        "teams",
        FactType.NUMBER,
        Sort.GROUPED,
        "Teams of the train: those that the organisation names, else those that are known.",
        unit="teams",
    ),
    Fact("wip", FactType.NUMBER, Sort.GROUPED, "Features in that stage.", unit="features"),
    Fact("nearly_done", FactType.NUMBER, Sort.GROUPED, "Of these, such as have nine in ten of their children done.", unit="features"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys of these features, at most five, those first that have stood there longest."),
)
NEEDS: frozenset[str] = frozenset({"stage_entered_at"})
TITLE = "a train and a stage of its Kanban"


def rows(scene: Landscape) -> pl.DataFrame:
    """Every train with every stage, also where nothing stands."""
    every = pl.DataFrame({"train": scene.trains}, schema={"train": pl.String}).join(_states(), how="cross")
    features = placed(scene, Kind.FEATURE).filter(pl.col("train").is_not_null())
    doubtful = features.filter("doubtful").select("train", pl.lit(value=True).alias("unseen.wip")).unique()
    return (
        every.join(counted(features, "train"), on=["train", "state"], how="left", maintain_order="left")
        .join(doubtful, on="train", how="left", maintain_order="left")
        .join(_teams(scene), on="train", how="left", maintain_order="left")
        .select(
            pl.concat_str("train", "state", separator="|").alias("group"),
            "train",
            pl.col("state").cast(pl.Enum(STATES)),
            pl.col("teams").fill_null(0),
            pl.col("wip").fill_null(0),
            pl.col("nearly_done").fill_null(0),
            "contributors",
            pl.col("unseen.wip").fill_null(value=False),
        )
    )


def _states() -> pl.DataFrame:
    return pl.DataFrame({"state": STATES}, schema={"state": pl.String})


def _teams(scene: Landscape) -> pl.DataFrame:
    """How many teams each train has: those that the organisation names, else those that trackers and items know."""
    named = {(train.name, team) for train in scene.organisation.trains for team in train.teams}
    named |= {(team.train, team.name) for team in scene.organisation.teams if team.train}
    seen = scene.items.lazy().select(pl.col("train", "team").cast(pl.String)).drop_nulls().unique().collect()
    found = {*seen.rows(), *((team.train, team.name) for team in scene.teams if team.train)}
    settled = {train for train, _ in named}
    known = named | {(train, team) for train, team in found if train not in settled}
    return pl.DataFrame(sorted(known), schema=seen.schema, orient="row").group_by("train").agg(teams=pl.len().cast(pl.Int32))
