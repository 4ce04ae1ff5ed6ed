"""
Cycles in a graph whose nodes are rows: in columns as far as that goes, node by node for the few that are left.

A node on a cycle has an edge that comes and one that goes. So edges that come from nowhere or lead nowhere are taken away, round by
round; of a million links of a healthy backlog nothing remains after as many rounds as it has levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

_WORTH_A_ROUND = 0.05
"""Share of the edges that a round must take away for another one to follow: a long chain loses one at each end."""


@dataclass(frozen=True, slots=True)
class Knot:
    """Nodes that all lead to each other, so that each of them lies on a cycle; a single node leads to itself."""

    out: Mapping[int, Sequence[int]]
    """Node -> where its edges within the knot lead."""

    @property
    def nodes(self) -> tuple[int, ...]:
        """Its nodes, in order."""
        return tuple(sorted(self.out))

    def shortest_cycle(self, start: int, rank: Mapping[int, int]) -> tuple[int, ...]:
        """A shortest cycle from one of its nodes back to it, the node itself once; of several the one through the lowest ranks."""
        before: dict[int, int] = {}
        layer = [start]
        while True:
            further: list[int] = []
            for node in layer:
                for target in sorted(self.out[node], key=rank.__getitem__):
                    if target == start:
                        return _traced(node, start, before)
                    if target not in before:
                        before[target] = node
                        further.append(target)
            layer = further


def knots(edges: pl.DataFrame, rows: int) -> tuple[Knot, ...]:
    """The knots of the graph with these edges (``row, target_row``) between so many rows, in the order of their first nodes."""
    out: dict[int, set[int]] = {}
    back: dict[int, set[int]] = {}
    for source, target in _trimmed(edges.select("row", "target_row"), rows).rows():
        out.setdefault(source, set()).add(target)
        back.setdefault(target, set()).add(source)
    found = []
    for nodes in _components(out, back):
        within = frozenset(nodes)
        inner = {node: tuple(sorted(within.intersection(out.get(node, ())))) for node in nodes}
        if len(nodes) > 1 or inner[nodes[0]]:
            found.append(Knot(inner))
    return tuple(sorted(found, key=lambda knot: knot.nodes[0]))


def reaching(edges: pl.DataFrame, flagged: pl.Series) -> pl.Series:
    """Which nodes are flagged, or lead to one that is."""
    while True:
        new = edges.filter(flagged.gather(edges["target_row"]) & ~flagged.gather(edges["row"]))["row"]
        if not len(new):
            return flagged
        flagged = flagged.scatter(new, values=True)


def _trimmed(edges: pl.DataFrame, rows: int) -> pl.DataFrame:
    """The edges without those that cannot be part of a cycle, as far as that is quick."""
    while edges.height:
        comes, goes = _marked(rows, edges["target_row"]), _marked(rows, edges["row"])
        kept = edges.filter(comes.gather(edges["row"]) & goes.gather(edges["target_row"]))
        if edges.height - kept.height < _WORTH_A_ROUND * edges.height:
            return kept
        edges = kept
    return edges


def _marked(rows: int, at: pl.Series) -> pl.Series:
    return pl.repeat(value=False, n=rows, eager=True).scatter(at, values=True)


def _components(out: Mapping[int, Iterable[int]], back: Mapping[int, Iterable[int]]) -> Iterator[list[int]]:
    """Strongly connected components, after Kosaraju and Sharir: walked forwards first, then backwards from whoever was left last."""
    last_left_first = reversed(list(_left(out, out, set())))
    seen: set[int] = set()
    for root in last_left_first:
        if nodes := list(_left((root,), back, seen)):
            yield nodes


def _left(roots: Iterable[int], out: Mapping[int, Iterable[int]], seen: set[int]) -> Iterator[int]:
    """The nodes that can be reached and were not seen, each as the walk leaves it; without recursion, for chains are long."""
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        trail = [(root, iter(out.get(root, ())))]
        while trail:
            node, rest = trail[-1]
            target = next((each for each in rest if each not in seen), None)
            if target is None:
                trail.pop()
                yield node
            else:
                seen.add(target)
                trail.append((target, iter(out.get(target, ()))))


def _traced(last: int, start: int, before: Mapping[int, int]) -> tuple[int, ...]:
    path = [last]
    while path[-1] != start:
        path.append(before[path[-1]])
    return tuple(reversed(path))
