"""What was found in a text, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from safesync.facts.text import voice
from safesync.facts.text.gates import gates
from safesync.facts.text.lexicon import Family, lexicon
from safesync.facts.text.line import LineKind, Lines, lowered
from safesync.facts.text.phrases import EMPTY, NOT_READ, PLACES
from safesync.facts.text.placeholder import unsaid_lines
from safesync.facts.text.sections import Cut, Section, cut
from safesync.facts.text.voice import SILENT, Spoken
from safesync.facts.text.words import in_text


class Verdict(StrEnum):
    """How good a text looks that a rule asks for, from nothing at all to good."""

    MISSING = "missing"
    EMPTY = "empty"
    """A field or heading stands there, with nothing in it."""
    PLACEHOLDER = "placeholder"
    WEAK = "weak"
    OK = "ok"


_HEADING, _CODE = LineKind.HEADING, LineKind.CODE
_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(eq=False)
class Place:
    """
    A text that may hold what is looked for, read once for all that is looked for in it.

    Nobody changes one; it is not frozen because making a frozen one takes five times as long, and there are millions.

    ``text`` is all of it, ``low`` the same in lower case, and ``gated`` that behind a line break, to rule out quickly what it
    cannot hold.
    ``written`` is false for a field that is empty in the tracker; a field of nothing but white space is written.
    """

    lines: Lines = ()
    text: str = ""
    low: str = ""
    gated: str = ""
    kinds: tuple[LineKind, ...] = ()
    """Of its lines."""
    written: bool = True
    seen: bool = True
    speaks: bool = False
    """Whether it may hold anything that is looked for but checkboxes."""

    # Not functools.cached_property: until Python 3.12 each first look takes a lock, which takes longer than most of what is kept.
    _parts: Cut | None = None
    _spoken: Spoken | None = None
    _names_criteria: bool | None = None

    @property
    def parts(self) -> Cut:
        """Its sections. Cutting is dear, and most texts have nothing to cut: ask ``sections`` where that is enough."""
        if self._parts is None:
            self._parts = cut(self.lines, self.text, self.gated)
        return self._parts

    @property
    def spoken(self) -> Spoken:
        """The voice of a story, if it has one."""
        if self._spoken is None:
            self._spoken = voice.read(self.low) if self.speaks else SILENT
        return self._spoken

    @property
    def names_criteria(self) -> bool:
        """Whether it may have a section of criteria: for most texts no, without cutting them."""
        if self._names_criteria is None:
            self._names_criteria = gates(lexicon()).criteria(self.gated)
        return self._names_criteria

    @property
    def said(self) -> str:
        """Its lines without headings, code and what nobody filled in; most texts have no line that says nothing."""
        if not self.lines:
            return ""
        text, gated = self.text, self.gated
        if _HEADING in self.kinds or _CODE in self.kinds:
            lines = zip(self.kinds, text.split("\n"), strict=True)
            text = "\n".join([one for kind, one in lines if kind is not _HEADING and kind is not _CODE])
            gated = "\n" + lowered(text)
        if nothing := unsaid_lines(gated):
            text = "\n".join([one for at, one in enumerate(text.split("\n")) if at not in nothing])
        return text

    @property
    def words(self) -> int:
        """Real words of what it says. Ideographs are counted by runs, and a run ends with its line."""
        return in_text(self.said)

    def sections(self, *families: Family) -> tuple[Section, ...]:
        """The sections of the first family that it has any of."""
        if not (gates(lexicon()).benefits(self.gated) if Family.BENEFIT in families else self.names_criteria):
            return ()
        return next((found for family in families if (found := self.parts.of(family))), ())


NOTHING = Place(written=False)
UNSEEN = Place(written=False, seen=False)


def place(lines: Lines) -> Place:
    """A text with what all detectors ask of it."""
    if not lines:
        return Place()
    kinds, texts, _ = zip(*lines, strict=True)
    text = "\n".join(texts)
    low = lowered(text)
    gated = "\n" + low
    return Place(lines, text, low, gated, kinds, speaks=gates(lexicon()).anything(gated))


class Found(NamedTuple):
    """What one place holds; ``how`` says in a few words what was there."""

    verdict: Verdict
    how: str
    count: int = 0  # type: ignore[assignment]  # hides the method of tuples, which nobody asks
    vague_share: float | None = None
    words: int = 0
    lines: Lines = ()
    """Those that were found."""


class Reading(NamedTuple):
    """What all places together hold: the best of them, and one phrase about each."""

    verdict: Verdict
    count: int  # type: ignore[assignment]
    vague_share: float | None
    words: int
    places: str
    lines: Lines = ()

    @property
    def found(self) -> bool:
        """Whether somebody wrote something, good or weak."""
        return self.verdict in {Verdict.WEAK, Verdict.OK}


def rank(one: Found) -> tuple[int, int]:
    """The better, the higher: first the verdict, then how much there is."""
    return _RANKS[one.verdict], one.count


def best(field: Found, description: Found) -> Reading:
    """The better of the two; of two equal ones the field, for that is where it belongs."""
    chosen = description if rank(description) > rank(field) else field
    places = PLACES.format(field=field.how, description=description.how)
    return Reading(chosen.verdict, chosen.count, chosen.vague_share, chosen.words, places, chosen.lines)


UNREAD_PLACE = Found(Verdict.MISSING, NOT_READ)
EMPTY_PLACE = Found(Verdict.MISSING, EMPTY)
