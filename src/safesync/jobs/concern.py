"""What is told to the administrator alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

UNTOLD: Mapping[str, str] = MappingProxyType(
    {
        "DQ006": "nothing is mirrored in this version, so no pair can disagree",
    }
)
"""Checks that have nothing to look at, or only a part of it, and why."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something about the mapping, as a sentence that says what to do; ``items`` is how many items it is about."""

    code: str
    sentence: str
    items: int


@dataclass(frozen=True, slots=True)
class Upkeep:
    """All that should be looked after: the name of the tracker, nothing for all of them, and what is to be said."""

    concerns: tuple[tuple[str, Concern], ...] = ()
