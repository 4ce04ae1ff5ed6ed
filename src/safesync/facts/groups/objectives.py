"""The PI objectives of a team or a train in a planning interval: how many, how sure, and what they were worth in the end."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.flow.pace import SIZED_KINDS
from safesync.facts.frame.columns import as_texts, mapped
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.governance.investment import held
from safesync.facts.governance.roster import NOBODY, REMEDY, counted, named
from safesync.model.item import Kind, Stage

_NO_OBJECTIVES = "map a type to pi_objective, or name a file as organisation.data.objectives"
_NO_VALUES = "map planned_value, actual_value and committed, or name a file as organisation.data.objectives"
FACTS: tuple[Fact, ...] = (
    Fact("level", FactType.TEXT, Sort.GROUPED, "Whose objectives they are.", vocabulary=("team", "train")),
    Fact(
        "whose",
        FactType.TEXT,
        Sort.GROUPED,
        "The same with the name: team Falcon, train Payments.",
        phrases=("team {name}", "train {name}"),
    ),
    Fact("team", FactType.TEXT, Sort.GROUPED, "The team; empty for a train."),
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train, or that of the team."),
    Fact("interval", FactType.TEXT, Sort.GROUPED, "The planning interval."),
    Fact(
        "interval_phase",
        FactType.TEXT,
        Sort.GROUPED,
        "Where the interval stands.",
        vocabulary=("past", "current", "next", "later"),
        ordered=True,
    ),
    Fact("intervals_ago", FactType.NUMBER, Sort.GROUPED, "1 for the interval that ended last, 2 for the one before; empty for others."),
    Fact("days_since_start", FactType.NUMBER, Sort.GROUPED, "Days since the interval began; negative before.", unit="days"),
    Fact(
        "planned_items",
        FactType.NUMBER,
        Sort.GROUPED,
        "Stories, spikes, bugs and features planned in it, cancelled ones left out.",
        unit="items",
    ),
    Fact("objectives", FactType.NUMBER, Sort.GROUPED, "Objectives, cancelled ones left out.", unit="items", remedy=_NO_OBJECTIVES),
    Fact("committed_objectives", FactType.NUMBER, Sort.GROUPED, "Committed ones.", unit="items", remedy=_NO_VALUES),
    Fact("uncommitted_share", FactType.NUMBER, Sort.GROUPED, "Share of uncommitted ones.", unit="percent", remedy=_NO_VALUES),
    Fact(
        "load",
        FactType.NUMBER,
        Sort.GROUPED,
        "Planned points of its stories, spikes and bugs over velocity times the interval's iterations, the innovation iteration left out.",
        unit="percent",
        remedy="write the velocity of the team as teams.<team>.velocity",
    ),
    Fact("planned_value", FactType.NUMBER, Sort.GROUPED, "Planned business value of committed objectives, added up.", remedy=_NO_VALUES),
    Fact("actual_value", FactType.NUMBER, Sort.GROUPED, "Actual business value of all objectives, added up.", remedy=_NO_VALUES),
    Fact("unscored", FactType.NUMBER, Sort.GROUPED, "Objectives without an actual business value.", unit="items", remedy=_NO_VALUES),
    Fact("predictability", FactType.NUMBER, Sort.GROUPED, "actual_value over planned_value.", unit="percent", remedy=_NO_VALUES),
    Fact(
        "predictability_before",
        FactType.NUMBER,
        Sort.GROUPED,
        "The same of the interval before; empty where it is not known.",
        unit="percent",
    ),
    Fact("scored", FactType.NUMBER, Sort.GROUPED, "Objectives with a planned business value.", unit="items", remedy=_NO_VALUES),
    Fact("highest_value", FactType.NUMBER, Sort.GROUPED, "The highest planned business value of one.", remedy=_NO_VALUES),
    Fact("highest_share", FactType.NUMBER, Sort.GROUPED, "Share of scored ones that have it.", unit="percent", remedy=_NO_VALUES),
    Fact("owned", FactType.NUMBER, Sort.GROUPED, "Objectives that somebody stands on, as Business Owner.", unit="items"),
    Fact(
        "business_owners",
        FactType.NUMBER,
        Sort.GROUPED,
        "Business Owners of the train, by the roster of the organisation; empty for a team.",
        unit="people",
        remedy=REMEDY,
    ),
    Fact(
        "business_owner_names",
        FactType.TEXT,
        Sort.GROUPED,
        "Names of these, at most five; nobody where the roster names none for the train.",
        remedy=REMEDY,
        phrases=(NOBODY,),
    ),
    Fact("owners", FactType.TEXT, Sort.GROUPED, "Who stands on them, at most five, in the order of the alphabet."),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Each objective with its actual over its planned business value, at most ten."),
)
NEEDS: frozenset[str] = frozenset({"committed", "planned_value", "actual_value", "owner"})
TITLE = "the PI objectives of a team or a train in a planning interval"
_SHOWN = 10
_NAMED = 5
_KEYS = ["level", "name", "row"]
_OF_VALUE = ("unscored", "planned_value", "actual_value", "predictability")


def rows(scene: Landscape) -> pl.DataFrame:
    """Every team and train in every interval that has days, whether it has objectives or not."""
    frame = _every(scene)
    for part in (_planned(scene), _objectives(scene), _capacity(scene)):
        frame = frame.join(part, on=_KEYS, how="left")
    kinds, roster = scene.items["kind"], scene.organisation.registers.business_owners
    found = _finished(frame, known=bool((kinds == Kind.PI_OBJECTIVE.value).any()))
    owners = mapped(found["train"], counted(scene), pl.Int32())
    return found.with_columns(
        pl.when(pl.col("level") == "train").then(owners.fill_null(0)).alias("business_owners"),
        pl.when(pl.col("level") == "train").then(named(scene, found["train"])).alias("business_owner_names"),
        *(pl.lit(roster is None).alias(f"unseen.{name}") for name in ("business_owners", "business_owner_names")),
    )


def _every(scene: Landscape) -> pl.DataFrame:
    """``level, name, train, row`` (of the interval) and where the interval stands."""
    organisation = scene.organisation
    of_items = as_texts(scene.items.select("team", "train").unique().filter(pl.col("team").is_not_null())).sort("team", "train")
    teams: dict[str, str | None] = {}
    for team, train in of_items.rows():
        teams[team] = teams.get(team) or train
    teams |= {team.name: team.train for team in (*scene.teams, *organisation.teams) if team.train}
    teams |= {team: train.name for train in organisation.trains for team in train.teams}
    # In Azure DevOps a train has an area, and mostly a board, of its own: where it has teams, that is none of them.
    of_teams = {train for team, train in teams.items() if team != train}
    teams = {team: train for team, train in teams.items() if team not in of_teams}
    names = [*(("train", train, train) for train in scene.trains), *(("team", team, train) for team, train in sorted(teams.items()))]
    whose = pl.DataFrame(names, schema={"level": pl.String, "name": pl.String, "train": pl.String}, orient="row")
    dated = scene.boxes.intervals.with_row_index("row").filter(pl.col("starts_on").is_not_null() & pl.col("ends_on").is_not_null())
    return whose.join(_with_age(dated, scene), how="cross")


def _with_age(dated: pl.DataFrame, scene: Landscape) -> pl.DataFrame:
    past = dated.filter(pl.col("phase") == "past").select(
        "row", intervals_ago=pl.col("ends_on").rank("dense", descending=True).cast(pl.Int32)
    )
    age = (pl.lit(scene.now.date()) - pl.col("starts_on")).dt.total_days().cast(pl.Int32)
    return dated.join(past, on="row", how="left").with_columns(days_since_start=age)


def _by_level(frame: pl.DataFrame, aggregates: Iterable[pl.Expr]) -> pl.DataFrame:
    """Aggregates of items, once by their team and once by their train; ``row`` is that of their interval."""
    parts = [
        as_texts(frame.filter(pl.col(level).is_not_null()).group_by(level, "row").agg(*aggregates))
        .rename({level: "name"})
        .with_columns(level=pl.lit(level))
        for level in ("team", "train")
    ]
    return pl.concat([part.select(parts[0].columns) for part in parts])


def _planned(scene: Landscape) -> pl.DataFrame:
    sizes = [kind.value for kind in SIZED_KINDS]
    kinds = [*sizes, Kind.FEATURE.value, Kind.CAPABILITY.value]
    counts = pl.col("kind").is_in(kinds) & pl.col("interval_box").is_not_null() & (pl.col("stage") != Stage.CANCELLED.value)
    sized = pl.col("kind").is_in(sizes)
    # As in a load of PI801: what stands in the iteration of innovation is no load of the others.
    innovation = looked_up("box", scene.boxes.iterations["innovation"]).fill_null(value=False)
    points = pl.when(sized & ~innovation).then(pl.col("points").cast(pl.Float64)).fill_null(0)
    planned = scene.items.lazy().filter(counts).select("team", "train", points=points, row="interval_box").collect()
    return _by_level(planned, (pl.len().cast(pl.Int32).alias("planned_items"), pl.col("points").sum()))


def _capacity(scene: Landscape) -> pl.DataFrame:
    """Points that a team may plan in an interval; a train's is known when that of each of its teams is, and here left alone."""
    iterations = scene.boxes.iterations.filter(pl.col("interval").is_not_null() & ~pl.col("innovation"))
    # Trackers name the same iteration once each; what counts is how many there are one after another.
    counted = iterations.group_by(row="interval").agg(iterations=pl.col("ends_on").n_unique())
    return scene.declared_velocities.join(counted, how="cross").select(
        level=pl.lit("team"), name="team", row="row", capacity=pl.col("declared_velocity") * pl.col("iterations")
    )


