"""Sentences with facts in them: ``"{points} points"`` and how each value is said to a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from safesync.languages.tongue import ENGLISH, Tongue
from safesync.model.errors import SafeSyncError
from safesync.rules.condition.slips import nearest

NOTHING = "none"
_OF_KEYS = ("_key", "_keys", "_items", "_cycle")
"""How the names of facts end that hold keys of items; a fact ``..._items`` that counts is no text."""
_NUMBER = re.compile(r"(?<![^\s,])\d+(?![^\s,])")
_OF_LISTS = frozenset({"contributors", "costly", "inverted", "unclassed", "wrong"})
"""Facts that name items, most with a figure behind each."""
_LISTED = re.compile(r"(?<![^ ])\d+(?= \()|(?:^|(?<=, ))\d+(?=,|$| \d)")
"""A number at the head of an entry of such a list, before its figure, the next entry or the end; not a figure itself."""


class WordingError(SafeSyncError):
    """A sentence names something that is neither a fact nor an option."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text in pieces: each is what stands before a name, and the name (empty at the end)."""

    pieces: tuple[tuple[str, str], ...]

    @property
    def names(self) -> frozenset[str]:
        """The facts and options it speaks of."""
        return frozenset(name for _, name in self.pieces if name)

    def filled(self, values: Mapping[str, Any], tongue: Tongue = ENGLISH) -> str:
        """The sentence with every value said in words of its language."""
        parts: list[str] = []
        value = ""
        for before, name in self.pieces:
            parts.append(tongue.after(value, before))
            value = _told(name, values.get(name), tongue) if name else ""
            parts.append(value)
        return "".join(parts)

    def kept(self, options: Mapping[str, Any], tongue: Tongue = ENGLISH) -> str:
        """The sentence with the values of these options, and nothing where facts stand: what it says as long as nobody configures."""
        return "".join(before + (said(options[name], tongue) if name in options else "") for before, name in self.pieces)


def sentence(text: str, known: Collection[str]) -> Sentence:
    """
    The text in pieces.

    Only plain names stand in braces: an attribute, an index or a format could reach into values or blow them up.
    """
    pieces = []
    try:
        for before, name, form, conversion in Formatter().parse(text):
            if form or conversion:
                raise WordingError(f"{{{name}}} takes no format")
            if name is not None and name not in known:
                raise WordingError(f"there is no fact or option {name}{nearest(name, known)}")
            pieces.append((before, name or ""))
    except ValueError as error:
        raise WordingError(f"braces are not closed: {error}") from error
    return Sentence(tuple(pieces))


def _told(name: str, value: Any, tongue: Tongue) -> str:
    """A fact's value; a work item that is only a number is told as one: "Open below it: 25." would say how many."""
    if isinstance(value, str) and (name in _OF_LISTS or name.endswith(_OF_KEYS)):
        return (_LISTED if name in _OF_LISTS else _NUMBER).sub(lambda key: f"#{key[0]}", value)
    return said(value, tongue)


def said(value: Any, tongue: Tongue = ENGLISH) -> str:  # noqa: PLR0911 - one line a type
    """A value as a person would write it: no trailing .0, no underscores, no class names."""
    match value:
        case None:
            return tongue.say(NOTHING)
        case bool():
            return tongue.say("yes" if value else "no")
        case int() | float():
            return tongue.number(value)
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case str():
            return str(value)
        case Collection():
            return ", ".join(sorted(said(each, tongue) for each in value)) or tongue.say(NOTHING)
        case _:
            return str(value)
