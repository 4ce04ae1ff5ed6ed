"""Whether an obligation will be met in time: its day, the plan, and what the pace of the teams says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.governance.obligations import WORK, below, doubtful_above, from_above
from safesync.model.item import Relation, Stage

FACTS: tuple[Fact, ...] = (
    Fact(
        "obligation_due",
        FactType.TEXT,
        Sort.LINKED,
        "Its due day, else that of the requirement it is linked to, else that of the nearest thing above it.",
        needs=("due_on", "links"),
    ),
    Fact("days_to_due", FactType.NUMBER, Sort.FLOWING, "Days until then; negative afterwards.", unit="days", needs=("due_on", "links")),
    Fact(
        "days_plan_after_due",
        FactType.NUMBER,
        Sort.LINKED,
        "By how many days the last thing in it is planned to end after its due day: itself, or open work below it; negative before, "
        "empty when nothing is planned.",
        unit="days",
        needs=("due_on", "target_end", "iteration", "interval", "links"),
    ),
    Fact(
        "obligation_plan_end",
        FactType.TEXT,
        Sort.LINKED,
        "The last day on which it, or open work below it, is planned to end.",
        needs=("due_on", "target_end", "iteration", "interval", "links"),
    ),
    Fact("open_points_below", FactType.NUMBER, Sort.LINKED, "Points of open work below it.", unit="story points"),
    Fact(
        "finish_days",
        FactType.NUMBER,
        Sort.FLOWING,
        "Days that the slowest team would need for its open work below, at the pace of a slow iteration (the 15th percentile of its "
        "last six) and with nothing else to do; empty with fewer than three iterations to look at.",
        unit="days",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    dict.fromkeys(("obligation_due", "days_to_due", "days_plan_after_due", "obligation_plan_end"), frozenset({"due_on"}))
)
_SLOW = 0.15
_FEWEST, _MOST = 3, 6
"""How many finished iterations a pace is taken from."""
_OF_DUE = ("obligation_due", "days_to_due", "days_plan_after_due", "obligation_plan_end")


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What is asked for."""
    found: dict[str, pl.Expr] = {}
    if wanted.isdisjoint(fact.name for fact in FACTS):
        return ()
    pairs = below(scene, _open_work(scene))
    if not wanted.isdisjoint(_OF_DUE):
        found |= _of_due(scene, pairs)
    if not wanted.isdisjoint(("open_points_below", "finish_days")):
        found |= _of_pace(scene, pairs)
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def _of_due(scene: Landscape, pairs: pl.DataFrame) -> dict[str, pl.Expr]:
    due = _due(scene)
    undated = _undated(scene, due)
    ends = _ends(scene)
    unplanned = _unplanned(scene, ends, pairs)
    for name in ("obligation_due", "days_to_due"):
        scene.unseen.note(name, undated)
    scene.unseen.note("obligation_plan_end", unplanned)
    scene.unseen.note("days_plan_after_due", undated | unplanned)
    day, plan = scene.of_all(due), scene.of_all(_latest(scene, ends, pairs))
    return {
        "obligation_due": day.dt.strftime("%Y-%m-%d"),
        "days_to_due": _days(day - pl.lit(scene.now.date())),
        "days_plan_after_due": _days(plan - day),
        "obligation_plan_end": plan.dt.strftime("%Y-%m-%d"),
    }


def _days(span: pl.Expr) -> pl.Expr:
    return span.dt.total_days().cast(pl.Int32)


def _due(scene: Landscape) -> pl.Series:
    """The due day of every row."""
    items = scene.items
    if "due_on" not in items.columns:
        return pl.repeat(None, items.height, dtype=pl.Date, eager=True)
    links = scene.links.filter((pl.col("relation") == Relation.SATISFIES.value) & pl.col("target_row").is_not_null())
    of_requirement = (
        links.select("row", due=items["due_on"].gather(links["target_row"])).drop_nulls().group_by("row").agg(pl.col("due").min())
    )
    none = pl.repeat(None, items.height, dtype=pl.Date, eager=True)
    linked = none.scatter(of_requirement["row"], of_requirement["due"])
    own = items.select("node", due=pl.coalesce("due_on", pl.lit(linked)))
    above = from_above(scene.family, own.select("due"))["due"]
    return own.select(pl.coalesce("due", looked_up("node", above)).alias("due"))["due"]


def _undated(scene: Landscape, due: pl.Series) -> pl.Series:
    """The rows without a day whose own, or that of something above them, may not have been seen."""
    hidden, flags = scene.items["hidden"], scene.unseen.flags("due_on")
    own = hidden if flags is None else hidden | flags
    above = from_above(scene.family, own.alias("doubt").to_frame())["doubt"]
    doubt = scene.items.select(looked_up("node", above).fill_null(value=False).alias("doubt"))["doubt"] | own
    return due.is_null() & doubt


