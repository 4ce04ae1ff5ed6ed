"""How far what stands below an item is: what began, what was finished, and when."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.flow.clock import days_since, working_days_since
from safesync.facts.frame.landscape import Landscape
from safesync.facts.frame.telling import told
from safesync.facts.frame.unseen import where
from safesync.model.item import Kind, Stage

FACTS: tuple[Fact, ...] = (
    Fact(
        "done_children",
        FactType.NUMBER,
        Sort.LINKED,
        "Children that deliver and are done: no spikes, bugs, risks and tests, nothing cancelled.",
        unit="items",
    ),
    Fact(
        "working_days_since_children_ended",
        FactType.NUMBER,
        Sort.LINKED,
        "Monday-to-Friday days since the last of its children was done or cancelled.",
        unit="working days",
    ),
    Fact(
        "working_days_of_silence",
        FactType.NUMBER,
        Sort.FLOWING,
        "Monday-to-Friday days since a person last changed it or one of its children.",
        unit="working days",
        needs=("last_human_change_at", "links"),
    ),
    Fact("active_children", FactType.NUMBER, Sort.LINKED, "Children that deliver and are in progress or validating.", unit="items"),
    Fact("active_children_keys", FactType.TEXT, Sort.LINKED, "Their keys, at most five, those first that began first."),
    Fact("days_since_child_began", FactType.NUMBER, Sort.LINKED, "Days since work on the first of these began.", unit="days"),
)
_ENDED, _BEGUN = frozenset({"stage_entered_at"}), frozenset({"active_since", "enabler_kind"})
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "working_days_since_children_ended": _ENDED,
        "working_days_of_silence": frozenset({"human_change_at"}),
        **dict.fromkeys(("active_children", "active_children_keys", "days_since_child_began"), _BEGUN),
    }
)
_OF_ACTIVE = frozenset({"active_children", "active_children_keys", "days_since_child_began"})
_DELIVERING = tuple(
    kind.value for kind in (Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE, Kind.STORY, Kind.TASK, Kind.REQUIREMENT, Kind.IMPROVEMENT)
)
_KEYS_SHOWN = 5


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What is counted below, each only when somebody asks for it."""
    found: dict[str, pl.Expr] = {}
    if "done_children" in wanted:
        done = _done(scene)
        found["done_children"] = scene.of_nodes(done["node"], done["done_children"]).fill_null(0)
        scene.unseen.note("done_children", _of_children(scene, "stage"))
    if "working_days_since_children_ended" in wanted:
        ended = _ended(scene)
        found["working_days_since_children_ended"] = scene.of_nodes(ended["node"], ended["days"])
        scene.unseen.note("working_days_since_children_ended", _of_children(scene, "stage", "stage_entered_at"))
    if "working_days_of_silence" in wanted:
        touched = _touched(scene)
        own = working_days_since("human_change_at", scene.now.date())
        found["working_days_of_silence"] = pl.min_horizontal(own, scene.of_nodes(touched["node"], touched["days"]))
        flags = [each for each in (scene.unseen.flags("human_change_at"), _of_children(scene, "human_change_at")) if each is not None]
        scene.unseen.note("working_days_of_silence", reduce(or_, flags) if flags else None)
    if not wanted.isdisjoint(_OF_ACTIVE):
        active = _active(scene)
        found["active_children"] = scene.of_nodes(active["node"], active["active_children"]).fill_null(0)
        found["active_children_keys"] = told("self_node", lambda nodes: _active_keys(scene, nodes))
        found["days_since_child_began"] = scene.of_nodes(active["node"], active["days_since_child_began"])
        for name in _OF_ACTIVE:
            scene.unseen.note(name, _of_children(scene, "stage", *(["active_since"] if name == "days_since_child_began" else [])))
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def _done(scene: Landscape) -> pl.DataFrame:
    done = (pl.col("stage") == Stage.DONE.value) & pl.col("kind").is_in(_DELIVERING)
    return (
        scene.items.lazy().filter(done & pl.col("node").is_not_null()).group_by("node").agg(done_children=pl.len().cast(pl.Int32)).collect()
    )


def _ended(scene: Landscape) -> pl.DataFrame:
    over = (pl.col("stage") >= Stage.DONE.value) & pl.col("node").is_not_null()
    last = scene.items.lazy().filter(over).group_by("node").agg(pl.col("stage_entered_at").max())
    return last.select("node", days=working_days_since("stage_entered_at", scene.now.date())).collect()


def _touched(scene: Landscape) -> pl.DataFrame:
    newest = scene.items.lazy().filter(pl.col("node").is_not_null()).group_by("node").agg(pl.col("human_change_at").max())
    return newest.select("node", days=working_days_since("human_change_at", scene.now.date())).collect()


def _begun(scene: Landscape) -> pl.LazyFrame:
    """Exploring is done before anybody decides to begin, so it is no sign that the item itself has begun."""
    explores = (pl.col("enabler_kind") == "exploration").fill_null(value=False)
    return scene.items.lazy().filter(pl.col("active") & pl.col("node").is_not_null() & pl.col("kind").is_in(_DELIVERING) & ~explores)


def _active(scene: Landscape) -> pl.DataFrame:
    of_nodes = _begun(scene).group_by("node").agg(active_children=pl.len().cast(pl.Int32), active_since=pl.col("active_since").min())
    return of_nodes.with_columns(days_since_child_began=days_since("active_since", scene.now)).collect()


def _active_keys(scene: Landscape, nodes: pl.Series) -> pl.DataFrame:
    return (
        _begun(scene)
        .filter(pl.col("node").is_in(nodes.implode()))
        .sort("active_since", "key", nulls_last=True)
        .group_by(self_node="node", maintain_order=True)
        .agg(said=pl.col("key").head(_KEYS_SHOWN).str.join(", "))
        .collect()
    )


def _of_children(scene: Landscape, *facts: str) -> pl.Series | None:
    """The items of which some child has one of these facts unseen."""
    flags = scene.unseen.flags(*facts)
    if flags is None:
        return None
    nodes = scene.family.of_item.filter(flags).drop_nulls().unique()
    return where(scene.family.self_node.is_not_null(), scene.family.self_node.is_in(nodes.implode()).fill_null(value=False))
