"""Iterations and planning intervals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Iteration:
    """
    A sprint (Jira) or a leaf iteration node (Azure DevOps).

    ``uid`` is ``"{tracker}:iteration:{native id}"``. ``starts_on``/``ends_on`` are inclusive days, ``None`` when
    the tracker has no dates. ``interval`` is the normalised label of its planning interval.
    """

    uid: str
    tracker: str
    name: str
    starts_on: date | None = None
    ends_on: date | None = None
    interval: str | None = None
    innovation: bool = False
    """An IP iteration (SAFe, "Innovation and Planning Iteration")."""


@dataclass(frozen=True, slots=True)
class PlanningInterval:
    """A planning interval; ``label`` is normalised (``"PI 26.4"``) and joins all trackers."""

    label: str
    starts_on: date | None = None
    ends_on: date | None = None


_INTERVAL_NAMES = (
    re.compile(r"\bPI[ _-]?(\d{2,4})[.\-/](\d{1,2})", re.IGNORECASE),
    re.compile(r"\b(20\d\d)[ -]?Q([1-4])\b"),
    re.compile(r"\b(\d{2})\.(\d)(?:[.\-]\d+)?\b"),
    re.compile(r"\b(?:PI|Increment)[ _-]?(\d{1,3})\b", re.IGNORECASE),
)


def interval_label(name: str, pattern: re.Pattern[str] | None = None) -> str | None:
    """
    The normalised label of the planning interval that a name speaks of, ``None`` when it speaks of none.

    ``"PI26.4"``, ``"pi-26-4"``, ``"PI 26.4.3"`` and ``"26.4-3"`` all give ``"PI 26.4"``. A ``pattern`` of the
    administrator is tried alone; its groups are joined by dots.
    """
    for known in (pattern,) if pattern else _INTERVAL_NAMES:
        if found := known.search(name):
            return "PI " + ".".join(part for part in (found.groups() or (found.group(),)) if part)
    return None


def interval_order(label: str) -> tuple[tuple[int, ...], str]:
    """A key by which labels of intervals stand in their order: PI 9 before PI 10, which letters put the other way round."""
    return tuple(map(int, re.findall(r"\d+", label))), label