def _ends(scene: Landscape) -> pl.Series:
    """When every row itself is planned to end; a target that is its due day is the promise once more (often one field), and no plan."""
    boxes = scene.boxes
    iteration, interval = looked_up("box", boxes.iterations["ends_on"]), looked_up("interval_box", boxes.intervals["ends_on"])
    target = pl.col("target_end")
    if "due_on" in scene.items.columns:
        target = pl.when(target.ne_missing(pl.col("due_on"))).then(target)
    return scene.items.select(pl.coalesce(target, iteration, interval).alias("end"))["end"]


def _unplanned(scene: Landscape, ends: pl.Series, pairs: pl.DataFrame) -> pl.Series:
    """The rows without a planned end, or above one without, where a plan may not have been seen."""
    flags = scene.unseen.flags("target_end", "iteration", "own_interval")
    own = pl.repeat(value=False, n=len(ends), eager=True) if flags is None else flags & ends.is_null()
    above = doubtful_above(scene, pairs, own)
    return own if above is None else own | above


def _latest(scene: Landscape, ends: pl.Series, pairs: pl.DataFrame) -> pl.Series:
    """When the last thing in every row is planned to end: the row itself, or open work below it."""
    latest = pairs.select("node", end=ends.gather(pairs["row"])).drop_nulls().group_by("node").agg(pl.col("end").max())
    none = pl.repeat(None, len(ends), dtype=pl.Date, eager=True)
    of_work = none.scatter(scene.family.node_rows.gather(latest["node"]), latest["end"])
    return pl.select(pl.max_horizontal(pl.lit(ends), pl.lit(of_work))).to_series()


def _open_work(scene: Landscape) -> pl.Series:
    above = scene.of_parent(scene.items["kind"])
    counts = pl.col("open").fill_null(value=False) & pl.col("kind").is_in(WORK) & ~above.is_in(WORK).fill_null(value=False)
    return scene.items.lazy().filter(counts).select("row").collect()["row"]


def _of_pace(scene: Landscape, pairs: pl.DataFrame) -> dict[str, pl.Expr]:
    team, points = scene.items["team"].cast(pl.Categorical), scene.items["points"]
    each = pairs.select("node", team=team.gather(pairs["row"]), points=points.gather(pairs["row"]))
    of_teams = each.lazy().group_by("node", "team").agg(pl.col("points").cast(pl.Float64).sum()).collect()
    totals = of_teams.group_by("node").agg(open_points_below=pl.col("points").sum())
    days = of_teams.join(_paces(scene), on="team").select("node", days=pl.col("points") / pl.col("points_a_day"))
    slowest = days.group_by("node").agg(finish_days=pl.col("days").max().ceil())
    doubtful = doubtful_above(scene, pairs, scene.unseen.flags("points"))
    for name in ("open_points_below", "finish_days"):
        scene.unseen.note(name, doubtful)
    return {
        "open_points_below": scene.of_nodes(totals["node"], totals["open_points_below"]).fill_null(0),
        "finish_days": scene.of_nodes(slowest["node"], slowest["finish_days"]),
    }


def _paces(scene: Landscape) -> pl.DataFrame:
    """``team, points_a_day`` in a slow one of a team's last iterations, of teams of which enough are over."""
    boxes = scene.boxes.iterations.with_row_index("box")
    over = boxes.filter(pl.col("ends_on") < scene.now.date()).select(pl.col("box").cast(scene.items.schema["box"]), "ends_on")
    done = (pl.col("stage") == Stage.DONE.value) & pl.col("kind").is_in(WORK) & pl.col("team").is_not_null()
    finished = (
        scene.items.lazy()
        .filter(done & pl.col("box").is_in(over["box"].implode()))
        .group_by("team", "box")
        .agg(pl.col("points").cast(pl.Float64).fill_null(0).sum())
        .collect()
        .join(over, on="box")
        .group_by(pl.col("team").cast(pl.Categorical), "ends_on")
        .agg(pl.col("points").sum())
        .sort("team", "ends_on", descending=[False, True])
        .group_by("team", maintain_order=True)
        .agg(pl.col("points").head(_MOST), pl.col("ends_on").head(_MOST))
        .filter(pl.col("points").list.len() >= _FEWEST)
    )
    length = pl.col("ends_on").list.eval(-pl.element().diff().dt.total_days()).list.median()
    slow = pl.col("points").list.eval(pl.element().quantile(_SLOW, "linear")).list.first()
    return finished.select("team", points_a_day=slow / length).filter(pl.col("points_a_day") > 0)