def _objectives(scene: Landscape) -> pl.DataFrame:
    unseen = scene.unseen
    objectives = scene.items.select(
        "key",
        "kind",
        "stage",
        "team",
        "train",
        row="interval_box",
        committed=held(scene, "committed", pl.Boolean()),
        planned=held(scene, "planned_value", pl.Float64()),
        actual=held(scene, "actual_value", pl.Float64()),
        owner=held(scene, "owner", pl.String()),
        **{
            f"no_{name}": pl.lit(value=False) if (flags := unseen.flags(name)) is None else pl.lit(flags)
            for name in ("committed", "planned_value", "actual_value", "owner")
        },
    ).filter((pl.col("kind") == Kind.PI_OBJECTIVE.value) & (pl.col("stage") != Stage.CANCELLED.value) & pl.col("row").is_not_null())
    # Whoever does not tell committed ones from others commits to all.
    sure = pl.col("committed").fill_null(value=True)
    told = pl.format("{} {}/{}", "key", _figure("actual"), _figure("planned"))
    return _by_level(
        objectives,
        (
            pl.len().cast(pl.Int32).alias("objectives"),
            sure.sum().cast(pl.Int32).alias("committed_objectives"),
            pl.col("planned").filter(sure).sum().alias("planned_value"),
            pl.col("actual").sum().alias("actual_value"),
            pl.col("actual").is_null().sum().cast(pl.Int32).alias("unscored"),
            pl.col("planned").filter(sure).is_null().sum().alias("unplanned"),
            told.sort_by((pl.col("planned").fill_null(0) - pl.col("actual").fill_null(0)).abs(), descending=True)
            .head(_SHOWN)
            .alias("contributors"),
            pl.col("planned").count().cast(pl.Int32).alias("scored"),
            pl.col("planned").max().alias("highest_value"),
            ((pl.col("planned") == pl.col("planned").max()).sum() / pl.col("planned").count() * 100).round(1).alias("highest_share"),
            pl.col("owner").count().cast(pl.Int32).alias("owned"),
            pl.col("owner").drop_nulls().unique().sort().head(_NAMED).alias("owners"),
            *(pl.col(f"no_{name}").any() for name in ("committed", "planned_value", "actual_value", "owner")),
        ),
    )


