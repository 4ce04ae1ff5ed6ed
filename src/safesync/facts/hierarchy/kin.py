"""What the parent of an item is like, and what its children add up to: for rules that compare the two."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import column_type
from safesync.facts.frame.landscape import Landscape, looked_up, of_every_node
from safesync.facts.item.measured import MEASURED
from safesync.model.item import Gate, Kind, Stage, WorkClass

_LINKS = ("links",)
FACTS: tuple[Fact, ...] = (
    Fact("parent_stage", FactType.TEXT, Sort.LINKED, "How far its parent is.", vocabulary=tuple(Stage), ordered=True, needs=_LINKS),
    Fact("parent_gate", FactType.TEXT, Sort.LINKED, "The gate of its parent.", vocabulary=tuple(Gate), ordered=True, needs=_LINKS),
    Fact("parent_points", FactType.NUMBER, Sort.LINKED, "Estimate of its parent.", unit="story points", needs=_LINKS),
    Fact("parent_owner", FactType.TEXT, Sort.LINKED, "Who answers for its parent.", needs=_LINKS),
    Fact("parent_team", FactType.TEXT, Sort.LINKED, "The team of its parent.", needs=_LINKS),
    Fact("parent_interval", FactType.TEXT, Sort.LINKED, "The planning interval of its parent.", needs=_LINKS),
    Fact("parent_work_class", FactType.TEXT, Sort.LINKED, "The work class of its parent.", vocabulary=tuple(WorkClass), needs=_LINKS),
    Fact("parent_target_end", FactType.DATE, Sort.LINKED, "Planned last day of its parent.", needs=_LINKS),
    Fact("parent_blocked", FactType.TRUTH, Sort.LINKED, "Whether its parent is flagged as blocked.", needs=_LINKS),
    Fact("children_points", FactType.NUMBER, Sort.LINKED, "Sum of its children's points, cancelled ones left out.", unit="story points"),
    Fact("open_children_points", FactType.NUMBER, Sort.LINKED, "Sum of its open children's points.", unit="story points"),
    Fact("unestimated_children", FactType.NUMBER, Sort.LINKED, "Open children without an estimate, tasks left out.", unit="items"),
)
_OWN = MappingProxyType({fact.name: fact.name.removeprefix("parent_") for fact in FACTS if fact.name.startswith("parent_")})
"""Facts of the parent, and the parent's own fact that each of them is."""
_SUMS = frozenset({"children_points", "open_children_points", "unestimated_children"})
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({"parent_owner": frozenset({"owner"}), "parent_blocked": frozenset({"blocked"})})
_TYPES = MappingProxyType({fact.name: column_type(fact) for fact in MEASURED})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What is looked up at the parent, and what the children are added up to."""
    found = {name: _of_parent(scene, own) for name, own in _OWN.items() if name in wanted}
    for name in found:
        scene.unseen.note(name, _parent_unseen(scene, name))
    if not wanted.isdisjoint(_SUMS):
        sums = _sums(scene)
        for name in _SUMS & wanted:
            found[name] = of_every_node(sums[name]).fill_null(0)
            scene.unseen.note(name, _children_unseen(scene))
    return tuple(column.alias(name) for name, column in found.items())


def _of_parent(scene: Landscape, own: str) -> pl.Expr:
    if own == "interval":
        return looked_up(scene.of_parent(scene.items["interval_box"]), scene.boxes.intervals["label"])
    if own not in scene.items.columns:  # nobody loaded it, so it is empty for every item
        return pl.lit(None, dtype=_TYPES[own])
    return scene.of_parent(scene.items[own])


def _parent_unseen(scene: Landscape, name: str) -> pl.Series | None:
    """Where the parent itself cannot be seen, or its fact cannot."""
    own = scene.unseen.flags(_OWN[name])
    flags = [
        scene.unseen.flags("parent_kind"),
        None if own is None else scene.items.select(scene.of_parent(own).fill_null(value=False)).to_series(),
    ]
    known = [each for each in flags if each is not None]
    return reduce(or_, known) if known else None


def _sums(scene: Landscape) -> pl.DataFrame:
    """One row a node."""
    children = scene.items.select("node", "stage", "kind", points=pl.col("points").cast(pl.Float64)).filter(pl.col("node").is_not_null())
    is_open = pl.col("stage") < Stage.DONE.value
    summed = children.group_by("node").agg(
        children_points=pl.col("points").filter(pl.col("stage") != Stage.CANCELLED.value).sum(),
        open_children_points=pl.col("points").filter(is_open).sum(),
        unestimated_children=(is_open & pl.col("points").is_null() & (pl.col("kind") != Kind.TASK.value)).sum().cast(pl.Int32),
    )
    nodes = pl.DataFrame({"node": pl.arange(len(scene.family.node_rows), dtype=pl.UInt32, eager=True)})
    return nodes.join(summed, on="node", how="left", maintain_order="left")


def _children_unseen(scene: Landscape) -> pl.Series | None:
    """The items of which a child has its estimate or its stage unseen."""
    flags = scene.unseen.flags("points", "stage")
    if flags is None:
        return None
    nodes = scene.family.of_item.filter(flags).drop_nulls().unique()
    return scene.family.self_node.is_in(nodes.implode()).fill_null(value=False)
