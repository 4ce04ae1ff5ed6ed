"""A column of a team's board: how much is under way in it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import as_texts
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Kind, Stage
from safesync.model.organisation import BoardColumn

UNDER_WAY = "everything under way"
FACTS: tuple[Fact, ...] = (
    Fact("team", FactType.TEXT, Sort.GROUPED, "The team."),
    Fact("train", FactType.TEXT, Sort.GROUPED, "Its train."),
    Fact("board_column", FactType.TEXT, Sort.GROUPED, "The column of its board.", phrases=(UNDER_WAY,)),
    Fact("wip", FactType.NUMBER, Sort.GROUPED, "Items in that column.", unit="items"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys of items in that column, at most five."),
    Fact("wip_limit", FactType.NUMBER, Sort.GROUPED, "The column's limit; empty when it has none.", unit="items"),
    Fact(
        "members",
        FactType.NUMBER,
        Sort.GROUPED,
        f"How many people the team has; of '{UNDER_WAY}' alone, which stands for all columns of a team that has a limit on none.",
        unit="people",
    ),
)
NEEDS: frozenset[str] = frozenset({"board_lane", "blocked"})
TITLE = "a column of a team's board"
_SHOWN = 5
_ANYWHERE = "*"
"""Stands for every tracker in the key of such a group."""


def rows(scene: Landscape) -> pl.DataFrame:
    """
    Every column of every team's board; for a team that has a limit on none and whose people are known, all that is under way too.

    Beside its facts a row has ``apart``: how many items stand in each swimlane, blocked or not (``lane, blocked, items``).
    """
    doubtful = scene.unseen.flags("board_column")
    placed = scene.items.select(
        "tracker",
        "key",
        "kind",
        "stage",
        "team",
        "train",
        "board_column",
        lane=pl.col("board_lane") if "board_lane" in scene.items.columns else pl.lit(None, dtype=pl.String),
        blocked=pl.col("blocked").fill_null(value=False) if "blocked" in scene.items.columns else pl.lit(value=False),
        doubtful=pl.lit(value=False) if doubtful is None else doubtful,
    )
    columns, (wholes, members) = team_columns(placed, scene.columns), _without_limits(scene)
    if not wholes:
        return columns.with_columns(members=pl.lit(None, dtype=pl.Int32))
    active = placed.filter(scene.items["active"].fill_null(value=False) & pl.col("team").cast(pl.String).is_in([*members]))
    whole = active.with_columns(tracker=pl.lit(_ANYWHERE), board_column=pl.lit(UNDER_WAY), doubtful=pl.lit(value=False))
    both = pl.concat([columns, team_columns(whole, wholes)], how="vertical_relaxed")
    of_whole = pl.when(pl.col("board_column") == UNDER_WAY).then(
        pl.col("team").replace_strict(members, default=None, return_dtype=pl.Int32)
    )
    return both.with_columns(members=of_whole)


def _without_limits(scene: Landscape) -> tuple[list[BoardColumn], dict[str, int]]:
    """The one column that stands for all of a team whose boards have no limit, and the people of these teams."""
    people = {team.name: team.members for team in (*scene.teams, *scene.organisation.teams) if team.members}
    limited = {column.team for column in scene.columns if column.limit}
    members = {name: count for name, count in people.items() if name not in limited}
    return [BoardColumn(_ANYWHERE, name, UNDER_WAY) for name in members], members


def team_columns(items: pl.DataFrame, columns: Sequence[BoardColumn]) -> pl.DataFrame:
    """
    One row for every column of every team's board, with or without a limit.

    ``items`` has ``tracker, key, kind, stage, team, train, board_column, lane, blocked`` and ``doubtful``: whether its column was not
    seen.
    Tasks are parts of stories and not counted. One item whose column is unseen leaves its team's counts unseen.
    """
    limits = pl.DataFrame(
        [(each.tracker, each.team, each.name, each.limit) for each in columns],
        schema={"tracker": pl.String, "team": pl.String, "board_column": pl.String, "wip_limit": pl.Int32},
        orient="row",
    ).unique(["tracker", "team", "board_column"], keep="first", maintain_order=True)
    open_ones = pl.col("team").is_not_null() & (pl.col("stage") < Stage.DONE.value) & (pl.col("kind") != Kind.TASK.value)
    at_work = items.lazy().filter(open_ones).drop("kind", "stage", "train").collect()
    on_board = at_work.filter(pl.col("board_column").is_not_null())
    keys = ["tracker", "team", "board_column"]
    counted = as_texts(
        on_board.group_by(keys).agg(pl.len().cast(pl.Int32).alias("wip"), pl.col("key").sort().head(_SHOWN).alias("contributors"))
    )
    lanes = on_board.group_by(*keys, "lane", "blocked").agg(items=pl.len().cast(pl.Int32)).sort("lane", "blocked")
    apart = as_texts(lanes.group_by(keys).agg(apart=pl.struct("lane", "blocked", "items")))
    doubtful = as_texts(at_work.filter("doubtful").select("tracker", "team").unique()).with_columns(pl.lit(value=True).alias("unseen.wip"))
    with_team = items.select("team", "train").filter(pl.col("team").is_not_null())
    trains = as_texts(with_team.group_by("team").agg(pl.col("train").drop_nulls().first()))
    frame = pl.concat([limits.select(keys), counted.select(keys)]).unique(keys, maintain_order=True)
    return (
        frame.join(limits, on=keys, how="left")
        .join(counted, on=keys, how="left")
        .join(apart, on=keys, how="left")
        .join(doubtful, on=["tracker", "team"], how="left")
        .join(trains, on="team", how="left")
        .sort(keys)
        .select(
            pl.concat_str(keys, separator="|").alias("group"),
            "team",
            "train",
            "board_column",
            pl.col("wip").fill_null(0),
            "wip_limit",
            pl.col("contributors").list.join(", "),
            "apart",
            pl.col("unseen.wip").fill_null(value=False),
        )
    )
