"""What is told to the administrator alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "DQ001": "items of a type or in a state that the mapping does not know",
        "DQ002": "iterations or planning intervals without dates, of an odd length, or with a name that speaks of no interval",
        "DQ003": "open items without a team, or of a team without a train; an anchor that was not read",
        "DQ004": "a mapped field that is not there, is empty in all of 50 items, or holds hours for points",
        "DQ005": "waivers that are over, end soon or are not needed, and rules of which people waive more than a tenth",
        "DQ006": "mirrored items of which the two sides disagree",
    }
)
"""What each check looks at; none is a rule, and none is told on an item."""
UNTOLD: Mapping[str, str] = MappingProxyType(
    {
        "DQ006": "nothing is mirrored in this version, so no pair can disagree",
    }
)
"""Checks that have nothing to look at, or only a part of it, and why."""


def check_fields(code: str) -> dict[str, str | None]:
    """One of the checks, for JSON: what it looks at, and why it cannot."""
    return {"code": code, "about": CHECKS[code], "not_evaluable": UNTOLD.get(code)}


def check_sentences(code: str) -> tuple[str, ...]:
    """The same for people."""
    why_not = UNTOLD.get(code)
    return (
        f"{code} tells the administrator of {CHECKS[code]}.",
        "It is a check of the mapping and no rule: check and doctor tell it, and no item does.",
        *([f"not evaluable: {code} ({why_not})"] if why_not else []),
    )


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
