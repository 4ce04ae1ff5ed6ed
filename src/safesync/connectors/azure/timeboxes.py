"""Iteration nodes as iterations and planning intervals; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from safesync.connectors.azure import values
from safesync.connectors.azure.documents import Node
from safesync.connectors.mapping import Mapping
from safesync.model.timebox import Iteration, PlanningInterval, interval_label

_WHOLE_INTERVAL = re.compile(
    r"(?:PI|(?:Program )?Increment|Planning Interval)[ _-]?\d+(?:[.\-/]\d+)?|\d{2}\.\d|20\d\d[ -]?Q[1-4]", re.IGNORECASE
)
_LONGEST_ITERATION_DAYS = 35


@dataclass(frozen=True, slots=True)
class Spot:
    """A node with its path as work items write it: names from the project down, with backslashes between."""

    path: str
    name: str
    leaf: bool
    starts_on: date | None = None
    ends_on: date | None = None
    identifier: str = ""

    @property
    def depth(self) -> int:
        """0 for the project itself."""
        return self.path.count("\\")


def spots(node: Node, above: str = "") -> Iterator[Spot]:
    """
    A node and all below it, from the outside in.

    Paths are made of names: the node's own ``path`` holds a segment (``Iteration``) that no work item has.
    """
    path = f"{above}\\{node.name}" if above else node.name
    dates = node.attributes
    starts_on, ends_on = (_day(dates.start_date), _day(dates.finish_date)) if dates else (None, None)
    yield Spot(path, node.name, not node.children, starts_on, ends_on, node.identifier)
    for child in node.children:
        yield from spots(child, path)


def _day(told: str | None) -> date | None:
    """A date that nobody can read is none: one odd node must not cost the others."""
    try:
        return values.day(told)
    except ValueError:
        return None


def interval_of(path: str, pattern: re.Pattern[str] | None) -> str | None:
    """Label of the planning interval that an iteration path stands in: the outermost node below the project that speaks of one."""
    labels = (interval_label(name, pattern) for name in path.split("\\")[1:])
    return next((label for label in labels if label), None)


def is_iteration(spot: Spot, pattern: re.Pattern[str] | None) -> bool:
    """
    Whether a team works in it: a leaf that is not a planning interval whose iterations nobody made yet.

    Such a leaf is longer than five weeks or, without dates, called like an interval and nothing else.
    """
    if not spot.leaf or spot.depth == 0:
        return False
    if interval_of(spot.path, pattern) is None:
        return True
    if spot.starts_on and spot.ends_on:
        return (spot.ends_on - spot.starts_on).days <= _LONGEST_ITERATION_DAYS
    return not _WHOLE_INTERVAL.fullmatch(spot.name.strip())


def iterations(tracker: str, found: Sequence[Spot], mapping: Mapping, pattern: re.Pattern[str] | None) -> tuple[Iteration, ...]:
    """The iterations among the nodes."""
    innovation = re.compile(mapping.innovation_pattern, re.IGNORECASE)
    return tuple(
        Iteration(
            uid=f"{tracker}:iteration:{spot.path}",
            tracker=tracker,
            name=spot.name,
            starts_on=spot.starts_on,
            ends_on=spot.ends_on,
            interval=interval_of(spot.path, pattern),
            innovation=bool(innovation.search(spot.name)),
        )
        for spot in found
        if is_iteration(spot, pattern)
    )


def intervals(found: Sequence[Spot], pattern: re.Pattern[str] | None) -> tuple[PlanningInterval, ...]:
    """
    The planning intervals, each label once: from their own dates, else from the first to the last day of what stands in them.

    Projects that plan the same interval share it; it reaches from the earliest of their first days to the latest of their last.
    """
    named: dict[str, list[Spot]] = {}
    for spot in found:
        if label := interval_of(spot.path, pattern):
            named.setdefault(label, []).append(spot)
    return tuple(_interval(label, inside, pattern) for label, inside in named.items())


def _interval(label: str, inside: Sequence[Spot], pattern: re.Pattern[str] | None) -> PlanningInterval:
    own = [spot for spot in inside if not is_iteration(spot, pattern) and spot.starts_on and spot.ends_on]
    dated = own or inside
    starts = [spot.starts_on for spot in dated if spot.starts_on]
    ends = [spot.ends_on for spot in dated if spot.ends_on]
    return PlanningInterval(label, min(starts, default=None), max(ends, default=None))
