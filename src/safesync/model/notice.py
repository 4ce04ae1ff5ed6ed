"""What is told to people outside the tracker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why somebody is told something."""

    STOPPED = "stopped"
    """A limit stopped a run before it wrote."""
    TROUBLE = "trouble"
    """A tracker could not be read or written."""
    DIGEST = "digest"
    """A team's week."""


@dataclass(frozen=True, slots=True)
class Notice:
    """
    One thing to tell, as plain text.

    ``matter`` names what it is about, the same for as long as it lasts: of one matter everybody is told once. ``over`` tells that it
    has ended. ``team`` is whose digest it is.
    """

    cause: Cause
    matter: str
    title: str
    text: str
    team: str | None = None
    over: bool = False
