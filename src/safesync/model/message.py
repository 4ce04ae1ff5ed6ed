"""A comment before it has a markup: what is said, in paragraphs and lists of marked spans."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
