"""From a text in its notation to lines: the first step of everything that is read out of a text."""

from __future__ import annotations

from safesync.facts.text import adf, hypertext, markdown, plain, wiki
from safesync.facts.text.line import Lines, clean
from safesync.model.item import Markup, RichText

MOST_CHARACTERS = 262_144
"""What stands beyond is not read: both trackers hold less in a field, and nobody writes criteria there."""


def flatten(rich: RichText) -> Lines:
    """
    The lines of a text, cleaned, without the signs of its notation, empty ones left out.

    The notation is the one that the text says it has; it is never guessed. Any text can be read, also one that
    is broken in its notation. The time is linear in the length of the text.
    """
    text = rich.text if rich.markup is Markup.ADF else rich.text[:MOST_CHARACTERS]
    match rich.markup:
        case Markup.ADF:
            return adf.lines(text)
        case Markup.HTML:
            return hypertext.lines(text)
        case Markup.WIKI:
            return wiki.lines(clean(text))
        case Markup.MARKDOWN:
            return markdown.lines(clean(text))
        case Markup.PLAIN:
            return plain.lines(clean(text))
