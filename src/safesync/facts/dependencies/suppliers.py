"""What an item needs of others that is in no plan, or should have begun by now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import or_
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import SEMICOLONS, Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.telling import phrase
from safesync.facts.frame.timeboxes import PHASES
from safesync.facts.plan.standing import by_iteration
from safesync.model.item import Relation, Stage

_CANCELLED = "{key} is cancelled"
_ADRIFT = "{key} was planned for {plan}, which is over, and has not begun"
_NO_PLAN = "{key} is in no iteration or interval"
_NOBODYS = "{key} has neither a team nor an owner"
_NOT_BEGUN = "{key} is to end on {there} and has not begun, this item is to begin on {here}"
FACTS: tuple[Fact, ...] = (
    Fact(
        "unplanned_dependencies",
        FactType.NUMBER,
        Sort.LINKED,
        "Items it needs that are cancelled, or that have not begun and are in no plan that is still to come, or nobody's.",
        unit="items",
        needs=("links",),
    ),
    Fact(
        "unplanned_dependency",
        FactType.TEXT,
        Sort.LINKED,
        "At most three of these, and what is missing.",
        needs=("links",),
        phrases=(SEMICOLONS, _CANCELLED, _ADRIFT, _NO_PLAN, _NOBODYS),
    ),
    Fact(
        "unstarted_dependency_days",
        FactType.NUMBER,
        Sort.LINKED,
        "Days until it is planned to begin, where something that is to end before has not begun; empty elsewhere.",
        unit="days",
        needs=("links",),
    ),
    Fact(
        "unstarted_dependency", FactType.TEXT, Sort.LINKED, "Which item that is, and the two days.", needs=("links",), phrases=(_NOT_BEGUN,)
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(("unplanned_dependencies", "unplanned_dependency"), frozenset({"project", "owner", "due_on"})),
        **dict.fromkeys(("unstarted_dependency", "unstarted_dependency_days"), frozenset({"target_start"})),
    }
)
_UNPLANNED = frozenset({"unplanned_dependencies", "unplanned_dependency"})
_UNSTARTED = frozenset({"unstarted_dependency", "unstarted_dependency_days"})
_OF_SUPPLIERS = (
    *("key", "stage", "active", "kind", "tracker", "project", "team", "owner", "target_end", "due_on"),
    *("box", "interval_box"),
)
_SHOWN = 3
_PAST = "past"
_TIMEBOXES = (("box", "iteration_phase"), ("interval_box", "interval_phase"))


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """Of each item what is amiss with what it needs; looked at only when somebody asks."""
    found: dict[str, pl.Expr] = {}
    if not wanted.isdisjoint(_UNPLANNED):
        found |= _unplanned(scene)
    if not wanted.isdisjoint(_UNSTARTED):
        found |= _unstarted(scene)
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def _unplanned(scene: Landscape) -> dict[str, pl.Expr]:
    pairs = _pairs(scene)
    why, doubtful = _reasons(_suppliers(scene, pairs["target_row"]), scene.now.date())
    amiss = (
        pairs.with_columns(why.struct.unnest())
        .filter(pl.col("said").is_not_null())
        .sort("rank", "said")
        .group_by("row", maintain_order=True)
        .agg(count=pl.len().cast(pl.Int32), said=pl.col("said").head(_SHOWN).str.join("; "))
    )
    _note(scene, _UNPLANNED, pairs["row"].filter(doubtful), amiss["row"])
    place = scene.places(amiss["row"])
    return {
        "unplanned_dependencies": looked_up(place, amiss["count"]).fill_null(0),
        "unplanned_dependency": looked_up(place, amiss["said"]),
    }


def _suppliers(scene: Landscape, rows: pl.Series) -> pl.DataFrame:
    """Who is needed, once for each who needs it: where it stands, in which plan, whose it is, and what of that was not seen."""
    boxes, never = scene.boxes, pl.repeat(value=False, n=len(rows), eager=True)
    flags = (scene.unseen.flags(*names) for names in (("stage",), ("iteration", "own_interval"), ("team", "owner")))
    stage, plan, who = (never if each is None else each.gather(rows) for each in flags)
    return (
        scene.items.select(*_OF_SUPPLIERS)[rows]
        .with_columns(
            by_iteration=by_iteration(),
            iteration_phase=looked_up("box", boxes.iterations["phase"]),
            interval_phase=looked_up("interval_box", boxes.intervals["phase"]),
            plan_name=pl.coalesce(looked_up("box", boxes.iterations["name"]), looked_up("interval_box", boxes.intervals["label"])),
            stage_unseen=stage,
            plan_unseen=plan,
            who_unseen=who,
        )
        .join(_planners(scene), on=["tracker", "project", "team", "by_iteration"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("plans").fill_null(value=False))
    )


def _planners(scene: Landscape) -> pl.DataFrame:
    """Who plans by timeboxes at all: to be in none is no flaw for a team that pulls from a board."""
    planned = scene.items.lazy().filter(pl.col("box").is_not_null() | pl.col("interval_box").is_not_null())
    return planned.select("tracker", "project", "team", by_iteration=by_iteration(), plans=pl.lit(value=True)).unique().collect()


def _reasons(suppliers: pl.DataFrame, today: date) -> tuple[pl.Series, pl.Series]:
    """``rank, said`` of what is amiss with each, empty for the sound ones; and whether that depends on what was not seen."""
    waits = (pl.col("stage") < Stage.DONE.value) & ~pl.col("active")
    dated = (pl.max_horizontal("target_end", "due_on") >= today).fill_null(value=False)
    ahead = reduce(or_, (pl.col(box).is_not_null() & pl.col(phase).ne_missing(pl.lit(_PAST, dtype=PHASES)) for box, phase in _TIMEBOXES))
    adrift, boxed = waits & ~dated & ~ahead, pl.col("plan_name").is_not_null()
    nobodys = waits & pl.col("team").is_null() & pl.col("owner").is_null()
    name = pl.col("key").cast(pl.String)
    reasons = (
        (pl.col("stage") == Stage.CANCELLED.value, phrase(_CANCELLED, key=name)),
        (adrift & boxed & ~pl.col("plan_unseen"), phrase(_ADRIFT, key=name, plan="plan_name")),
        (adrift & ~boxed & pl.col("plans") & ~pl.col("plan_unseen"), phrase(_NO_PLAN, key=name)),
        (nobodys & ~pl.col("who_unseen"), phrase(_NOBODYS, key=name)),
    )
    told = suppliers.select(
        rank=pl.coalesce(pl.when(~pl.col("stage_unseen") & holds).then(rank) for rank, (holds, _) in enumerate(reasons)),
        said=pl.coalesce(pl.when(~pl.col("stage_unseen") & holds).then(text) for holds, text in reasons),
        doubtful=pl.col("stage_unseen") | (adrift & pl.col("plan_unseen")) | (nobodys & pl.col("who_unseen")),
    )
    return told.select(pl.struct("rank", "said")).to_series(), told["doubtful"]


def _unstarted(scene: Landscape) -> dict[str, pl.Expr]:
    """Only what is to end before the item begins: within one iteration nobody says who goes first."""
    boxes, flags = scene.boxes, scene.unseen.flags("stage")
    pairs = _pairs(scene)
    starts_on = _first("target_start", looked_up("box", boxes.iterations["starts_on"]), boxes.intervals["starts_on"])
    here = scene.items.select("target_start", "box", "interval_box")[pairs["row"]].select(pairs["row"], before=starts_on)
    there = scene.items.select("key", "stage", "target_end", "box", "interval_box")[pairs["target_row"]].select(
        "key",
        "stage",
        ends_on=_first("target_end", looked_up("box", boxes.iterations["ends_on"]), boxes.intervals["ends_on"]),
        stage_unseen=pl.lit(value=False) if flags is None else flags.gather(pairs["target_row"]),
    )
    there = pl.concat([there, here], how="horizontal")
    late = there.filter((pl.col("stage") < Stage.IN_PROGRESS.value) & (pl.col("ends_on") < pl.col("before")) & ~pl.col("stage_unseen"))
    told = late.sort("ends_on", "key").unique("row", keep="first", maintain_order=True)
    days = told.select((pl.col("before") - pl.lit(scene.now.date())).dt.total_days().cast(pl.Int32)).to_series()
    said = told.select(phrase(_NOT_BEGUN, key="key", there="ends_on", here="before")).to_series()
    _note(scene, _UNSTARTED, pairs["row"].filter(there["stage_unseen"]), told["row"])
    place = scene.places(told["row"])
    return {"unstarted_dependency_days": looked_up(place, days), "unstarted_dependency": looked_up(place, said)}


def _first(own: str, of_iteration: pl.Expr, of_intervals: pl.Series) -> pl.Expr:
    return pl.coalesce(own, of_iteration, looked_up("interval_box", of_intervals))


def _pairs(scene: Landscape) -> pl.DataFrame:
    """Who needs whom, of those that can be seen."""
    needs = (pl.col("relation") == Relation.DEPENDS_ON.value) & pl.col("target_row").is_not_null()
    return scene.links.filter(needs).select("row", "target_row")


def _note(scene: Landscape, names: frozenset[str], doubtful: pl.Series, told: pl.Series) -> None:
    """Unseen where something that is needed cannot be judged, unless something else is amiss for sure."""
    lost = scene.links.filter((pl.col("relation") == Relation.DEPENDS_ON.value) & pl.col("target_row").is_null())["row"]
    for name in names:
        known = scene.unseen.flags(name)
        flags = pl.repeat(value=False, n=scene.items.height, eager=True) if known is None else known
        flags = flags.scatter(lost, values=True).scatter(doubtful, values=True).scatter(told, values=False)
        scene.unseen.note(name, flags)
