"""A comment before it has a markup: what is said, in paragraphs and lists of marked spans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of whatever stands after them, also of our own words."""


def straight(text: str) -> str:
    """A text that leaves the words around it in their direction; Arabic and Hebrew run from right to left all the same."""
    return _STEERING.sub("", text)


class Mark(StrEnum):
    """How a span looks."""

    PLAIN = "plain"
    STRONG = "strong"
    EM = "em"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """Text as the reader shall see it: never markup, whatever characters it holds. ``href`` makes it a link."""

    text: str
    mark: Mark = Mark.PLAIN
    href: str | None = None

    def __post_init__(self) -> None:
        if (text := straight(self.text)) != self.text:
            object.__setattr__(self, "text", text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of spans."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; each entry is a line of spans."""

    entries: tuple[tuple[Span, ...], ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """
    One comment.

    ``reference`` is the short token (``"7f3a9c"``) that stands visibly at its end, by which the comment is found
    again when the store is lost. ``digest`` identifies what is *said*: equal digests mean there is nothing to edit.
    """

    blocks: tuple[Paragraph | Bullets, ...]
    reference: str
    digest: str
