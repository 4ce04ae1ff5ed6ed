"""A team or a whole train in a planning interval: what is planned for it, and what it usually gets done."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.flow.pace import SIZED_KINDS, velocities
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.telling import weighed
from safesync.facts.groups.commitment import COMMITTED, SETTLING
from safesync.model.item import Kind, Stage

FACTS: tuple[Fact, ...] = (
    Fact("team", FactType.TEXT, Sort.GROUPED, "The team; empty where it is about the whole train."),
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train."),
    Fact("interval", FactType.TEXT, Sort.GROUPED, "The planning interval."),
    Fact(
        "interval_phase",
        FactType.TEXT,
        Sort.GROUPED,
        "Where the interval stands.",
        vocabulary=("past", "current", "next", "later"),
        ordered=True,
    ),
    Fact("iterations", FactType.NUMBER, Sort.GROUPED, "Iterations in it, that of innovation left out.", unit="iterations"),
    Fact("planned_items", FactType.NUMBER, Sort.GROUPED, "Stories, spikes and bugs planned in these, done or not.", unit="items"),
    Fact("planned_points", FactType.NUMBER, Sort.GROUPED, "Sum of their points.", unit="story points"),
    Fact("unplaced_points", FactType.NUMBER, Sort.GROUPED, "Of these, points in no iteration yet.", unit="story points"),
    Fact(
        "added_points",
        FactType.NUMBER,
        Sort.GROUPED,
        "Of these, points of stories and spikes that were not planned in it when it was five days old; where no snapshot shows the plan of"
        " its first days, of those that were created later.",
        unit="story points",
    ),
    Fact("added_items", FactType.TEXT, Sort.GROUPED, "Keys and points of these, at most five, the heaviest first."),
    Fact(
        "committed_points",
        FactType.NUMBER,
        Sort.GROUPED,
        "Points of the stories and spikes that were planned in it then, as they were estimated then; where no snapshot shows it, what is"
        " planned now without what was added.",
        unit="story points",
    ),
    Fact(
        "removed_points",
        FactType.NUMBER,
        Sort.GROUPED,
        "Of these, points of what is not planned in it any more, or cancelled; empty where no snapshot shows the plan.",
        unit="story points",
    ),
    Fact("removed_items", FactType.TEXT, Sort.GROUPED, "Keys and points of these, at most five, the heaviest first."),
    Fact("churned_points", FactType.NUMBER, Sort.GROUPED, "Points added and removed, as far as one can see.", unit="story points"),
    Fact("unestimated_share", FactType.NUMBER, Sort.GROUPED, "How many of these items have no points.", unit="percent"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "Keys and points of the heaviest of these items, at most five."),
    Fact("velocity", FactType.NUMBER, Sort.GROUPED, "Points an iteration: of the team, or of all its teams together.", unit="story points"),
    Fact("ended_iterations", FactType.NUMBER, Sort.GROUPED, "How many ended iterations that is the average of.", unit="iterations"),
    Fact("declared_velocity", FactType.NUMBER, Sort.GROUPED, "The same where tracker or configuration give it.", unit="story points"),
    Fact("planned_features", FactType.NUMBER, Sort.GROUPED, "Features of a train with something planned in iterations.", unit="features"),
    Fact("late_features_share", FactType.NUMBER, Sort.GROUPED, "How many of these end in the last of these iterations.", unit="percent"),
)
NEEDS: frozenset[str] = frozenset({"created_at"})
TITLE = "a team or a train in a planning interval"
_SHOWN = 5
_AHEAD = ("current", "next")
_UNSEEN = ("planned_points", "unplaced_points", "added_points", "committed_points", "removed_points", "churned_points", "unestimated_share")


@dataclass(frozen=True, slots=True)
class _Span:
    """A planning interval: how many iterations of work it has, and when the last of them begins."""

    row: int
    iterations: int | None
    last_begins: int | None
    """In days since 1970."""


def rows(scene: Landscape) -> pl.DataFrame:
    """Every team and every train with something planned in the current or the next interval."""
    spans = pl.DataFrame(
        [(each.row, each.iterations, each.last_begins) for each in _spans(scene)],
        schema={"interval": pl.UInt32, "iterations": pl.Int32, "last_begins": pl.Int32},
        orient="row",
    )
    planned = _planned(scene, spans["interval"])
    paces = _paces(scene)
    placed = planned.filter(pl.col("placed") & pl.col("team").is_not_null())
    before = _before(scene)
    trains = placed.group_by("team").agg(pl.col("train").drop_nulls().mode().sort().first())
    of_teams = _loads(placed, before.filter("placed"), "team").join(paces, on="team", how="left").join(trains, on="team", how="left")
    of_trains = _loads(planned.filter(pl.col("train").is_not_null()), before, "train").join(
        _of_trains(planned, paces), on="train", how="left"
    )
    late = _late_features(scene, spans)
    boxes = scene.boxes.intervals.with_row_index("interval").select("interval", "label", "phase")
    return (
        pl.concat([of_teams, of_trains], how="diagonal")
        .join(late, on=["train", "interval"], how="left")
        .with_columns(
            pl.when(pl.col("team").is_null()).then("planned_features"), pl.when(pl.col("team").is_null()).then("late_features_share")
        )
        .join(spans, on="interval", how="left")
        .join(boxes, on="interval", how="left")
        .select(
            pl.concat_str(
                pl.when(pl.col("team").is_null()).then(pl.lit("train|") + pl.col("train")).otherwise(pl.lit("team|") + pl.col("team")),
                "label",
                separator="|",
            ).alias("group"),
            "team",
            "train",
            pl.col("label").alias("interval"),
            pl.col("phase").alias("interval_phase"),
            *(fact.name for fact in FACTS[4:]),
            *(pl.col("doubtful").alias(f"unseen.{name}") for name in _UNSEEN),
        )
        .sort("group")
    )


def _spans(scene: Landscape) -> list[_Span]:
    """
    The current and the next interval.

    How many iterations one has follows from its days and the usual length of an iteration: several boards count each their own.
    """
    iterations = scene.boxes.iterations.with_columns(days=(pl.col("ends_on") - pl.col("starts_on")).dt.total_days() + 1)
    usual = iterations.filter(~pl.col("innovation"))["days"].drop_nulls().median()
    found = []
    ahead = scene.boxes.intervals.with_row_index("row").filter(pl.col("phase").is_in(_AHEAD)).sort("starts_on", "label")
    for row, starts_on, ends_on in ahead.select("row", "starts_on", "ends_on").rows():
        within = iterations.filter(pl.col("interval") == row)
        innovation = within.filter("innovation")["days"].max()
        of_work = within.filter(~pl.col("innovation"))
        days = (ends_on - starts_on).days + 1 - (innovation if isinstance(innovation, int) else 0)
        last = of_work.select(pl.col("starts_on").max().to_physical()).item() if of_work.height else None
        found.append(_Span(row, max(round(days / float(usual)), 1) if isinstance(usual, float) and usual else None, last))
    return found


def _planned(scene: Landscape, intervals: pl.Series) -> pl.DataFrame:
    """What counts as load: ``placed`` where it stands in an iteration of work; what is in one of innovation is none."""
    flags = scene.unseen.flags("points", "stage")
    innovation = looked_up("box", scene.boxes.iterations["innovation"])
    began = looked_up("interval_box", scene.boxes.intervals["starts_on"])
    return (
        scene.items.lazy()
        .with_columns(doubtful=pl.lit(value=False) if flags is None else flags)
        .filter(
            pl.col("interval_box").is_in(intervals.implode())
            & pl.col("kind").is_in([kind.value for kind in SIZED_KINDS])
            & (pl.col("stage") != Stage.CANCELLED.value)
            & ~innovation.fill_null(value=False)
        )
        .select(
            pl.col("team", "train", "key").cast(pl.String),
            pl.col("points").cast(pl.Float64),
            "uid",
            "doubtful",
            interval="interval_box",
            counts=pl.col("kind") != Kind.BUG.value,
            placed=pl.col("box").is_not_null(),
            created_late=pl.col("created_at").dt.date() > began + SETTLING,
        )
        .collect()
    )


def _before(scene: Landscape) -> pl.DataFrame:
    """
    What was planned when the intervals had settled, by the row of the ``interval``.

    Whose plan was not seen now has not been taken out of it.
    """
    committed = pl.DataFrame(schema=COMMITTED) if scene.committed is None else scene.committed
    boxes = scene.boxes.intervals.with_row_index("interval").select("interval", "label")
    flags = scene.unseen.flags("interval", "team", "train", "kind", "stage")
    hidden = scene.items["uid"].filter(flags) if flags is not None else pl.Series(dtype=pl.String)
    return committed.join(boxes, on="label").with_columns(hidden=pl.col("uid").is_in(hidden.implode()))


def _loads(planned: pl.DataFrame, before: pl.DataFrame, who: str) -> pl.DataFrame:
    keys = [who, "interval"]
    then = before.filter(pl.col(who).is_not_null())
    shown = pl.col("interval").is_in(before["interval"].unique().implode())
    planned = planned.join(then.select("uid", *keys, was=pl.lit(value=True)), on=["uid", *keys], how="left").with_columns(
        added=pl.col("counts") & pl.when(shown).then(pl.col("was").is_null()).otherwise(pl.col("created_late"))
    )
    removed = then.join(planned, on=["uid", *keys], how="anti").filter(~pl.col("hidden"))
    lists = {"contributors": planned, "added_items": planned.filter("added"), "removed_items": removed}
    loads = (
        planned.group_by(keys)
        .agg(
            planned_items=pl.len().cast(pl.Int32),
            planned_points=pl.col("points").sum(),
            unplaced_points=pl.col("points").filter(~pl.col("placed")).sum(),
            added_points=pl.col("points").filter("added").sum(),
            unestimated_share=(pl.col("points").is_null().mean() * 100).round(0),
            doubtful=pl.col("doubtful").any(),
        )
        .join(then.group_by(keys).agg(committed=pl.col("points").sum()), on=keys, how="left")
        .join(removed.group_by(keys).agg(removed=pl.col("points").sum()), on=keys, how="left")
    )
    for name, items in lists.items():
        heaviest = items.filter(pl.col("points") > 0).sort("points", "key", descending=[True, False])
        loads = loads.join(weighed(heaviest, keys, _SHOWN).rename({"said": name}), on=keys, how="left")
    kept = pl.col("planned_points") - pl.col("added_points")
    return loads.with_columns(
        pl.col("contributors", "added_items").fill_null(""),
        removed_items=pl.when(shown).then(pl.col("removed_items").fill_null("")),
        committed_points=pl.when(shown).then(pl.col("committed").fill_null(0)).otherwise(kept),
        removed_points=pl.when(shown).then(pl.col("removed").fill_null(0)),
        churned_points=pl.col("added_points") + pl.when(shown).then(pl.col("removed")).fill_null(0),
    )


def _paces(scene: Landscape) -> pl.DataFrame:
    """``team, velocity, ended_iterations, declared_velocity``."""
    found = velocities(scene).rename({"team_velocity": "velocity", "team_iterations": "ended_iterations"})
    return found.join(scene.declared_velocities, on="team", how="full", coalesce=True)


def _of_trains(planned: pl.DataFrame, paces: pl.DataFrame) -> pl.DataFrame:
    """The teams that have something planned, together; with one whose pace nobody knows, nobody knows that of the train."""
    teams = planned.select("train", "team").drop_nulls().unique().join(paces, on="team", how="left")
    pace = pl.coalesce("declared_velocity", "velocity")
    whole = pl.when(pl.col("pace").is_not_null().all())
    return (
        teams.with_columns(pace=pace, of=pl.when(pl.col("declared_velocity").is_null()).then("ended_iterations"))
        .group_by("train")
        .agg(
            velocity=whole.then(pl.col("pace").sum().round(1)),
            ended_iterations=pl.col("of").min(),
            declared_velocity=pl.when(pl.col("declared_velocity").is_not_null().all()).then(pl.col("declared_velocity").sum()),
        )
    )


def _late_features(scene: Landscape, spans: pl.DataFrame) -> pl.DataFrame:
    """``train, interval, planned_features, late_features_share``: a feature ends with the last of its children that is in an iteration."""
    starts_on = looked_up("box", scene.boxes.iterations["starts_on"]).to_physical()
    below = scene.items.lazy().filter(
        pl.col("node").is_not_null() & pl.col("box").is_not_null() & (pl.col("stage") != Stage.CANCELLED.value)
    )
    # Looked up before it is grouped: within each group that takes twenty times the memory.
    ends = below.select("node", begins=starts_on).group_by("node").agg(pl.col("begins").max()).collect()
    nothing = pl.repeat(None, len(scene.family.node_rows), dtype=pl.Int32, eager=True)
    of_node = nothing.scatter(ends["node"], ends["begins"].cast(pl.Int32))
    features = (
        scene.items.lazy()
        .filter((pl.col("kind") == Kind.FEATURE.value) & pl.col("train").is_not_null() & (pl.col("stage") != Stage.CANCELLED.value))
        .select(pl.col("train").cast(pl.String), interval="interval_box", begins=looked_up("self_node", of_node))
        .drop_nulls()
        .collect()
        .join(spans, on="interval", how="inner")
        .drop_nulls("last_begins")
    )
    return features.group_by("train", "interval").agg(
        planned_features=pl.len().cast(pl.Int32),
        late_features_share=((pl.col("begins") >= pl.col("last_begins")).mean() * 100).round(0),
    )
