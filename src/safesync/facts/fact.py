"""What a fact is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FactType(StrEnum):
    """The types of the condition language."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    DATE = "date"
    LABELS = "labels"
    """A set of texts, only asked by ``has_label('x')``."""


class Sort(StrEnum):
    """Where a fact comes from."""

    MEASURED = "measured"
    """From the item alone, when it arrives; stored."""
    LINKED = "linked"
    """From the item's parent, children or dependencies; computed for all items in each check."""
    FLOWING = "flowing"
    """From the clock; computed in each check."""
    GROUPED = "grouped"
    """Of a group of items; one row a group."""


COMMAS, SEMICOLONS = "{one}, {more}", "{one}; {more}"
"""Phrases for several things, one behind the other."""


@dataclass(frozen=True, slots=True)
class Fact:
    """
    A named, typed column.

    ``vocabulary`` are the only values of a TEXT fact, in their order when ``ordered`` (then ``<`` and ``>=`` compare
    by position). ``needs`` are the fields of ``Item`` it is made of: when one of them is unseen, so is the fact. ``remedy``
    says what an administrator does so that it can be seen, where the names in ``needs`` do not say it.

    ``phrases`` are what a text of ours is put together from, with names in braces for what stands in them, so that it can be said in
    another language. The first that fits a text counts: what joins several of them comes first. Phrases inside of phrases stand under
    the names that ``languages.phrases`` knows (``one``, ``more``, ``found`` ...); under any other stands what people wrote.
    """

    name: str
    type: FactType
    sort: Sort
    meaning: str
    unit: str | None = None
    vocabulary: tuple[str, ...] = ()
    ordered: bool = False
    needs: tuple[str, ...] = ()
    remedy: str = ""
    phrases: tuple[str, ...] = ()