def _figure(name: str) -> pl.Expr:
    return pl.coalesce(pl.col(name).cast(pl.String).str.strip_suffix(".0"), pl.lit("?"))


def _finished(frame: pl.DataFrame, *, known: bool) -> pl.DataFrame:
    """``known``: at least one objective was read; else nobody knows where they are kept."""
    counts = ("planned_items", "objectives", "committed_objectives", "unscored", "unplanned", "scored", "owned")
    flags = ("no_committed", "no_planned_value", "no_actual_value", "no_owner")
    frame = frame.with_columns(
        pl.col(*counts, "planned_value", "actual_value", "points").fill_null(0), pl.col(flags).fill_null(value=False)
    )
    frame = frame.with_columns(
        predictability=pl.when(pl.col("planned_value") > 0).then((pl.col("actual_value") / pl.col("planned_value") * 100).round(1))
    )
    dim = pl.lit(not known)
    no_value = dim | pl.col("no_planned_value") | pl.col("no_actual_value")
    unsure = no_value | (pl.col("unscored") > 0) | (pl.col("unplanned") > 0)
    before = frame.filter(pl.col("intervals_ago").is_not_null() & ~frame.select(unsure.alias("unsure"))["unsure"]).select(
        "level", "name", intervals_ago=pl.col("intervals_ago") - 1, predictability_before="predictability"
    )
    frame = frame.join(before, on=["level", "name", "intervals_ago"], how="left")
    uncommitted = pl.col("objectives") - pl.col("committed_objectives")
    return frame.sort("level", "name", "row").select(
        pl.concat_str("level", "name", "label", separator="|").alias("group"),
        pl.col("level").cast(pl.Enum(["team", "train"])),
        pl.format("{} {}", "level", "name").alias("whose"),
        pl.when(pl.col("level") == "team").then("name").alias("team"),
        "train",
        pl.col("label").alias("interval"),
        pl.col("phase").alias("interval_phase"),
        "intervals_ago",
        "days_since_start",
        "planned_items",
        "objectives",
        "committed_objectives",
        pl.when(pl.col("objectives") > 0).then((uncommitted / pl.col("objectives") * 100).round(1)).alias("uncommitted_share"),
        (pl.col("points") / pl.col("capacity") * 100).round(1).alias("load"),
        "planned_value",
        "actual_value",
        "unscored",
        "predictability",
        "predictability_before",
        "scored",
        "highest_value",
        "highest_share",
        "owned",
        pl.when(pl.col("owned") > 0).then(pl.col("owners").list.join(", ")).alias("owners"),
        pl.col("contributors").list.join(", "),
        dim.alias("unseen.objectives"),
        (dim | (pl.col("no_owner") & (pl.col("owned") == 0))).alias("unseen.owned"),
        *((dim | pl.col("no_planned_value")).alias(f"unseen.{name}") for name in ("scored", "highest_value", "highest_share")),
        *((dim | pl.col("no_committed")).alias(f"unseen.{name}") for name in ("committed_objectives", "uncommitted_share")),
        pl.col("capacity").is_null().alias("unseen.load"),
        *((unsure if name == "predictability" else no_value).alias(f"unseen.{name}") for name in _OF_VALUE),
    )
