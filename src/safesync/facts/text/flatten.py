"""From a text in its notation to lines: the first step of everything that is read out of a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from safesync.facts.text import adf, hypertext, markdown, plain, wiki
from safesync.facts.text.line import MOST_LINES, Lines
from safesync.model.item import Markup, RichText


def flatten(rich: RichText) -> Lines:
    """
    The lines of a text, cleaned, without the signs of its notation, empty ones left out.

    The notation is the one that the text says it has; it is never guessed. Any text can be read, also one that
    is broken in its notation. The time is linear in the length of the text, and has an end: see ``MOST_LINES``.
    """
    return _READERS[rich.markup](rich.text)[:MOST_LINES]


_READERS: Mapping[Markup, Callable[[str], Lines]] = MappingProxyType(
    {
        Markup.ADF: adf.lines,
        Markup.HTML: hypertext.lines,
        Markup.WIKI: wiki.lines,
        Markup.MARKDOWN: markdown.lines,
        Markup.PLAIN: plain.lines,
    }
)
