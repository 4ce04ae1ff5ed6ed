"""Hierarchies and dependencies that lead back to where they began; each is told once, on one item of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from safesync.facts.dependencies.graph import Knot, knots, reaching
from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, looked_up
from safesync.model.item import Kind, Relation

_STEPS, _LEFT_OUT, _BELOW = "{one} → {more}", "{count} more", "{child} below {parent}"
FACTS: tuple[Fact, ...] = (
    Fact(
        "hierarchy_cycle",
        FactType.TEXT,
        Sort.LINKED,
        "Keys along a cycle of parents, on the first open item of it alone; empty elsewhere.",
        needs=("links",),
        phrases=(_STEPS, _LEFT_OUT),
    ),
    Fact(
        "hierarchy_cycle_items", FactType.NUMBER, Sort.LINKED, "Items that stand above themselves with it.", unit="items", needs=("links",)
    ),
    Fact(
        "hierarchy_cycle_weakest",
        FactType.TEXT,
        Sort.LINKED,
        "The child and the parent in that cycle whose kinds fit least.",
        needs=("links",),
        phrases=(_BELOW,),
    ),
    Fact(
        "dependency_cycle",
        FactType.TEXT,
        Sort.LINKED,
        "Keys along a cycle of open items that need each other, on the first of them alone; empty elsewhere.",
        needs=("links",),
        phrases=(_STEPS, _LEFT_OUT),
    ),
    Fact("dependency_cycle_items", FactType.NUMBER, Sort.LINKED, "Items that wait for each other there.", unit="items", needs=("links",)),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})
_OF_HIERARCHY, _OF_DEPENDENCIES = (
    frozenset(fact.name for fact in FACTS if fact.name.startswith(start)) for start in ("hierarchy_", "dependency_")
)
_LEVELS = {
    **dict.fromkeys((Kind.THEME, Kind.OBJECTIVE, Kind.KEY_RESULT), 6),
    Kind.EPIC: 5,
    Kind.CAPABILITY: 4,
    Kind.FEATURE: 3,
    **dict.fromkeys((Kind.STORY, Kind.SPIKE, Kind.BUG, Kind.IMPROVEMENT), 2),
    Kind.TASK: 1,
}
"""How high each kind stands; the others stand nowhere."""
_SHOWN = 8
"""How many keys of a cycle are told."""


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """The cycles of parents, and those of dependencies; each only when somebody asks for it."""
    found: dict[str, pl.Expr] = {}
    if not wanted.isdisjoint(_OF_HIERARCHY):
        found |= _of_hierarchy(scene)
    if not wanted.isdisjoint(_OF_DEPENDENCIES):
        found |= _of_dependencies(scene)
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def _natural(key: str) -> tuple[tuple[int, int, str], ...]:
    """By which keys are ordered as people count: PAY-9 before PAY-10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"([0-9]+)", key) if part)


def _of_hierarchy(scene: Landscape) -> dict[str, pl.Expr]:
    edges = _edges(scene, Relation.PARENT)
    above = scene.items.select(pl.col("hidden") | looked_up("node", scene.above["hidden"]).fill_null(value=False)).to_series()
    for name in _OF_HIERARCHY:
        scene.unseen.note(name, above)
    told = _told(scene, knots(edges, scene.items.height))
    weakest = [_weakest(each) for each in told]
    return _columns(scene, "hierarchy_cycle", told) | {
        "hierarchy_cycle_weakest": scene.at(_rows(told), pl.Series(weakest, dtype=pl.String)),
    }


def _of_dependencies(scene: Landscape) -> dict[str, pl.Expr]:
    """Of open items alone; what cannot be seen may lead on to anywhere, so whoever leads there is not known to be free of a cycle."""
    links = scene.links.filter(pl.col("relation") == Relation.DEPENDS_ON.value)
    lost = links.filter(pl.col("target_row").is_null())["row"]
    flags = scene.unseen.flags("dependency_cycle", "stage")
    hidden = (pl.repeat(value=False, n=scene.items.height, eager=True) if flags is None else flags).scatter(lost, values=True)
    at_work = scene.items["open"].fill_null(value=False)
    edges = _edges(scene, Relation.DEPENDS_ON)
    edges = edges.filter(at_work.gather(edges["row"]) & at_work.gather(edges["target_row"]))
    doubtful = reaching(edges, hidden)
    for name in _OF_DEPENDENCIES:
        scene.unseen.note(name, doubtful)
    return _columns(scene, "dependency_cycle", _told(scene, knots(edges, scene.items.height)))


def _edges(scene: Landscape, relation: Relation) -> pl.DataFrame:
    return scene.links.filter((pl.col("relation") == relation.value) & pl.col("target_row").is_not_null())


@dataclass(frozen=True, slots=True)
class _Told:
    """A knot as it is told: on its first open item, along a shortest cycle from there."""

    row: int
    items: int
    keys: tuple[str, ...]
    kinds: tuple[Kind, ...]

    @property
    def text(self) -> str:
        """The way round, from the item back to it."""
        left_out = len(self.keys) - _SHOWN
        shown = (*self.keys[:_SHOWN], _LEFT_OUT.format(count=left_out)) if left_out > 0 else self.keys
        return " → ".join((*shown, self.keys[0]))


def _of_knot(knot: Knot, names: Mapping[int, tuple[str, Kind, bool]]) -> _Told:
    """``names`` has for each row ``tracker:KEY``, the kind, and whether it is open."""
    ordered = sorted(knot.nodes, key=lambda node: _natural(names[node][0]))
    first = next((node for node in ordered if names[node][2]), ordered[0])
    path = knot.shortest_cycle(first, {node: rank for rank, node in enumerate(ordered)})
    keys = tuple(names[node][0].partition(":")[2] for node in path)
    return _Told(first, len(ordered), keys, tuple(names[node][1] for node in path))


def _told(scene: Landscape, found: Sequence[Knot]) -> list[_Told]:
    rows = pl.Series([node for knot in found for node in knot.nodes], dtype=pl.UInt32)
    at = scene.items.select("row", "tracker", "key", "kind", "open")[rows]
    items = at.select("row", pl.concat_str("tracker", pl.lit(":"), "key"), "kind", "open")
    names = {row: (name, Kind(kind or Kind.OTHER), bool(at_work)) for row, name, kind, at_work in items.rows()}
    return [_of_knot(knot, names) for knot in found]


def _columns(scene: Landscape, name: str, told: Sequence[_Told]) -> dict[str, pl.Expr]:
    place = scene.places(_rows(told))
    return {
        name: looked_up(place, pl.Series([each.text for each in told], dtype=pl.String)),
        f"{name}_items": looked_up(place, pl.Series([each.items for each in told], dtype=pl.Float64)),
    }


def _rows(told: Sequence[_Told]) -> pl.Series:
    return pl.Series([each.row for each in told], dtype=pl.UInt32)


def _weakest(told: _Told) -> str:
    """The step at which a child stands highest over its parent; of equal ones the last, which closes the circle."""
    steps = list(zip(told.keys, told.kinds, [*told.keys[1:], told.keys[0]], [*told.kinds[1:], told.kinds[0]], strict=True))
    child, _, parent, _ = max(reversed(steps), key=lambda step: _LEVELS.get(step[1], 0) - _LEVELS.get(step[3], 0))
    return _BELOW.format(child=child, parent=parent)
