"""Where an item stands in the plan: its timeboxes, its train, and how near it is to being worked on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import mapped, narrowed, words
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.facts.frame.timeboxes import Timeboxes
from safesync.facts.frame.unseen import Unseen, where
from safesync.model.item import Gate, Kind, Stage
from safesync.model.organisation import Organisation, Team

FACTS: tuple[Fact, ...] = (
    Fact(
        "gate",
        FactType.TEXT,
        Sort.FLOWING,
        "How near it is to being worked on.",
        vocabulary=tuple(Gate),
        ordered=True,
        needs=("stage", "iteration", "interval"),
    ),
    Fact("open", FactType.TRUTH, Sort.MEASURED, "Neither done nor cancelled.", needs=("stage",)),
    Fact("active", FactType.TRUTH, Sort.MEASURED, "In progress or validating.", needs=("stage",)),
    Fact("train", FactType.TEXT, Sort.LINKED, "Its train: its own, else that of its team.", needs=("train", "team")),
    Fact(
        "interval",
        FactType.TEXT,
        Sort.LINKED,
        "Its planning interval: its own, else that of its iteration.",
        needs=("interval", "iteration"),
    ),
    Fact("iteration_name", FactType.TEXT, Sort.FLOWING, "Name of its iteration.", needs=("iteration",)),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})
BY_ITERATION = (Kind.STORY, Kind.BUG, Kind.SPIKE, Kind.TASK, Kind.TEST)
"""Kinds that teams plan by iterations; all others are planned by intervals."""
_GATE = next(fact for fact in FACTS if fact.name == "gate")


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The names of an item's timeboxes; its gate, its train and whether it is open are columns already."""
    named = {
        "iteration_name": looked_up("box", scene.boxes.iterations["name"]),
        "interval": looked_up("interval_box", scene.boxes.intervals["label"]),
    }
    return tuple(column.alias(name) for name, column in named.items() if name in wanted)


def planned(items: pl.DataFrame, boxes: Timeboxes, teams: Sequence[Team], organisation: Organisation, unseen: Unseen) -> pl.DataFrame:
    """Adds the rows of iteration and interval, the train, the gate and whether work is open or active."""
    iteration = _row_of(items["iteration"], boxes.iterations["uid"])
    interval = pl.coalesce(_row_of(items["own_interval"], boxes.intervals["label"]), looked_up("box", boxes.iterations["interval"]))
    trains = {team.name: team.train for team in (*teams, *organisation.teams) if team.train}
    trains |= {team: train.name for train in organisation.trains for team in train.teams}
    train = pl.coalesce(pl.col("own_train").cast(pl.Categorical), mapped(items["team"], trains, pl.Categorical()))
    items = items.with_columns(narrowed(items.select(train=train))["train"], box=iteration).with_columns(interval_box=interval)
    phases = looked_up("box", boxes.iterations["phase"]), looked_up("interval_box", boxes.intervals["phase"])
    items = items.with_columns(
        gate=gate(*phases),
        open=pl.col("stage") < Stage.DONE.value,
        active=pl.col("stage").is_in([Stage.IN_PROGRESS.value, Stage.VALIDATING.value]),
    )
    for name in ("open", "active"):
        unseen.note(name, unseen.flags("stage"))
    unseen.note("iteration_name", unseen.flags("iteration"))
    unseen.note("train", where(items["train"].is_null(), unseen.flags("own_train", "team")))
    unseen.note("interval", where(items["interval_box"].is_null(), unseen.flags("own_interval", "iteration")))
    unseen.note("gate", _gate_unseen(items, phases[0], unseen))
    return items


def gate(iteration_phase: pl.Expr, interval_phase: pl.Expr) -> pl.Expr:
    """
    How near an item is to being worked on.

    A story counts by its iteration, and by its interval when it has none or only one that is over; features and above
    count by the interval. Whatever the plan says, work that has begun is active.
    """
    stage, planned = pl.col("stage"), plan_phase(iteration_phase, interval_phase)
    literal = {each: pl.lit(each.value, dtype=words(_GATE)) for each in Gate}
    return (
        pl.when(stage >= Stage.DONE.value)
        .then(literal[Gate.DONE])
        .when(stage >= Stage.IN_PROGRESS.value)
        .then(literal[Gate.ACTIVE])
        .when(planned == "current")
        .then(literal[Gate.CURRENT])
        .when(planned == "next")
        .then(literal[Gate.NEXT])
        .when(stage == Stage.READY.value)
        .then(literal[Gate.READY])
        .otherwise(literal[Gate.BACKLOG])
    )


def plan_phase(iteration_phase: pl.Expr, interval_phase: pl.Expr) -> pl.Expr:
    """Where the timebox that an item is planned in stands."""
    counts = by_iteration() & iteration_phase.is_not_null() & (iteration_phase != "past")
    return pl.when(counts).then(iteration_phase).otherwise(interval_phase)


def by_iteration() -> pl.Expr:
    """Whether an item is of a kind that is planned by iterations."""
    return pl.col("kind").is_in([kind.value for kind in BY_ITERATION])


def _gate_unseen(items: pl.DataFrame, iteration_phase: pl.Expr, unseen: Unseen) -> pl.Series | None:
    """Where a plan that was not seen could bring the item nearer: never once work has begun, nor what is current already."""
    kind, stage, interval = (unseen.flags(name) for name in ("kind", "stage", "interval"))
    iteration = unseen.flags("iteration")
    if kind is None and stage is None and interval is None and iteration is None:
        return None
    told = items.select(
        early=pl.col("gate") < Gate.CURRENT.value,
        by_iteration=by_iteration(),
        settled=(iteration_phase != "past").fill_null(value=False),
    )
    none = pl.repeat(value=False, n=items.height, eager=True)
    iteration, interval, kind = (none if each is None else each for each in (iteration, interval, kind))
    plan = (told["by_iteration"] & (iteration | (interval & ~told["settled"]))) | (~told["by_iteration"] & interval)
    late = told["early"] & (plan | (kind & (iteration | interval)))
    return late if stage is None else late | stage


def _row_of(texts: pl.Series, among: pl.Series) -> pl.Series:
    """The row that holds each text."""
    return mapped(texts, {text: row for row, text in enumerate(among.to_list())}, pl.UInt32())
