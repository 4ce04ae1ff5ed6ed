"""What was found in a text, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safesync.facts.text.line import Lines, lowered
from safesync.facts.text.sections import UNCUT, Cut, cut


class Verdict(StrEnum):
    """How good a text looks that a rule asks for, from nothing at all to good."""

    MISSING = "missing"
    EMPTY = "empty"
    """A field or heading stands there, with nothing in it."""
    PLACEHOLDER = "placeholder"
    WEAK = "weak"
    OK = "ok"


_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Place:
    """
    A text that may hold what is looked for, read once for all that is looked for in it.

    ``low`` is all of it in lower case, to rule out quickly what it cannot hold; ``parts`` are its sections.
    ``written`` is false for a field that is empty in the tracker; a field of nothing but white space is written.
    """

    lines: Lines = ()
    low: str = ""
    parts: Cut = UNCUT
    written: bool = True
    seen: bool = True


NOTHING = Place(written=False)
UNSEEN = Place(written=False, seen=False)


def place(lines: Lines) -> Place:
    """A text with what all detectors ask of it."""
    low = lowered("\n".join(line.text for line in lines))
    return Place(lines, low, cut(lines, low))


@dataclass(frozen=True, slots=True)
class Found:
    """What one place holds; ``how`` says in a few words what was there."""

    verdict: Verdict
    how: str
    count: int = 0
    vague_share: float | None = None
    words: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """The better, the higher: first the verdict, then how much there is."""
        return _RANKS[self.verdict], self.count


@dataclass(frozen=True, slots=True)
class Reading:
    """What all places together hold: the best of them, and one phrase about each."""

    verdict: Verdict
    count: int
    vague_share: float | None
    words: int
    places: str

    @property
    def found(self) -> bool:
        """Whether somebody wrote something, good or weak."""
        return self.verdict in {Verdict.WEAK, Verdict.OK}


def best(field: Found, description: Found) -> Reading:
    """The better of the two; of two equal ones the field, for that is where it belongs."""
    chosen = description if description.rank > field.rank else field
    places = f"field: {field.how}; description: {description.how}"
    return Reading(chosen.verdict, chosen.count, chosen.vague_share, chosen.words, places)


NOT_READ = "not read"
EMPTY = "empty"
