"""
Whom each thing that was said is for: from sayings for trackers, trains, teams, kinds and types to parts of a backlog that
do not overlap.

Every value that somebody named, and "none of these", is one cell along its fact; what holds in a cell is decided once, and
cells in which the same holds are put together again. So no item is judged twice by one rule, whatever was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from safesync.rules.rule import Slice

WHO = ("tracker", "train", "team")
WHAT = ("kind", "native_type")
"""From the widest to the narrowest: what is said for a narrower one counts, and what an item is counts more than whose it is."""

Condition = tuple[tuple[str, str], ...]
"""Facts with the value that each must have."""
Cell = tuple[tuple[str, str | None], ...]
"""Facts with one named value each; ``None`` stands for all others."""


def precedence(condition: Condition) -> tuple[int, int]:
    """In this order things are said; the later one counts."""
    facts = dict(condition)
    return (
        max((WHAT.index(fact) + 1 for fact in facts if fact in WHAT), default=0),
        max((WHO.index(fact) + 1 for fact in facts if fact in WHO), default=0),
    )


def cells(conditions: Iterable[Condition]) -> tuple[Cell, ...]:
    """Every combination of named values; the whole backlog as one cell when nothing is named."""
    named = _named(conditions)
    facts = sorted(named)
    return tuple(tuple(zip(facts, values, strict=True)) for values in product(*((*named[fact], None) for fact in facts)))


def holds(condition: Condition, cell: Cell) -> bool:
    """Whether what is said under a condition holds in a cell."""
    return set(condition) <= set(cell)


def united(parts: Sequence[Cell], conditions: Iterable[Condition]) -> tuple[Slice, ...]:
    """Cells as few slices; no slice at all when they are the whole backlog."""
    named = _named(conditions)
    boxes = {frozenset((fact, frozenset([value])) for fact, value in cell) for cell in parts}
    for fact in sorted(named):
        along: dict[frozenset[tuple[str, frozenset[str | None]]], frozenset[str | None]] = {}
        for box in boxes:
            values = dict(box)
            rest = frozenset(pair for pair in box if pair[0] != fact)
            along[rest] = along.get(rest, frozenset()) | values[fact]
        boxes = {rest | {(fact, values)} for rest, values in along.items()}
    slices = {_slice(dict(box), named) for box in boxes}
    return () if Slice() in slices else tuple(sorted(slices, key=lambda each: (each.only, each.never)))


def _named(conditions: Iterable[Condition]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for condition in conditions:
        for fact, value in condition:
            found.setdefault(fact, set()).add(value)
    return {fact: tuple(sorted(values)) for fact, values in found.items()}


def _slice(box: Mapping[str, frozenset[str | None]], named: Mapping[str, tuple[str, ...]]) -> Slice:
    only, never = [], []
    for fact, values in sorted(box.items()):
        if None not in values:
            only.append((fact, tuple(sorted(value for value in values if value is not None))))
        elif rest := tuple(value for value in named[fact] if value not in values):
            never.append((fact, rest))
    return Slice(tuple(only), tuple(never))
